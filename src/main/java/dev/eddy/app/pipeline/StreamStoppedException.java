package dev.eddy.app.pipeline;

import dev.eddy.streams.StreamFaults;

/** A stream has stopped for good; the message is one line. */
public final class StreamStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final StreamFaults.Kind kind;

  /** The fault's reason, thrown by what the stream's thread threw. */
  public StreamStoppedException(StreamFaults.Fault fault) {
    super(fault.reason(), fault.thrown());
    this.kind = fault.kind();
  }

  /** Who can help. */
  public StreamFaults.Kind kind() {
    return kind;
  }
}
