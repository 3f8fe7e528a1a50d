package dev.eddy.frames;

/** A frame that comes too late to be put in its place. Carries no stack trace. */
public final class LateFrameException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long openFromMs;

  LateFrameException(long openFromMs) {
    super("frames are taken from " + openFromMs + " on", null, false, false);
    this.openFromMs = openFromMs;
  }

  /** The earliest time that would have been taken, milliseconds since 1970. */
  public long openFromMs() {
    return openFromMs;
  }
}
