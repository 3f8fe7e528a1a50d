package dev.eddy.app;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C as a question that a loop asks, so that a command has one way out, which tidies up.
 *
 * <p>Open it before all that must be closed. When the process is told to end, it waits until this
 * is closed, but not for ever.
 */
final class StopSignal implements AutoCloseable {
  private static final long PATIENCE_S = 20;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::processEnds, "stop-signal");
  private volatile boolean given;

  private StopSignal() {}

  static StopSignal open() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  private void processEnds() {
    given = true;
    try {
      closed.await(PATIENCE_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the process has been told to end. */
  boolean given() {
    return given;
  }

  @Override
  public void close() {
    closed.countDown();
    if (!given) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        return; // the end has just begun, and finds this closed
      }
    }
  }
}
