package dev.eddy.model.onnx;

import ai.onnx.proto.OnnxMl;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Turns the protobuf of a tensor into ours. */
final class TensorReader {
  private TensorReader() {}

  static OnnxTensor read(String file, OnnxMl.TensorProto tensor) {
    ElementType type = ElementType.of(tensor.getDataType());
    int[] dimensions = tensor.getDimsList().stream().mapToInt(Math::toIntExact).toArray();
    int size = 1;
    for (int dimension : dimensions) {
      size = Math.multiplyExact(size, dimension);
    }
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    boolean isRaw = tensor.hasRawData();
    if (type == ElementType.FLOAT) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = isRaw ? raw.getFloat() : tensor.getFloatData(i);
      }
      return OnnxTensor.ofFloats(dimensions, values);
    }
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      values[i] =
          switch (type) {
            case INT64 -> isRaw ? raw.getLong() : tensor.getInt64Data(i);
            case INT32 -> isRaw ? raw.getInt() : tensor.getInt32Data(i);
            case BOOL -> isRaw ? raw.get() : tensor.getInt32Data(i);
            default ->
                throw OnnxModel.error(
                    file, "tensor " + Shown.name(tensor.getName()) + " is of type " + type);
          };
    }
    return OnnxTensor.ofIntegers(type, dimensions, values);
  }
}
