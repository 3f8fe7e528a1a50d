package dev.eddy.model.onnx;

import static ai.onnx.proto.OnnxMl.TensorProto.DATA_LOCATION_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.DATA_TYPE_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.DIMS_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.DOC_STRING_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.DOUBLE_DATA_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.EXTERNAL_DATA_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.FLOAT_DATA_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.INT32_DATA_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.INT64_DATA_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.METADATA_PROPS_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.NAME_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.RAW_DATA_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.SEGMENT_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.STRING_DATA_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.TensorProto.UINT64_DATA_FIELD_NUMBER;

import ai.onnx.proto.OnnxMl.SparseTensorProto;
import com.google.protobuf.WireFormat;
import dev.eddy.model.ModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the tensors of a file. What one says of its shape is compared with the bytes that are there
 * before anything is allocated; the values then go from the file right into their array.
 */
final class TensorReader {
  private static final int MAX_RANK = 32;
  private static final int MAX_INTEGERS = 1 << 22; // each takes eight bytes here

  private static final long REPEATED =
      Wire.fields(
          DIMS_FIELD_NUMBER,
          FLOAT_DATA_FIELD_NUMBER,
          INT32_DATA_FIELD_NUMBER,
          STRING_DATA_FIELD_NUMBER,
          INT64_DATA_FIELD_NUMBER,
          DOUBLE_DATA_FIELD_NUMBER,
          UINT64_DATA_FIELD_NUMBER,
          EXTERNAL_DATA_FIELD_NUMBER,
          METADATA_PROPS_FIELD_NUMBER);

  private static final int MAX_MADE = 1 << 24; // values of sparse tensors, all together

  private final String file;
  private final Path folder;
  private final ExternalData.Budget external = new ExternalData.Budget();
  private long made;

  /**
   * @param file its name, for complaints
   * @param folder where it lies, with its external data
   */
  TensorReader(String file, Path folder) {
    this.file = file;
    this.folder = folder;
  }

  /** A tensor and what it is called. */
  record Named(String name, OnnxTensor tensor) {}

  /** All that a tensor says of itself; its values are still in the file. */
  private static final class Header {
    private String name = "";
    private int type;
    private final long[] dimensions = new long[MAX_RANK];
    private int rank;
    private Wire.Span raw;
    private boolean external;
    private final Map<Integer, Long> typed = new LinkedHashMap<>(); // most values, by field
    private final Map<String, String> entries = new HashMap<>(); // of external data
  }

  /** Reads the tensor that is the value of a field. */
  Named read(Wire wire, String what) throws IOException {
    Header header = new Header();
    Wire.Span body = wire.message("tensor", REPEATED, number -> header(wire, number, header));
    String name = what + (header.name.isEmpty() ? "" : " " + Shown.name(header.name));
    return new Named(header.name, tensor(wire, body, header, name));
  }

  /** Reads the sparse tensor that is the value of a field, and fills it up with zeros. */
  Named readSparse(Wire wire) throws IOException {
    Named[] parts = new Named[2];
    long[] dimensions = new long[MAX_RANK];
    int[] rank = new int[1];
    wire.message(
        "sparse tensor",
        Wire.fields(SparseTensorProto.DIMS_FIELD_NUMBER),
        number -> {
          switch (number) {
            case SparseTensorProto.VALUES_FIELD_NUMBER -> parts[0] = read(wire, "sparse tensor");
            case SparseTensorProto.INDICES_FIELD_NUMBER ->
                parts[1] = read(wire, "sparse tensor's indices");
            case SparseTensorProto.DIMS_FIELD_NUMBER ->
                rank[0] = dimensions(wire, dimensions, rank[0]);
            default -> throw wire.unknown(number);
          }
        });
    if (parts[0] == null || parts[1] == null) {
      throw wire.damaged("a sparse tensor without values or indices");
    }
    String name = "sparse tensor " + Shown.name(parts[0].name());
    int[] shape = dimensions(Arrays.copyOf(dimensions, rank[0]), name);
    int size = size(shape, name);
    made += size;
    if (made > MAX_MADE) {
      throw error(name + " of shape " + Arrays.toString(shape) + " is too large to be filled up");
    }
    return new Named(
        parts[0].name(),
        Sparse.dense(
            parts[0].tensor(), parts[1].tensor(), shape, size, text -> error(name + " " + text)));
  }

  /** Adds the dimensions that are the value of a field; returns how many there are then. */
  private static int dimensions(Wire wire, long[] dimensions, int before) throws IOException {
    int[] rank = {before};
    wire.numbers(
        WireFormat.WIRETYPE_VARINT,
        in -> {
          if (rank[0] == MAX_RANK) {
            throw wire.damaged("more than " + MAX_RANK + " dimensions");
          }
          dimensions[rank[0]++] = in.readInt64();
        });
    return rank[0];
  }

  private static void header(Wire wire, int number, Header header) throws IOException {
    switch (number) {
      case NAME_FIELD_NUMBER -> header.name = wire.name();
      case DATA_TYPE_FIELD_NUMBER -> header.type = Wire.code(wire.integer());
      case DIMS_FIELD_NUMBER -> header.rank = dimensions(wire, header.dimensions, header.rank);
      case RAW_DATA_FIELD_NUMBER -> header.raw = wire.bytes();
      case FLOAT_DATA_FIELD_NUMBER -> typed(wire, number, header, WireFormat.WIRETYPE_FIXED32, 4);
      case DOUBLE_DATA_FIELD_NUMBER -> typed(wire, number, header, WireFormat.WIRETYPE_FIXED64, 8);
      case INT32_DATA_FIELD_NUMBER, INT64_DATA_FIELD_NUMBER, UINT64_DATA_FIELD_NUMBER ->
          typed(wire, number, header, WireFormat.WIRETYPE_VARINT, 1);
      case STRING_DATA_FIELD_NUMBER -> {
        wire.skip();
        header.typed.merge(number, 1L, Long::sum);
      }
      case SEGMENT_FIELD_NUMBER ->
          throw wire.damaged("a tensor in segments; they are not supported");
      case EXTERNAL_DATA_FIELD_NUMBER -> Entries.read(wire, header.entries);
      case DATA_LOCATION_FIELD_NUMBER -> header.external = wire.integer() != 0;
      case DOC_STRING_FIELD_NUMBER, METADATA_PROPS_FIELD_NUMBER -> wire.skip();
      default -> throw wire.unknown(number);
    }
  }

  private static void typed(Wire wire, int number, Header header, int wireType, int bytes)
      throws IOException {
    header.typed.merge(number, wire.skipNumbers(wireType, bytes), Long::sum);
  }

  private OnnxTensor tensor(Wire wire, Wire.Span body, Header header, String name)
      throws IOException {
    ElementType type = ElementType.of(header.type);
    if (!type.isFloat() && !type.isInteger()) {
      throw error(
          name
              + " has the data type "
              + (type == ElementType.UNDEFINED ? "undefined (" + header.type + ")" : type)
              + "; supported: FLOAT, FLOAT16, BFLOAT16, DOUBLE, integers and BOOL");
    }
    int[] dimensions = dimensions(Arrays.copyOf(header.dimensions, header.rank), name);
    int size = size(dimensions, name);
    if (type.isInteger() && size > MAX_INTEGERS) {
      throw error(
          name
              + " of shape "
              + Arrays.toString(dimensions)
              + " holds more than "
              + MAX_INTEGERS
              + " numbers of type "
              + type
              + "; if these are quantised weights, export the float model");
    }
    header.typed.values().removeIf(count -> count == 0);
    int sources = (header.raw == null ? 0 : 1) + (header.external ? 1 : 0) + header.typed.size();
    if (sources > 1) {
      throw error(
          name
              + " is invalid: it has its values twice, both as "
              + (header.external ? "external data" : header.raw == null ? "typed" : "raw_data")
              + " and as "
              + field(header.typed, "raw_data")
              + "; one must be the only one");
    }
    Values values = new Values(type, size, text -> error(name + " " + text));
    if (header.external) {
      ExternalData.read(
          folder, header.entries, values, external, text -> error(name + ": " + text));
    } else if (header.raw != null) {
      values.checkBytes(header.raw.length(), "raw_data", dimensions);
      values.readRaw(wire.channel(), header.raw.position());
    } else {
      readTyped(wire, body, header, values, dimensions, name);
    }
    return values.tensor(dimensions);
  }

  private static String field(Map<Integer, Long> typed, String otherwise) {
    return typed.keySet().stream()
        .reduce((first, last) -> last)
        .map(TensorReader::field)
        .orElse(otherwise);
  }

  private static String field(int number) {
    return switch (number) {
      case FLOAT_DATA_FIELD_NUMBER -> "float_data";
      case DOUBLE_DATA_FIELD_NUMBER -> "double_data";
      case INT32_DATA_FIELD_NUMBER -> "int32_data";
      case INT64_DATA_FIELD_NUMBER -> "int64_data";
      case UINT64_DATA_FIELD_NUMBER -> "uint64_data";
      default -> "string_data";
    };
  }

  private int[] dimensions(long[] said, String name) {
    for (long dimension : said) {
      if (dimension < 0 || dimension > Integer.MAX_VALUE) {
        throw error(
            name
                + " has the shape "
                + Arrays.toString(said)
                + "; a dimension has a size of 0 to "
                + Integer.MAX_VALUE);
      }
    }
    return Arrays.stream(said).mapToInt(dimension -> (int) dimension).toArray();
  }

  private int size(int[] dimensions, String name) {
    long size = 1;
    for (int dimension : dimensions) {
      size = dimension == 0 ? 0 : Math.min(size, Integer.MAX_VALUE) * dimension;
    }
    if (Arrays.stream(dimensions).anyMatch(dimension -> dimension == 0)) {
      return 0;
    }
    if (size > Integer.MAX_VALUE - 8) {
      throw error(
          name
              + " has the shape "
              + Arrays.toString(dimensions)
              + ", which is more elements than a tensor may have");
    }
    return (int) size;
  }

  private void readTyped(
      Wire wire, Wire.Span body, Header header, Values values, int[] dimensions, String name)
      throws IOException {
    int number = header.typed.isEmpty() ? 0 : header.typed.keySet().iterator().next();
    int wanted = typedField(values.type());
    if (number != 0 && number != wanted) {
      throw error(
          name
              + " is of type "
              + values.type()
              + ", whose values stand in "
              + field(wanted)
              + ", got "
              + field(number));
    }
    long most = header.typed.getOrDefault(number, 0L);
    if (most < values.size()) {
      throw values.wrongCount(most, field(wanted), dimensions);
    }
    values.allocate();
    int[] count = new int[1];
    if (number != 0) {
      wire.at(body)
          .numbersOf(
              number,
              in -> {
                values.readTyped(Math.min(count[0], values.size()), in);
                count[0]++;
              });
    }
    if (count[0] != values.size()) {
      throw values.wrongCount(count[0], field(wanted), dimensions);
    }
    values.check();
  }

  private static int typedField(ElementType type) {
    return switch (type) {
      case FLOAT -> FLOAT_DATA_FIELD_NUMBER;
      case DOUBLE -> DOUBLE_DATA_FIELD_NUMBER;
      case INT64 -> INT64_DATA_FIELD_NUMBER;
      case UINT32, UINT64 -> UINT64_DATA_FIELD_NUMBER;
      default -> INT32_DATA_FIELD_NUMBER;
    };
  }

  private ModelException error(String message) {
    return OnnxModel.error(file, message);
  }
}
