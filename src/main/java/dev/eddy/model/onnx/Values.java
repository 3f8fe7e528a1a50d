package dev.eddy.model.onnx;

import com.google.protobuf.CodedInputStream;
import dev.eddy.model.Half;
import dev.eddy.model.ModelException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.function.Function;

/** The values of a tensor on their way out of a file, into the one array that will hold them. */
final class Values {
  private static final int BLOCK = 1 << 16; // bytes

  private final ElementType type;
  private final int size;
  private final Function<String, ModelException> error;
  private float[] floats;
  private long[] integers;

  /**
   * @param size how many; nothing is allocated before it is known that they are there
   * @param error makes a complaint about the tensor
   */
  Values(ElementType type, int size, Function<String, ModelException> error) {
    this.type = type;
    this.size = size;
    this.error = error;
  }

  ElementType type() {
    return type;
  }

  int size() {
    return size;
  }

  /** Bytes that they take where they stand as they are. */
  long bytes() {
    return (long) size * type.bytes();
  }

  void checkBytes(long bytes, String field, int[] dimensions) {
    if (bytes != bytes()) {
      throw error.apply(
          "of shape "
              + Arrays.toString(dimensions)
              + " and type "
              + type
              + " takes "
              + bytes()
              + " bytes, "
              + field
              + " has "
              + bytes);
    }
  }

  ModelException wrongCount(long count, String field, int[] dimensions) {
    return error.apply(
        "of shape "
            + Arrays.toString(dimensions)
            + " needs "
            + size
            + " elements, its "
            + field
            + " has "
            + count);
  }

  void allocate() {
    floats = type.isFloat() ? new float[size] : null;
    integers = type.isFloat() ? null : new long[size];
  }

  /** Reads one value of the field that belongs to the type; beyond the last one nothing is kept. */
  void readTyped(int index, CodedInputStream in) throws IOException {
    float number = 0;
    long whole = 0;
    switch (type) {
      case FLOAT -> number = in.readFloat();
      case DOUBLE -> number = (float) in.readDouble();
      case FLOAT16 -> number = Half.toFloat((short) in.readRawVarint64());
      case BFLOAT16 -> number = Half.fromUpperHalf((short) in.readRawVarint64());
      default -> whole = whole(in.readRawVarint64());
    }
    if (index < size && floats != null) {
      floats[index] = number;
    } else if (index < size) {
      integers[index] = whole;
    }
  }

  private long whole(long value) {
    return switch (type) {
      case BOOL -> value == 0 ? 0 : 1;
      case UINT8 -> value & 0xff;
      case INT8 -> (byte) value;
      case UINT16 -> value & 0xffff;
      case INT16 -> (short) value;
      case UINT32 -> value & 0xffffffffL;
      case INT32 -> (int) value;
      default -> value;
    };
  }

  /** Reads little-endian values that stand one after the other. */
  void readRaw(FileChannel channel, long position) throws IOException {
    allocate();
    int width = type.bytes();
    ByteBuffer block = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < size; ) {
      int count = Math.min(BLOCK / width, size - done);
      block.clear().limit(count * width);
      while (block.hasRemaining()) {
        if (channel.read(block, position + (long) done * width + block.position()) < 0) {
          throw new EOFException("the file became shorter while it was read");
        }
      }
      block.flip();
      for (int i = done; i < done + count; i++) {
        if (floats == null) {
          integers[i] = whole(wholeOf(block));
        } else {
          floats[i] = numberOf(block);
        }
      }
      done += count;
    }
    check();
  }

  private float numberOf(ByteBuffer block) {
    return switch (type) {
      case FLOAT -> block.getFloat();
      case DOUBLE -> (float) block.getDouble();
      case FLOAT16 -> Half.toFloat(block.getShort());
      default -> Half.fromUpperHalf(block.getShort());
    };
  }

  private long wholeOf(ByteBuffer block) {
    return switch (type.bytes()) {
      case 1 -> block.get();
      case 2 -> block.getShort();
      case 4 -> block.getInt();
      default -> block.getLong();
    };
  }

  /** Infinities may mask or bound; what is no number is of no use anywhere. */
  void check() {
    for (int i = 0; floats != null && i < size; i++) {
      if (Float.isNaN(floats[i])) {
        throw error.apply("holds NaN at index " + i + "; weights are finite");
      }
    }
  }

  OnnxTensor tensor(int[] dimensions) {
    return floats == null
        ? OnnxTensor.ofIntegers(type, dimensions, integers)
        : OnnxTensor.ofFloats(type, dimensions, floats);
  }
}
