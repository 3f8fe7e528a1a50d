package dev.eddy.model.onnx;

import dev.eddy.model.ModelException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Weights in a file of their own, beside the model's. It must lie in the model's folder or below,
 * links resolved: a model must not make anybody read another file.
 */
final class ExternalData {
  private static final List<String> KEYS =
      List.of("location", "offset", "length", "checksum", "basepath");

  private static final long SPARE = 1 << 24; // bytes

  private ExternalData() {}

  /**
   * What the tensors of one model read of such files, all together: not the same again and again.
   */
  static final class Budget {
    private final Set<Path> files = new HashSet<>();
    private long there;
    private long read;

    private void read(Path file, long size, long length, Function<String, ModelException> error) {
      there += files.add(file) ? size : 0;
      read += length;
      if (read > 2 * there + SPARE) {
        throw error.apply(
            "is read again and again: tensors take "
                + read
                + " bytes of files that have "
                + there
                + "; each tensor has a place of its own there");
      }
    }
  }

  /**
   * Reads values.
   *
   * @param entries location, and offset and length where the file holds more
   */
  static void read(
      Path folder,
      Map<String, String> entries,
      Values values,
      Budget budget,
      Function<String, ModelException> error)
      throws IOException {
    for (String key : entries.keySet()) {
      if (!KEYS.contains(key)) {
        throw error.apply(
            "external data has the key "
                + Shown.name(key)
                + ", which is not known; known are "
                + String.join(", ", KEYS));
      }
    }
    String location = entries.getOrDefault("location", "");
    String named = "external data " + Shown.name(location);
    Path file = file(folder, location, text -> error.apply(named + " " + text));
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      long offset = number(entries, "offset", 0, error);
      long length = number(entries, "length", values.bytes(), error);
      if (offset > size || length > size - offset) {
        throw error.apply(
            named
                + " has "
                + size
                + " bytes; offset "
                + offset
                + " and length "
                + length
                + " are beyond its end");
      }
      if (length != values.bytes()) {
        throw error.apply(
            named
                + " has the length "
                + length
                + ", its shape and type take "
                + values.bytes()
                + " bytes");
      }
      budget.read(file, size, length, text -> error.apply(named + " " + text));
      values.readRaw(channel, offset);
    } catch (IOException e) {
      throw error.apply(named + " can't be read: " + e);
    }
  }

  private static Path file(Path folder, String location, Function<String, ModelException> error) {
    try {
      if (location.isEmpty()) {
        throw error.apply("has no location, the path of its file");
      }
      Path path = Path.of(location);
      boolean climbs = false;
      for (Path part : path) {
        climbs |= part.toString().equals("..");
      }
      if (path.isAbsolute() || climbs || location.contains("\\")) {
        throw error.apply("is outside of the model's folder; it must be a path below that");
      }
      Path file = folder.resolve(path).toRealPath();
      if (!file.startsWith(folder.toRealPath())) {
        throw error.apply("leads outside of the model's folder");
      }
      if (!Files.isRegularFile(file)) {
        throw error.apply("is not a file");
      }
      return file;
    } catch (NoSuchFileException e) {
      throw error.apply("is missing: no such file in the model's folder");
    } catch (InvalidPathException e) {
      throw error.apply("is not a file's path");
    } catch (IOException e) {
      throw error.apply("can't be read: " + e);
    }
  }

  private static long number(
      Map<String, String> entries,
      String key,
      long otherwise,
      Function<String, ModelException> error) {
    String text = entries.get(key);
    if (text == null) {
      return otherwise;
    }
    if (!text.matches("\\d{1,18}")) {
      throw error.apply(
          "external data has the " + key + " " + Shown.name(text) + "; it must be a number from 0");
    }
    return Long.parseLong(text);
  }
}
