package dev.eddy.app.csv;

import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.UserException;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * CSV results on their way to standard output or to a file. A file appears under its name when it
 * is complete, so that a run that fails leaves what was there before; pipes and devices are written
 * as they are.
 */
public final class ResultFile implements Closeable {
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();

  private final String name;
  private final Path target; // null for standard output
  private final Path part; // what is written; null where that is the target itself
  private final CSVPrinter printer;

  /** The reader of standard output has gone, as {@code head} does; there is nothing left to do. */
  public static final class NobodyReadsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NobodyReadsException(IOException cause) {
      super(cause);
    }
  }

  private ResultFile(String name, Path target, Path part, OutputStream out) throws IOException {
    this.name = name;
    this.target = target;
    this.part = part;
    this.printer =
        new CSVPrinter(
            new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16),
            FORMAT);
  }

  /** Writes to standard output. */
  public static ResultFile standardOutput(OutputStream out) {
    try {
      return new ResultFile("standard output", null, null, out);
    } catch (IOException e) {
      throw new OutsideException("standard output: " + e.getMessage(), e);
    }
  }

  /**
   * Writes to a file.
   *
   * @param inputs files that are read in the meantime, which must not be overwritten
   * @throws UserException if the file can't be made
   */
  public static ResultFile create(Path file, List<Path> inputs) {
    if (Files.isDirectory(file)) {
      throw new UserException(file + ": can't be written: a directory");
    }
    try {
      for (Path input : inputs) {
        if (Files.exists(file) && Files.exists(input) && Files.isSameFile(file, input)) {
          throw new UserException(file + ": would be overwritten while it is read");
        }
      }
      // Behind /dev/stdout may be a file that others write to as well.
      if (file.startsWith("/dev") || Files.exists(file) && !Files.isRegularFile(file)) {
        return new ResultFile(
            file.toString(),
            file,
            null,
            Files.newOutputStream(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
      }
      Path target = Files.exists(file) ? file.toRealPath() : file;
      Path part = target.resolveSibling("." + target.getFileName() + ".part");
      return new ResultFile(file.toString(), target, part, Files.newOutputStream(part));
    } catch (IOException e) {
      throw new UserException(file + ": can't be written: " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    return switch (e.getClass().getSimpleName()) {
      case "NoSuchFileException" -> "the directory doesn't exist";
      case "AccessDeniedException" -> "no permission";
      case "FileSystemException" ->
          String.valueOf(((java.nio.file.FileSystemException) e).getReason());
      default -> e.toString();
    };
  }

  /** Whether {@link #complete} would take the place of a file that is not empty. */
  public boolean replaces() {
    try {
      return part != null && Files.exists(target) && Files.size(target) > 0;
    } catch (IOException e) {
      return true; // there is something
    }
  }

  /** What messages call it. */
  public String name() {
    return name;
  }

  /** One cell. */
  public void cell(String text) {
    try {
      printer.print(text);
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /** Ends a row. */
  public void endRow() {
    try {
      printer.println();
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /** A whole row. */
  public void row(List<String> cells) {
    cells.forEach(this::cell);
    endRow();
  }

  /** Everything is written: gives the file its name. */
  public void complete() {
    try {
      printer.flush();
      if (target != null) {
        printer.close();
      }
      if (part != null) {
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private RuntimeException lost(IOException e) {
    String reason = String.valueOf(e.getMessage());
    if (target == null && reason.toLowerCase(Locale.ROOT).contains("broken pipe")) {
      return new NobodyReadsException(e);
    }
    return new OutsideException(name + ": can't be written: " + reason, e);
  }

  /** Without {@link #complete} before it: drops what was written to a file. */
  @Override
  public void close() {
    try {
      if (target != null) {
        printer.close();
      }
      if (part != null) {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      return; // the failure that led here is the one to tell of
    }
  }
}
