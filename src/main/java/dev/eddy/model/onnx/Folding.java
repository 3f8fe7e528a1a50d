package dev.eddy.model.onnx;

import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Computes what depends on no record: weights that are made of weights, and arithmetic on shapes,
 * once for each length of the sequence that is tried.
 */
final class Folding {
  private static final int MAX_SIZE = 1 << 22;

  /** Computes the outputs of a node from its inputs, null where one is left out. */
  @FunctionalInterface
  interface Folder {
    OnnxTensor[] fold(OnnxNode node, OnnxTensor[] inputs, long opset);
  }

  private static final Map<String, Folder> FOLDERS = folders();

  private Folding() {}

  private static Map<String, Folder> folders() {
    Map<String, Folder> all = new HashMap<>();
    all.putAll(ConstantShapes.folders());
    all.putAll(ConstantArithmetic.folders());
    return all;
  }

  static boolean computes(String op) {
    return FOLDERS.containsKey(op);
  }

  static boolean folds(OnnxNode node, Lowering lowering) {
    return isOfShape(node.op()) && !(lowering.find(node, 0) instanceof Known)
        || FOLDERS.containsKey(node.op()) && Operators.readsKnown(node, lowering);
  }

  private static boolean isOfShape(String op) {
    return op.equals("Shape") || op.equals("Size");
  }

  static void fold(OnnxNode node, Lowering lowering) {
    int count = 1;
    for (int input = 0; input < node.inputs().size(); input++) {
      boolean varies =
          lowering.find(node, input) instanceof Known known
              ? !known.isFixed()
              : lowering.find(node, input) instanceof Frames frames && frames.hasTime();
      count = varies ? lowering.lengths : count;
    }
    if (count > 1) {
      lowering.asksLength();
    }
    OnnxTensor[][] made = new OnnxTensor[count][];
    for (int length = 0; length < count; length++) {
      made[length] = fold(node, lowering, length);
      for (OnnxTensor tensor : made[length]) {
        lowering.spend(node, tensor.size());
      }
    }
    for (int output = 0; output < made[0].length; output++) {
      OnnxTensor[] samples = new OnnxTensor[count];
      for (int length = 0; length < count; length++) {
        samples[length] = made[length][output];
      }
      lowering.put(node, output, Known.of(samples));
    }
  }

  private static OnnxTensor[] fold(OnnxNode node, Lowering lowering, int length) {
    if (isOfShape(node.op())) {
      int[] dimensions = lowering.dimensions(lowering.value(node, 0), length);
      return new OnnxTensor[] {ConstantShapes.shape(node, dimensions)};
    }
    OnnxTensor[] inputs = new OnnxTensor[node.inputs().size()];
    for (int input = 0; input < inputs.length; input++) {
      inputs[input] =
          lowering.find(node, input) instanceof Known known ? known.sample(length) : null;
      lowering.work(node, inputs[input] == null ? 0 : inputs[input].size());
    }
    return FOLDERS.get(node.op()).fold(node, inputs, lowering.opset());
  }

  /** What a node makes of a state that is zeros, for its dimensions. */
  static OnnxTensor[] onZeros(OnnxNode node, Lowering lowering, Value.Start start) {
    OnnxTensor[] inputs = new OnnxTensor[node.inputs().size()];
    for (int input = 1; input < inputs.length; input++) {
      inputs[input] = lowering.find(node, input) instanceof Known known ? known.sample(0) : null;
    }
    int size = size(node, Arrays.stream(start.dimensions()).asLongStream().toArray());
    lowering.spend(node, size);
    inputs[0] = OnnxTensor.ofFloats(start.dimensions(), new float[size]);
    OnnxTensor[] made = FOLDERS.get(node.op()).fold(node, inputs, lowering.opset());
    for (OnnxTensor tensor : made) {
      lowering.spend(node, tensor.size());
    }
    return made;
  }

  /** The size of a tensor that is to be computed. */
  static int size(OnnxNode node, long[] dimensions) {
    long size = 1;
    for (long dimension : dimensions) {
      if (dimension < 0) {
        throw node.error("a shape can't be " + Arrays.toString(dimensions));
      }
      size = dimension == 0 ? 0 : size > MAX_SIZE ? size : Math.multiplyExact(size, dimension);
    }
    if (size > MAX_SIZE) {
      throw node.error(
          "would make a constant of shape "
              + Arrays.toString(dimensions)
              + ", more than "
              + MAX_SIZE
              + " values");
    }
    return (int) size;
  }

  static int[] dimensions(OnnxNode node, long[] shape) {
    size(node, shape);
    return Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
  }

  static OnnxTensor[] one(OnnxTensor tensor) {
    return new OnnxTensor[] {tensor};
  }
}
