package dev.eddy.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
 * which PyTorch keeps beside a batch normalisation for its training alone. As the format asks, the
 * tensors cover the data without holes or overlaps. This and all sizes are checked before any value
 * is read, so the tensors never hold more values than the file does.
 */
public final class SafeTensors {
  private static final long MAX_HEADER_BYTES = 100_000_000;
  private static final int BLOCK = 1 << 16; // values
  private static final String COUNTER = ".num_batches_tracked"; // PyTorch's, an integer
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(com.fasterxml.jackson.core.JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private SafeTensors() {}

  /** Bytes that can be read at any place. */
  private interface Source {
    long size() throws IOException;

    /** Reads some bytes from {@code position}; returns how many, -1 at the end. */
    int read(ByteBuffer target, long position) throws IOException;
  }

  private record FileBytes(FileChannel channel) implements Source {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return channel.read(target, position);
    }
  }

  private static final class Pieces implements Source {
    private final List<byte[]> pieces;
    private final long[] ends; // of each piece
    private int at = -1;
    private byte[] piece; // number at

    private Pieces(List<byte[]> pieces) {
      this.pieces = pieces;
      this.ends = new long[pieces.size()];
      long end = 0;
      for (int i = 0; i < ends.length; i++) {
        end += pieces instanceof FileChunks file ? file.bytesOf(i) : pieces.get(i).length;
        ends[i] = end;
      }
    }

    @Override
    public long size() {
      return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    @Override
    public int read(ByteBuffer target, long position) {
      if (position >= size()) {
        return -1;
      }
      int found = Arrays.binarySearch(ends, position + 1);
      found = found < 0 ? -found - 1 : found;
      while (found > 0 && ends[found - 1] == ends[found]) {
        found--; // an empty piece ends where the one before does
      }
      if (found != at) {
        piece = pieces.get(found); // which may read it
        at = found;
      }
      int from = (int) (position - (ends[found] - piece.length));
      int count = Math.min(target.remaining(), piece.length - from);
      target.put(piece, from, count);
      return count;
    }
  }

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

  /** What the header says of one tensor; of one that is left out only its name and range. */
  private record Entry(
      String name, Type type, List<Integer> dimensions, int size, long begin, long end) {}

  /**
   * Reads all tensors, in the order of the header.
   *
   * @throws ModelException if the file can't be read, is damaged, or holds a type or a value that
   *     isn't taken
   */
  public static Map<String, Tensor> read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      return read(file.toString(), new FileBytes(channel));
    } catch (NoSuchFileException e) {
      throw new ModelException(file + ": no such file", e);
    } catch (IOException e) {
      throw new ModelException(file + ": can't be read: " + e, e);
    }
  }

  /**
   * As {@link #read(Path)}, of the bytes of a file.
   *
   * @param name stands for the file in messages
   * @param pieces the bytes, one piece after the other; not modified
   */
  public static Map<String, Tensor> read(String name, List<byte[]> pieces) {
    return read(name, new Pieces(pieces));
  }

  private static Map<String, Tensor> read(String file, Source channel) {
    try {
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
      long dataStart = 8 + headerLength;
      List<Entry> entries = entries(file, header, length - dataStart);
      checkCover(file, entries, length - dataStart);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (Entry entry : entries) {
        if (!isLeftOut(entry.name)) {
          tensors.put(entry.name, tensor(file, channel, dataStart, entry));
        }
      }
      return tensors;
    } catch (JsonProcessingException e) {
      throw damaged(file, "its header is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new ModelException(file + ": can't be read: " + e, e);
    }
  }

  /**
   * Writes tensors as F32, one after the other in the order of the map.
   *
   * @throws IOException if the file can't be written
   */
  static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long end = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      long begin = end;
      end += (long) Type.F32.bytes * entry.getValue().values().length;
      Map<String, Object> said = new LinkedHashMap<>();
      said.put("dtype", Type.F32.name());
      said.put("shape", entry.getValue().dimensions());
      said.put("data_offsets", List.of(begin, end));
      header.put(entry.getKey(), said);
    }
    byte[] json = JSON.writeValueAsBytes(header);
    int padded = (json.length + 7) / 8 * 8; // so that the values are aligned
    byte[] spaced = Arrays.copyOf(json, padded);
    Arrays.fill(spaced, json.length, padded, (byte) ' ');
    ByteBuffer block = ByteBuffer.allocate(4 * BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(block.putLong(0, padded).array(), 0, 8);
      out.write(spaced);
      for (Tensor tensor : tensors.values()) {
        float[] values = tensor.values();
        for (int done = 0; done < values.length; done += BLOCK) {
          int count = Math.min(BLOCK, values.length - done);
          block.asFloatBuffer().put(values, done, count);
          out.write(block.array(), 0, 4 * count);
        }
      }
    }
  }

  private static boolean isLeftOut(String name) {
    return name.endsWith(COUNTER);
  }

  private static List<Entry> entries(String file, JsonNode header, long available) {
    List<Entry> entries = new ArrayList<>();
    Iterator<Map.Entry<String, JsonNode>> fields = header.fields();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> field = fields.next();
      if (!field.getKey().equals("__metadata__")) {
        entries.add(entry(file, field.getKey(), field.getValue(), available));
      }
    }
    return entries;
  }

  private static Entry entry(String file, String name, JsonNode entry, long available) {
    String where = "tensor \"" + name + "\" ";
    JsonNode offsets = required(file, where, entry, "data_offsets");
    long begin = whole(offsets.path(0));
    long end = whole(offsets.path(1));
    if (offsets.size() != 2 || begin < 0 || end < begin || end > available) {
      throw damaged(
          file, where + "lies at bytes " + offsets + " of " + available + " bytes of data");
    }
    if (isLeftOut(name)) {
      return new Entry(name, null, List.of(), 0, begin, end);
    }
    Type type = type(file, where, entry.path("dtype").asText("nothing"));
    JsonNode shape = required(file, where, entry, "shape");
    if (!shape.isArray() || shape.size() > 8) {
      throw damaged(file, where + "has the shape " + shape);
    }
    List<Integer> dimensions = new ArrayList<>();
    long size = 1;
    for (JsonNode dimension : shape) {
      long length = whole(dimension);
      if (length < 0 || length > Integer.MAX_VALUE) {
        throw damaged(file, where + "has the shape " + shape);
      }
      dimensions.add((int) length);
      size = Math.min(size * length, Integer.MAX_VALUE + 1L);
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
    return new Entry(name, type, dimensions, (int) size, begin, end);
  }

  private static JsonNode required(String file, String where, JsonNode entry, String key) {
    JsonNode value = entry.get(key);
    if (value == null) {
      throw damaged(file, where + "has no " + key);
    }
    return value;
  }

  /** -1 for what is no whole number, or too long for one. */
  private static long whole(JsonNode number) {
    return number.isIntegralNumber() && number.canConvertToLong() ? number.longValue() : -1;
  }

  private static void checkCover(String file, List<Entry> entries, long available) {
    List<Entry> inOrder = new ArrayList<>(entries);
    inOrder.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long covered = 0;
    for (Entry entry : inOrder) {
      if (entry.begin != covered) {
        throw damaged(
            file,
            "tensor \""
                + entry.name
                + "\" begins at byte "
                + entry.begin
                + " of the data, the one before it ends at "
                + covered);
      }
      covered = entry.end;
    }
    if (covered != available) {
      throw damaged(
          file, "the tensors end at byte " + covered + " of " + available + " bytes of data");
    }
  }

  private static Tensor tensor(String file, Source channel, long dataStart, Entry entry)
      throws IOException {
    float[] values = new float[entry.size];
    long at = dataStart + entry.begin;
    for (int done = 0; done < values.length; ) { // in blocks: the bytes are never all there again
      int count = Math.min(BLOCK, values.length - done);
      read(bytes(channel, at, count * entry.type.bytes), entry.type, values, done, count);
      at += (long) count * entry.type.bytes;
      done += count;
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new ModelException(
            file
                + ": tensor \""
                + entry.name
                + "\" holds "
                + values[i]
                + " at index "
                + i
                + "; weights are finite");
      }
    }
    return new Tensor(entry.dimensions, values);
  }

  private static Type type(String file, String where, String word) {
    for (Type type : Type.values()) {
      if (type.name().equals(word)) {
        return type;
      }
    }
    throw new ModelException(
        file + ": " + where + "is of type " + word + "; accepted: F32, F16, BF16, F64");
  }

  private static void read(ByteBuffer data, Type type, float[] values, int from, int count) {
    switch (type) {
      case F32 -> data.asFloatBuffer().get(values, from, count);
      case F64 -> {
        for (int i = from; i < from + count; i++) {
          values[i] = (float) data.getDouble();
        }
      }
      case BF16 -> {
        for (int i = from; i < from + count; i++) {
          values[i] = Half.fromUpperHalf(data.getShort());
        }
      }
      case F16 -> {
        for (int i = from; i < from + count; i++) {
          values[i] = Half.toFloat(data.getShort());
        }
      }
    }
  }

  private static ByteBuffer bytes(Source channel, long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private static ModelException damaged(String file, String reason) {
    return new ModelException(file + ": not a safetensors file: " + reason);
  }
}
