package dev.eddy.model.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** What a file that is no ONNX file looks like, by its first bytes. */
final class FileKind {
  private static final int LOOKED_AT = 512;

  private FileKind() {}

  /** Such as {@code "a gzip file; unpack it first"}; null where nothing is recognised. */
  static String of(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(LOOKED_AT);
    while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {
      continue;
    }
    return of(new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1));
  }

  private static String of(String start) {
    if (start.startsWith("PK")) {
      return "a zip archive, as PyTorch's checkpoints and Keras' models are;"
          + " export the model with torch.onnx.export or tf2onnx";
    }
    if (start.startsWith("\u0080")) {
      return "a pickle, as old checkpoints of PyTorch are; export it with torch.onnx.export";
    }
    if (start.startsWith("\u001f\u008b")) {
      return "a gzip file; unpack it first";
    }
    if (start.startsWith("BZh")
        || start.startsWith("\u00fd7zXZ")
        || start.startsWith("(\u00b5/\u00fd")) {
      return "a compressed file; unpack it first";
    }
    if (start.startsWith("\u0089HDF")) {
      return "an HDF5 file, as old models of Keras are; convert it with tf2onnx";
    }
    if (start.startsWith("TFL3", 4)) {
      return "a TensorFlow Lite model; convert it with tf2onnx";
    }
    if (start.startsWith("ORTM", 4)) {
      return "a model in ONNX Runtime's own format; take the .onnx file that it was made from";
    }
    if (start.startsWith("version https://git-lfs")) {
      return "a pointer of Git LFS; fetch the file itself with git lfs pull";
    }
    if (start.length() > 9 && start.charAt(8) == '{' && start.charAt(7) == 0) {
      return "a safetensors file, which holds weights alone";
    }
    return isText(start) ? "text" : null;
  }

  private static boolean isText(String start) {
    return !start.isEmpty()
        && start
            .chars()
            .allMatch(c -> c >= ' ' && c != 0x7f || c == '\n' || c == '\r' || c == '\t');
  }
}
