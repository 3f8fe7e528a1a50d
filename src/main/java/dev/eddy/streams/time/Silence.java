package dev.eddy.streams.time;

/**
 * For how long nothing has come, by the wall-clock as a task's ticks saw it. A task that was
 * blocked saw no ticks, and what came meanwhile still waits for it: of the time up to a tick no
 * more than a quarter of what is asked for counts, or a second, and one tick alone says nothing.
 */
public final class Silence {
  private static final long LONGEST_TICK_MS = 500;
  private static final long MOST_AT_ONCE_MS = 1_000;
  private static final long LEAST_AT_ONCE_MS = 250; // a thread that polls in vain ticks no oftener
  private static final int LEAST_TICKS = 2;

  private final long tickMs;
  private final long atOnceMs;
  private long seenMs; // the last tick or arrival
  private long passedMs;
  private int ticks; // up to the least

  /**
   * @param idleMs for so long it is to be silent, at least 1
   */
  public Silence(long idleMs) {
    this.tickMs = Math.min(LONGEST_TICK_MS, Math.max(1, idleMs / 8));
    this.atOnceMs = Math.max(LEAST_AT_ONCE_MS, Math.min(MOST_AT_ONCE_MS, idleMs / 4));
  }

  /** How far apart ticks are to be. */
  public long tickMs() {
    return tickMs;
  }

  /** Something has come, or the task begins. */
  public void ended(long wallClockMs) {
    seenMs = wallClockMs;
    passedMs = 0;
    ticks = 0;
  }

  /** A tick: for how long nothing has come; 0 at the first. */
  public long at(long wallClockMs) {
    passedMs += Math.max(0, Math.min(wallClockMs - seenMs, atOnceMs));
    seenMs = wallClockMs;
    ticks = Math.min(LEAST_TICKS, ticks + 1);
    return ticks < LEAST_TICKS ? 0 : passedMs;
  }
}
