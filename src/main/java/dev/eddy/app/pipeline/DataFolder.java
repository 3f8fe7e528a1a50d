package dev.eddy.app.pipeline;

import dev.eddy.app.terminal.UserException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folder that {@code --data} names. */
final class DataFolder {
  private DataFolder() {}

  /**
   * Makes the folder where it is missing, and tries to write to it; one that is refused is not left
   * behind.
   *
   * @throws UserException saying why it can't be used
   */
  static void make(Path folder) {
    List<Path> made = new ArrayList<>(); // outermost last
    Path there = folder.toAbsolutePath().normalize();
    while (!Files.exists(there)) {
      made.add(there);
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      String what = made.isEmpty() ? "not a folder" : there + " is not a folder";
      throw new UserException("--data " + folder + ": " + what);
    }
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".eddy-", null));
    } catch (IOException e) {
      remove(made);
      String what = made.isEmpty() ? "can't be written: " : "can't be made: ";
      throw new UserException("--data " + folder + ": " + what + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "no permission";
    }
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return reason == null ? "the file system refuses it" : reason;
  }

  private static void remove(List<Path> made) {
    for (Path folder : made) {
      try {
        Files.deleteIfExists(folder);
      } catch (IOException e) {
        return; // the failure that led here is the one to tell of
      }
    }
  }
}
