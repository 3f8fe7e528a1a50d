package dev.eddy.model.onnx;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Reads ONNX files. */
final class OnnxFile {
  private OnnxFile() {}

  /**
   * Reads and checks a file.
   *
   * @throws dev.eddy.model.ModelException if it can't be used, whatever is in it
   */
  static OnnxModel read(Path file) {
    String name = file.getFileName().toString();
    try (FileChannel channel = FileChannel.open(file)) {
      return read(name, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
    } catch (IOException e) {
      throw OnnxModel.error(name, "can't be read: " + e);
    }
  }

  /**
   * Reads and checks what was in a file.
   *
   * @param name stands for the file in messages
   * @param bytes not changed meanwhile
   * @throws dev.eddy.model.ModelException if it can't be used, whatever is in it
   */
  static OnnxModel read(String name, ByteBuffer bytes) {
    try {
      CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
      input.enableAliasing(true); // raw data stays where it is until it is decoded
      return new GraphReader(name, OnnxMl.ModelProto.parseFrom(input)).read();
    } catch (InvalidProtocolBufferException e) {
      throw OnnxModel.error(name, "not an ONNX file, or a damaged one: " + e.getMessage());
    } catch (IOException e) {
      throw OnnxModel.error(name, "can't be read: " + e);
    }
  }
}
