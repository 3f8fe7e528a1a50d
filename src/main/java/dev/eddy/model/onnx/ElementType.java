package dev.eddy.model.onnx;

/** What a tensor holds; ONNX's {@code TensorProto.DataType}, in its order. */
enum ElementType {
  /** No type, or one that isn't known here. */
  UNDEFINED(0),
  FLOAT(4),
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  INT32(4),
  INT64(8),
  STRING(0),
  BOOL(1),
  FLOAT16(2),
  DOUBLE(8),
  UINT32(4),
  UINT64(8),
  COMPLEX64(8),
  COMPLEX128(16),
  BFLOAT16(2),
  FLOAT8E4M3FN(1),
  FLOAT8E4M3FNUZ(1),
  FLOAT8E5M2(1),
  FLOAT8E5M2FNUZ(1),
  UINT4(0),
  INT4(0);

  private static final ElementType[] BY_CODE = values();

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** The type that a file writes as {@code code}; {@link #UNDEFINED} where there is none. */
  static ElementType of(int code) {
    return code > 0 && code < BY_CODE.length ? BY_CODE[code] : UNDEFINED;
  }

  /** Bytes of one element in {@code raw_data}; 0 where it isn't a whole number of them. */
  int bytes() {
    return bytes;
  }

  /** Whether a tensor of it is kept as float32. */
  boolean isFloat() {
    return this == FLOAT || this == DOUBLE || this == FLOAT16 || this == BFLOAT16;
  }

  /** Whether a tensor of it is kept as int64; so are booleans, as 0 and 1. */
  boolean isInteger() {
    return switch (this) {
      case UINT8, INT8, UINT16, INT16, INT32, INT64, UINT32, UINT64, BOOL -> true;
      default -> false;
    };
  }
}
