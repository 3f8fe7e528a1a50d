package dev.eddy.model.onnx;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.Activation.Function;
import dev.eddy.layer.BatchNorm;
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.GroupNorm;
import dev.eddy.layer.InstanceNorm;
import dev.eddy.layer.Layer;
import dev.eddy.layer.LayerNorm;
import dev.eddy.layer.LogSoftmax;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Reduce;
import dev.eddy.layer.Softmax;
import dev.eddy.model.onnx.GraphBuilder.Weights;
import dev.eddy.model.onnx.Operators.Operator;
import dev.eddy.model.onnx.Value.Frames;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Normalisations and softmax: with given statistics, or over values of one frame. */
final class NormOperators {
  private static final int OWN_AXIS = 13; // from this opset on softmax takes one axis

  private NormOperators() {}

  static Map<String, Operator> all() {
    Map<String, Operator> all = new LinkedHashMap<>();
    all.put("BatchNormalization", NormOperators::batch);
    all.put("LayerNormalization", NormOperators::layer);
    all.put("InstanceNormalization", NormOperators::instance);
    all.put("GroupNormalization", NormOperators::group);
    all.put("LpNormalization", NormOperators::lp);
    all.put("MeanVarianceNormalization", NormOperators::meanVariance);
    all.put("RMSNormalization", NormOperators::rootMeanSquare);
    all.put("LRN", NormOperators::localResponse);
    all.put("Softmax", (node, lowering) -> softmax(node, lowering, new Softmax()));
    all.put("LogSoftmax", (node, lowering) -> softmax(node, lowering, new LogSoftmax()));
    all.put("Hardmax", NormOperators::hardmax);
    return all;
  }

  /** Frames seen as channels first: {@code [channels, all the rest]}. */
  private static String channelsFirst(OnnxNode node, Lowering lowering, Frames x) {
    if (x.rank() < 2 || x.time() == 1) {
      throw node.error(
          "takes [batch, channels, ...], got "
              + x.text()
              + (x.time() == 1
                  ? ": its statistics would be one for each time step, but a stream has"
                      + " no fixed number of them"
                  : ""));
    }
    if (x.time() != 0 && x.dimensions()[0] != 1) {
      throw node.error("takes a batch of 1, got " + x.text());
    }
    int channels = x.dimensions()[1];
    int positions = x.shape().size() / channels;
    return positions == 1 ? lowering.flat(x) : lowering.as(x, channels, positions);
  }

  private static void batch(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    if (node.integer("training_mode", 0) != 0) {
      throw node.error(
          "training_mode=1 takes the statistics of the batch; export the model in evaluation mode");
    }
    String reads = channelsFirst(node, lowering, x);
    int channels = x.dimensions()[1];
    OnnxTensor weight = lowering.weights(node, 1, channels);
    OnnxTensor bias = lowering.weights(node, 2, channels);
    OnnxTensor mean = lowering.weights(node, 3, channels);
    OnnxTensor variance = lowering.weights(node, 4, channels);
    for (float v : variance.floats()) {
      if (!(v >= 0)) {
        throw node.error("its variance must not be negative, got " + v);
      }
    }
    Weights weights =
        Weights.NONE
            .with("weight", weight::floats)
            .with("bias", bias::floats)
            .with("running_mean", mean::floats)
            .with("running_var", variance::floats);
    lowering.put(
        node,
        lowering.layer(x, reads, new BatchNorm(epsilon(node), true), weights, x.dimensions()));
  }

  private static float epsilon(OnnxNode node) {
    return Math.max(Float.MIN_NORMAL, node.number("epsilon", 1e-5f));
  }

  private static void layer(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    if (lowering.hasOutput(node, 1) || lowering.hasOutput(node, 2)) {
      throw node.error("its outputs besides the first are not supported");
    }
    int axis = Parameters.axis(node, node.integer("axis", -1), x.rank());
    ReduceOperators.refuseTime(
        node, x, IntStream.range(axis, x.rank()).boxed().toList(), "its mean");
    int count = Movement.size(Arrays.copyOfRange(x.dimensions(), axis, x.rank()));
    int positions = x.shape().size() / count;
    OnnxTensor weight = lowering.neededConstant(node, 1);
    OnnxTensor bias = lowering.constant(node, 2);
    Frames flat = x.seenAs(withTimeFirst(x, positions, count));
    boolean one = positions == 1;
    Frames turned = one ? flat : ShapeOperators.transposed(lowering, flat, lastTwoTurned(flat));
    LayerNorm norm =
        new LayerNorm(one ? LayerNorm.Over.FRAME : LayerNorm.Over.CHANNELS, epsilon(node), true);
    Weights weights =
        Weights.NONE
            .with("weight", () -> spread(node, weight, count, 1))
            .with("bias", () -> spread(node, bias, count, 0));
    String reads = one ? lowering.flat(turned) : lowering.as(turned, count, positions);
    Frames made = lowering.layer(turned, reads, norm, weights, turned.dimensions());
    Frames back = one ? made : ShapeOperators.transposed(lowering, made, lastTwoTurned(made));
    lowering.put(node, back.seenAs(x.dimensions()));
  }

  private static int[] withTimeFirst(Frames x, int positions, int count) {
    return x.hasTime() ? new int[] {Frames.TIME, positions, count} : new int[] {positions, count};
  }

  private static int[] lastTwoTurned(Frames x) {
    return x.hasTime() ? new int[] {0, 2, 1} : new int[] {1, 0};
  }

  /** A value for each of those that share a mean. */
  private static float[] spread(OnnxNode node, OnnxTensor tensor, int count, float otherwise) {
    float[] made = new float[count];
    if (tensor == null) {
      Arrays.fill(made, otherwise);
      return made;
    }
    float[] values = Broadcasting.floats(tensor);
    if (count % values.length != 0) {
      throw node.error("a scale or bias of " + values.length + " values does not fit " + count);
    }
    for (int i = 0; i < count; i++) {
      made[i] = values[i % values.length];
    }
    return made;
  }

  private static void instance(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    ReduceOperators.refuseTime(node, x, IntStream.range(2, x.rank()).boxed().toList(), "its mean");
    perChannel(node, lowering, x, new InstanceNorm(epsilon(node), true));
  }

  private static void group(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    ReduceOperators.refuseTime(node, x, IntStream.range(1, x.rank()).boxed().toList(), "its mean");
    int groups = (int) node.integer("num_groups", 1);
    perChannel(node, lowering, x, new GroupNorm(groups, epsilon(node), true));
  }

  /** A norm whose weight and bias are one for each channel. */
  private static void perChannel(OnnxNode node, Lowering lowering, Frames x, Layer norm) {
    channelsFirst(node, lowering, x);
    int channels = x.dimensions()[1];
    String reads = lowering.as(x, channels, x.shape().size() / channels);
    OnnxTensor weight = lowering.neededConstant(node, 1);
    OnnxTensor bias = lowering.neededConstant(node, 2);
    Weights weights =
        Weights.NONE
            .with("weight", () -> ofChannels(node, weight, channels))
            .with("bias", () -> ofChannels(node, bias, channels));
    lowering.put(node, lowering.layer(x, reads, norm, weights, x.dimensions()));
  }

  /** One for each channel; where there is one for each group, it is its channels'. */
  private static float[] ofChannels(OnnxNode node, OnnxTensor tensor, int channels) {
    float[] values = Broadcasting.floats(tensor);
    if (channels % values.length != 0) {
      throw node.error(
          "a scale or bias of " + values.length + " values does not fit " + channels + " channels");
    }
    float[] made = new float[channels];
    for (int i = 0; i < channels; i++) {
      made[i] = values[i / (channels / values.length)];
    }
    return made;
  }

  private static void lp(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    int axis = Parameters.axis(node, node.integer("axis", -1), x.rank());
    ReduceOperators.refuseTime(node, x, List.of(axis), "its norm");
    boolean one = node.integer("p", 2) == 1;
    Frames sizes =
        one
            ? lowering.map(x, Activation.of(Function.ABS))
            : ElementwiseOperators.combine(node, lowering, Merge.How.MULTIPLY, x, x);
    Frames norm =
        ReduceOperators.reduced(
            node, lowering, sizes, new int[] {axis}, true, Reduce.How.SUM, null);
    norm = one ? norm : lowering.map(norm, Activation.of(Function.SQRT));
    lowering.put(node, ElementwiseOperators.combine(node, lowering, Merge.How.DIVIDE, x, norm));
  }

  private static void meanVariance(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    int[] axes = Parameters.axes(node, node.integers("axes", new long[] {0, 2, 3}), x.rank());
    ReduceOperators.refuseTime(node, x, Arrays.stream(axes).boxed().toList(), "its mean");
    Frames mean =
        ReduceOperators.reduced(
            node, lowering, x, axes, true, Reduce.How.MEAN, (GlobalPool.How) null);
    Frames centred = ElementwiseOperators.combine(node, lowering, Merge.How.SUBTRACT, x, mean);
    Frames squares =
        ElementwiseOperators.combine(node, lowering, Merge.How.MULTIPLY, centred, centred);
    Frames variance =
        ReduceOperators.reduced(node, lowering, squares, axes, true, Reduce.How.MEAN, null);
    Frames deviation = lowering.map(variance, Activation.of(Function.SQRT));
    deviation =
        ElementwiseOperators.arithmetic(
            lowering, deviation, Merge.How.ADD, new float[] {1e-9f}, false);
    lowering.put(
        node, ElementwiseOperators.combine(node, lowering, Merge.How.DIVIDE, centred, deviation));
  }

  private static void rootMeanSquare(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    int axis = Parameters.axis(node, node.integer("axis", -1), x.rank());
    int[] axes = IntStream.range(axis, x.rank()).toArray();
    ReduceOperators.refuseTime(node, x, Arrays.stream(axes).boxed().toList(), "its mean");
    Frames squares = ElementwiseOperators.combine(node, lowering, Merge.How.MULTIPLY, x, x);
    Frames mean =
        ReduceOperators.reduced(node, lowering, squares, axes, true, Reduce.How.MEAN, null);
    Frames root =
        lowering.map(
            ElementwiseOperators.arithmetic(
                lowering, mean, Merge.How.ADD, new float[] {epsilon(node)}, false),
            Activation.of(Function.SQRT));
    Frames made = ElementwiseOperators.combine(node, lowering, Merge.How.DIVIDE, x, root);
    lowering.put(
        node,
        ElementwiseOperators.combine(
            node, lowering, Merge.How.MULTIPLY, made, lowering.value(node, 1)));
  }

  /** Each value divided by a power of the squares of its neighbours among the channels. */
  private static void localResponse(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    channelsFirst(node, lowering, x);
    int channels = x.dimensions()[1];
    int size = (int) node.integer("size", 1);
    float alpha = node.number("alpha", 1e-4f) / size;
    float[] near = new float[channels * channels]; // [out][in]
    for (int channel = 0; channel < channels; channel++) {
      int first = Math.max(0, channel - (size - 1) / 2);
      int last = Math.min(channels - 1, channel + size / 2);
      for (int other = first; other <= last; other++) {
        near[channel * channels + other] = alpha;
      }
    }
    Frames squares = ElementwiseOperators.combine(node, lowering, Merge.How.MULTIPLY, x, x);
    Frames sums = MatrixOperators.along(lowering, squares, 1, channels, () -> near);
    Frames biased =
        ElementwiseOperators.arithmetic(
            lowering, sums, Merge.How.ADD, new float[] {node.number("bias", 1)}, false);
    Frames power =
        ElementwiseOperators.arithmetic(
            lowering, biased, Merge.How.POWER, new float[] {node.number("beta", 0.75f)}, false);
    lowering.put(node, ElementwiseOperators.combine(node, lowering, Merge.How.DIVIDE, x, power));
  }

  /** Up to opset 12 over all axes from the one named, after that over that one. */
  private static void softmax(OnnxNode node, Lowering lowering, Layer softmax) {
    Frames x = lowering.frames(node, 0);
    boolean own = lowering.opset() >= OWN_AXIS;
    int axis = Parameters.axis(node, node.integer("axis", own ? -1 : 1), x.rank());
    int end = own ? axis + 1 : x.rank();
    ReduceOperators.refuseTime(node, x, IntStream.range(axis, end).boxed().toList(), "its sum");
    Frames turned = grouped(lowering, x, axis, end);
    int count = Movement.size(Arrays.copyOfRange(x.dimensions(), axis, end));
    int rest = x.shape().size() / count;
    String reads = rest == 1 ? lowering.flat(turned) : lowering.as(turned, count, rest);
    Frames made = lowering.layer(turned, reads, softmax, Weights.NONE, turned.dimensions());
    lowering.put(node, ungrouped(lowering, made, x, axis, end));
  }

  /** Some axes first, then all others. */
  private static Frames grouped(Lowering lowering, Frames x, int axis, int end) {
    return ShapeOperators.transposed(lowering, x, order(x.rank(), axis, end));
  }

  private static Frames ungrouped(Lowering lowering, Frames made, Frames like, int axis, int end) {
    int[] order = order(like.rank(), axis, end);
    int[] back = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      back[order[i]] = i;
    }
    return ShapeOperators.transposed(lowering, made, back);
  }

  private static int[] order(int rank, int axis, int end) {
    return IntStream.concat(
            IntStream.range(axis, end),
            IntStream.range(0, rank).filter(other -> other < axis || other >= end))
        .toArray();
  }

  /** 1 at the first of the largest values, else 0. */
  private static void hardmax(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    boolean own = lowering.opset() >= OWN_AXIS;
    int axis = Parameters.axis(node, node.integer("axis", own ? -1 : 1), x.rank());
    if (!own && axis != x.rank() - 1) {
      throw node.error("up to opset 12 it is supported over the last axis only");
    }
    ReduceOperators.refuseTime(node, x, List.of(axis), "its maximum");
    Frames place =
        ReduceOperators.reduced(
            node, lowering, x, new int[] {axis}, true, Reduce.How.ARG_MAX, null);
    float[] places = new float[x.dimensions()[axis]];
    int[] dimensions = new int[x.rank()];
    Arrays.fill(dimensions, 1);
    dimensions[axis] = places.length;
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    Value row = Value.Known.of(OnnxTensor.ofFloats(dimensions, places));
    lowering.put(node, ElementwiseOperators.combine(node, lowering, Merge.How.EQUAL, place, row));
  }
}
