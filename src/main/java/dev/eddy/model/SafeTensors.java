package dev.eddy.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads safetensors files: 8 bytes with the length of a JSON header, little-endian; the header,
 * which gives for each tensor its type, shape and byte range; then the values, little-endian,
 * row-major. (Format: Hugging Face's safetensors, "Format" in its README.)
 *
 * <p>Takes F32, F16, BF16 and F64, all turned into float32. Leaves out {@code num_batches_tracked},
 * which PyTorch keeps beside a batch normalisation for its training alone. Sizes are checked before
 * anything is allocated, so a file can't ask for more memory than its own length.
 */
public final class SafeTensors {
  private static final long MAX_HEADER_BYTES = 100_000_000;
  private static final String COUNTER = ".num_batches_tracked"; // PyTorch's, an integer
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(com.fasterxml.jackson.core.JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private SafeTensors() {}

  private enum Type {
    F32(4),
    F16(2),
    BF16(2),
    F64(8);

    final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  /**
   * Reads all tensors, in the order of the header.
   *
   * @throws ModelException if the file can't be read, is damaged, or holds a type or a value that
   *     isn't taken
   */
  public static Map<String, Tensor> read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      long length = channel.size();
      if (length < 8) {
        throw damaged(file, "it has " + length + " bytes, a header takes at least 8");
      }
      long headerLength = bytes(channel, 0, 8).getLong();
      if (headerLength < 2 || headerLength > MAX_HEADER_BYTES || headerLength > length - 8) {
        throw damaged(
            file, "its header would have " + headerLength + " bytes, the file has " + length);
      }
      JsonNode header = JSON.readTree(bytes(channel, 8, (int) headerLength).array());
      if (header == null || !header.isObject()) {
        throw damaged(file, "its header is not a JSON object");
      }
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      Iterator<Map.Entry<String, JsonNode>> entries = header.fields();
      while (entries.hasNext()) {
        Map.Entry<String, JsonNode> entry = entries.next();
        if (!entry.getKey().equals("__metadata__") && !entry.getKey().endsWith(COUNTER)) {
          tensors.put(
              entry.getKey(),
              tensor(file, channel, 8 + headerLength, entry.getKey(), entry.getValue()));
        }
      }
      return tensors;
    } catch (NoSuchFileException e) {
      throw new ModelException(file + ": no such file", e);
    } catch (JsonProcessingException e) {
      throw damaged(file, "its header is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new ModelException(file + ": can't be read: " + e, e);
    }
  }

  private static Tensor tensor(
      Path file, FileChannel channel, long dataStart, String name, JsonNode entry)
      throws IOException {
    String where = "tensor \"" + name + "\" ";
    Type type = type(file, where, entry.path("dtype").asText("nothing"));
    List<Integer> dimensions = new ArrayList<>();
    long size = 1;
    for (JsonNode dimension : entry.path("shape")) {
      if (!dimension.canConvertToInt() || dimension.intValue() < 0 || dimensions.size() == 8) {
        throw damaged(file, where + "has the shape " + entry.path("shape"));
      }
      dimensions.add(dimension.intValue());
      size = Math.min(size * dimension.intValue(), Integer.MAX_VALUE + 1L);
    }
    JsonNode offsets = entry.path("data_offsets");
    long begin = offsets.path(0).asLong(-1);
    long end = offsets.path(1).asLong(-1);
    long available = channel.size() - dataStart;
    if (offsets.size() != 2 || begin < 0 || end < begin || end > available) {
      throw damaged(
          file, where + "lies at bytes " + offsets + " of " + available + " bytes of data");
    }
    if (end - begin != size * type.bytes || end - begin > Integer.MAX_VALUE - 8) {
      throw damaged(
          file,
          where
              + "has the shape "
              + dimensions
              + " of "
              + type
              + " in "
              + (end - begin)
              + " bytes");
    }
    ByteBuffer data = bytes(channel, dataStart + begin, (int) (end - begin));
    return new Tensor(dimensions, floats(file, where, data, type, (int) size));
  }

  private static Type type(Path file, String where, String word) {
    for (Type type : Type.values()) {
      if (type.name().equals(word)) {
        return type;
      }
    }
    throw new ModelException(
        file + ": " + where + "is of type " + word + "; accepted: F32, F16, BF16, F64");
  }

  private static float[] floats(Path file, String where, ByteBuffer data, Type type, int size) {
    float[] values = new float[size];
    switch (type) {
      case F32 -> data.asFloatBuffer().get(values);
      case F64 -> {
        for (int i = 0; i < size; i++) {
          values[i] = (float) data.getDouble();
        }
      }
      case BF16 -> {
        for (int i = 0; i < size; i++) {
          values[i] = Float.intBitsToFloat(data.getShort() << 16);
        }
      }
      case F16 -> {
        for (int i = 0; i < size; i++) {
          values[i] = half(data.getShort());
        }
      }
    }
    for (int i = 0; i < size; i++) {
      if (!Float.isFinite(values[i])) {
        throw new ModelException(
            file + ": " + where + "holds " + values[i] + " at index " + i + "; weights are finite");
      }
    }
    return values;
  }

  /** IEEE 754 binary16 to binary32, exactly. */
  private static float half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb(1f + fraction * 0x1p-10f, exponent - 15);
        };
    return bits < 0 ? -magnitude : magnitude;
  }

  private static ByteBuffer bytes(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private static ModelException damaged(Path file, String reason) {
    return new ModelException(file + ": not a safetensors file: " + reason);
  }
}
