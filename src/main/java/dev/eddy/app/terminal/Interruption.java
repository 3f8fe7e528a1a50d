package dev.eddy.app.terminal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end in order when the process is asked to end (SIGTERM, SIGINT): the command sees
 * the wish, ends, and then the process does, with exit code 0 unless the command says another. The
 * program closes it last, when results and messages are out.
 */
public final class Interruption implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final CountDownLatch wished = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile int exitCode = ExitCode.DONE;
  private final Thread hook = new Thread(this::onShutdown, "eddy-shutdown");
  private volatile long patienceMs;
  private boolean listening;

  /** From now until {@link #close} the process waits for the command. */
  public void listen() {
    listen(PATIENCE);
  }

  /** From now until {@link #close} the process waits for the command, so long. */
  public void listen(Duration patience) {
    patienceMs = patience.toMillis();
    try {
      Runtime.getRuntime().addShutdownHook(hook);
      listening = true;
    } catch (IllegalStateException e) {
      wished.countDown(); // the process ends already
    }
  }

  private void onShutdown() {
    wished.countDown();
    try {
      if (ended.await(patienceMs, TimeUnit.MILLISECONDS)) {
        Runtime.getRuntime().halt(exitCode);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits; whether the process is to end. */
  public boolean within(Duration time) {
    try {
      return wished.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Whether the process is to end. */
  public boolean isWished() {
    return wished.getCount() == 0;
  }

  /** What the process ends with, if it is asked to. */
  public void exitWith(int code) {
    exitCode = code;
  }

  /** The command has ended; if the process is to end, it does. */
  @Override
  public void close() {
    ended.countDown();
    if (!listening) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the process ends already
    }
  }
}
