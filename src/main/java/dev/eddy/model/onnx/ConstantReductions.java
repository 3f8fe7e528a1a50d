package dev.eddy.model.onnx;

import dev.eddy.model.onnx.Folding.Folder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/** Sums, products and the like of constants, as in weight normalisation and sizes of shapes. */
final class ConstantReductions {
  private ConstantReductions() {}

  static Map<String, Folder> folders() {
    Map<String, Folder> all = new HashMap<>();
    all.put("ReduceSum", folder(0, Double::sum, false, false));
    all.put("ReduceProd", folder(1, (a, b) -> a * b, false, false));
    all.put("ReduceMax", folder(Double.NEGATIVE_INFINITY, Math::max, false, false));
    all.put("ReduceMin", folder(Double.POSITIVE_INFINITY, Math::min, false, false));
    all.put("ReduceMean", folder(0, Double::sum, true, false));
    all.put("ReduceSumSquare", folder(0, (sum, x) -> sum + x * x, false, false));
    all.put("ReduceL1", folder(0, (sum, x) -> sum + Math.abs(x), false, false));
    all.put("ReduceL2", folder(0, (sum, x) -> sum + x * x, false, true));
    return all;
  }

  /** The axes that a reduction takes; all where none are named, unless it says otherwise. */
  static int[] axes(OnnxNode node, OnnxTensor[] in, int rank) {
    long[] axes = Parameters.integers(node, in, 1, "axes");
    if (axes == null || axes.length == 0) {
      boolean none = node.integer("noop_with_empty_axes", 0) != 0;
      return none ? new int[0] : IntStream.range(0, rank).toArray();
    }
    return Parameters.axes(node, axes, rank);
  }

  private static Folder folder(
      double start, DoubleBinaryOperator step, boolean mean, boolean root) {
    return (node, in, opset) -> {
      OnnxTensor tensor = in[0];
      int[] axes = axes(node, in, tensor.rank());
      int[] kept = tensor.dimensions().clone();
      int count = 1;
      for (int axis : axes) {
        count *= kept[axis];
        kept[axis] = 1;
      }
      int[] strides = Movement.strides(kept);
      double[] sums = new double[Movement.size(kept)];
      Arrays.fill(sums, start);
      int[] place = new int[kept.length];
      int at = 0; // of the sum that the value at that place belongs to
      for (int i = 0; i < tensor.size(); i++) {
        double value = tensor.type().isFloat() ? tensor.floats()[i] : tensor.integers()[i];
        sums[at] = step.applyAsDouble(sums[at], value);
        for (int axis = kept.length - 1; axis >= 0; axis--) { // on to the next place
          int stride = kept[axis] == 1 ? 0 : strides[axis];
          at += stride;
          if (++place[axis] < tensor.dimensions()[axis]) {
            break;
          }
          at -= stride * place[axis];
          place[axis] = 0;
        }
      }
      for (int i = 0; i < sums.length; i++) {
        sums[i] = mean ? sums[i] / count : sums[i];
        sums[i] = root ? Math.sqrt(sums[i]) : sums[i];
      }
      int[] dimensions = node.integer("keepdims", 1) != 0 ? kept : without(kept, axes);
      return Folding.one(tensor(tensor.type(), dimensions, sums));
    };
  }

  static int[] without(int[] dimensions, int[] axes) {
    return IntStream.range(0, dimensions.length)
        .filter(axis -> !Parameters.contains(axes, axis))
        .map(axis -> dimensions[axis])
        .toArray();
  }

  private static OnnxTensor tensor(ElementType type, int[] dimensions, double[] values) {
    if (type.isFloat()) {
      float[] made = new float[values.length];
      for (int i = 0; i < made.length; i++) {
        made[i] = (float) values[i];
      }
      return OnnxTensor.ofFloats(dimensions, made);
    }
    long[] made = new long[values.length];
    for (int i = 0; i < made.length; i++) {
      made[i] = (long) values[i];
    }
    return OnnxTensor.ofIntegers(type, dimensions, made);
  }
}
