package dev.eddy.model.onnx;

import dev.eddy.model.ModelException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads ONNX files. */
final class OnnxFile {
  private static final long MAX_BYTES = Integer.MAX_VALUE; // protobuf's own limit

  private OnnxFile() {}

  /**
   * Reads and checks a file.
   *
   * @throws ModelException if it can't be used, whatever is in it
   */
  static OnnxModel read(Path file) {
    String name = file.getFileName().toString();
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw OnnxModel.error(
          name, "can't be read: it is " + (Files.isDirectory(file) ? "a directory" : "no file"));
    }
    try (FileChannel channel = FileChannel.open(file)) {
      return read(file, name, channel);
    } catch (NoSuchFileException e) {
      throw OnnxModel.error(name, "can't be read: there is no such file: " + file);
    } catch (AccessDeniedException e) {
      throw OnnxModel.error(name, "can't be read: permission denied");
    } catch (IOException e) {
      throw OnnxModel.error(name, "can't be read: " + e);
    }
  }

  private static OnnxModel read(Path file, String name, FileChannel channel) throws IOException {
    long length = channel.size();
    if (length == 0) {
      throw OnnxModel.error(name, "is empty, not an ONNX file");
    }
    if (length > MAX_BYTES) {
      throw OnnxModel.error(
          name,
          "has "
              + length
              + " bytes; an ONNX file has less than 2 GiB, larger weights are external data");
    }
    try {
      Path folder = file.toAbsolutePath().getParent();
      return new GraphReader(name, folder, new Wire(channel, new Wire.Span(0, length))).read();
    } catch (DamagedException e) {
      String kind = FileKind.of(channel);
      throw OnnxModel.error(
          name,
          kind != null
              ? "not an ONNX file; it looks like " + kind
              : "not an ONNX file, or a damaged one: " + e.getMessage());
    }
  }
}
