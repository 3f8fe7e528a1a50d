package dev.eddy.frames;

/** Bytes that are no state of these stages; the message says why, in one line. */
public final class FrameStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FrameStateException(String message) {
    super(message);
  }
}
