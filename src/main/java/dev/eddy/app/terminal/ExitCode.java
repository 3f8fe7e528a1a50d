package dev.eddy.app.terminal;

/** What the process ends with. */
public final class ExitCode {
  /** What was asked for is done. */
  public static final int DONE = 0;

  /** A fault of Eddy's. */
  public static final int OUR_FAULT = 1;

  /** What the user gave is wrong. */
  public static final int WRONG_INPUT = 2;

  /** Something outside of Eddy is missing. */
  public static final int MISSING_OUTSIDE = 3;

  private ExitCode() {}
}
