package dev.eddy.app;

import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.kernel.Kernels;

/** The kernels that this process computes with. */
final class Backend {
  private Backend() {}

  /**
   * Looks them up; tells the user where the faster ones are missing. Call it once in a command.
   *
   * @throws UserException if the system property names none
   */
  static Kernels kernels(Terminal terminal) {
    KernelBackend found;
    try {
      found = KernelBackend.find();
    } catch (IllegalArgumentException e) {
      throw new UserException(e.getMessage(), e);
    }
    if (!found.note().isEmpty()) {
      terminal.err().println(found.note());
    }
    return found.kernels();
  }
}
