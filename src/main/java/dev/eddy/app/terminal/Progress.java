package dev.eddy.app.terminal;

import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar for work that takes longer than a second, where somebody watches. */
public final class Progress implements AutoCloseable {
  private static final long PATIENCE_NS = 1_000_000_000L;
  private static final int WIDTH = 78;

  private final Terminal terminal;
  private final String task;
  private final long end;
  private final long startNs = System.nanoTime();
  private ProgressBar bar;

  /**
   * @param task one or two words
   * @param end what {@link #at} reaches; below 1 where it isn't known
   */
  public Progress(Terminal terminal, String task, long end) {
    this.terminal = terminal;
    this.task = task;
    this.end = end;
  }

  /** Cheap enough to be called for every few hundred records. */
  public void at(long position) {
    if (!terminal.interactive()) {
      return;
    }
    if (bar == null && System.nanoTime() - startNs > PATIENCE_NS) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(end < 1 ? -1 : end)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(500)
              .setConsumer(new DelegatingProgressBarConsumer(this::show, WIDTH))
              .build();
    }
    if (bar != null) {
      bar.stepTo(position);
    }
  }

  private void show(String line) {
    terminal.err().print("\r" + line);
    terminal.err().flush();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      show(" ".repeat(WIDTH) + "\r");
      bar = null;
    }
  }
}
