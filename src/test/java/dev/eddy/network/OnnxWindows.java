package dev.eddy.network;

import dev.eddy.layer.Axis;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Weights;
import dev.eddy.network.OnnxModel.Attribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;

/**
 * What layers with a window mean in ONNX's words: the sequence becomes {@code [1, channels, time,
 * (height,) (width)]}, and a window within the frame has one tap in time.
 */
final class OnnxWindows {
  private final OnnxModel model;

  OnnxWindows(OnnxModel model) {
    this.model = model;
  }

  String conv(Conv conv, Shape input, Weights weights, String x) {
    List<Axis> axes = withTime(conv.axes(), input);
    String w =
        model.constant(
            weights.tensor("weight"),
            weightShape(conv.filters(), input.channels() / conv.groups(), axes));
    List<String> inputs = new ArrayList<>(List.of(volume(x, input), w));
    if (conv.bias()) {
      inputs.add(model.constant(weights.tensor("bias"), conv.filters()));
    }
    List<Attribute> attributes = window(axes);
    attributes.add(Attribute.of("group", conv.groups()));
    attributes.add(dilations(axes));
    return sequence(node("Conv", inputs, attributes), conv.output(input));
  }

  String deconv(Deconv deconv, Shape input, Weights weights, String x) {
    List<Axis> axes = withTime(deconv.axes(), input);
    String in = volume(x, input);
    String w =
        model.constant(
            weights.tensor("weight"),
            weightShape(input.channels(), deconv.filters() / deconv.groups(), axes));
    long[] padding = deconv.outputPadding().stream().mapToLong(Integer::longValue).toArray();
    if (padding.length < axes.size()) {
      padding = LongStream.concat(LongStream.of(0), Arrays.stream(padding)).toArray();
    }
    boolean ownCut = false;
    for (int i = 0; i < axes.size(); i++) {
      ownCut |= axes.size() > 1 && padding[i] >= axes.get(i).stride();
    }
    List<Attribute> attributes = window(ownCut ? withoutPadding(axes) : axes);
    attributes.add(Attribute.of("group", deconv.groups()));
    attributes.add(dilations(axes));
    if (!ownCut) {
      attributes.add(Attribute.ofInts("output_padding", padding));
    }
    String out = node("ConvTranspose", List.of(in, w), attributes);
    out = ownCut ? cut(out, axes, padding) : out;
    if (deconv.bias()) {
      long[] perChannel = new long[axes.size() + 1];
      Arrays.fill(perChannel, 1);
      perChannel[0] = deconv.filters();
      String bias = model.constant(weights.tensor("bias"), perChannel);
      out = model.node("Add", List.of(out, bias));
    }
    return sequence(out, deconv.output(input));
  }

  /**
   * Pads and crops the whole output: an output padding of a stride or more, which a dilation
   * allows, is one that ONNX Runtime gets wrong in more than one dimension.
   */
  private String cut(String whole, List<Axis> axes, long[] padding) {
    long[] pads = new long[2 * (axes.size() + 2)];
    for (int i = 0; i < axes.size(); i++) {
      pads[2 + i] = -axes.get(i).before();
      pads[axes.size() + 4 + i] = padding[i] - axes.get(i).after();
    }
    return model.node("Pad", List.of(whole, model.constant(pads)));
  }

  String pool(Pool pool, Shape input, String x) {
    List<Axis> axes = withTime(pool.axes(), input);
    String in = volume(x, input);
    boolean padsFit =
        axes.stream().allMatch(a -> a.before() < a.kernel() && a.after() < a.kernel());
    boolean dilated = axes.stream().anyMatch(a -> a.dilation() > 1);
    boolean countsPaddingOfFrames = pool.countPadding() && axes.size() > 1;
    String out;
    if (pool.how() == Pool.How.MAX) {
      List<Attribute> attributes = window(padsFit ? axes : withoutPadding(axes));
      attributes.add(dilations(axes));
      String padded = padsFit ? in : pad(in, axes, -Float.MAX_VALUE);
      out = node("MaxPool", List.of(padded), attributes);
    } else if (padsFit && !dilated && !countsPaddingOfFrames) {
      List<Attribute> attributes = window(axes);
      attributes.add(Attribute.of("count_include_pad", pool.countPadding() ? 1L : 0L));
      out = node("AveragePool", List.of(in), attributes);
    } else {
      out = meanBySums(pool, input, axes, in);
    }
    return sequence(out, pool.output(input));
  }

  /**
   * The sum of the values by the sum of their ones: for what ONNX Runtime's AveragePool refuses,
   * and for counted padding in two or three dimensions, of which it leaves some out.
   */
  private String meanBySums(Pool pool, Shape input, List<Axis> axes, String in) {
    String zero = model.node("Mul", List.of(in, model.constant(new float[] {0f})));
    String ones = model.node("Add", List.of(zero, model.constant(new float[] {1f})));
    String padded = pad(in, axes, 0f);
    String counted = pad(ones, axes, pool.countPadding() ? 1f : 0f);
    float[] taps =
        new float
            [input.channels() * axes.stream().mapToInt(Axis::kernel).reduce(1, (a, b) -> a * b)];
    Arrays.fill(taps, 1f);
    String w = model.constant(taps, weightShape(input.channels(), 1, axes));
    List<Attribute> attributes = window(withoutPadding(axes));
    attributes.add(Attribute.of("group", input.channels()));
    attributes.add(dilations(axes));
    String sum = node("Conv", List.of(padded, w), attributes);
    String count = node("Conv", List.of(counted, w), attributes);
    String atLeastOne = model.node("Max", List.of(count, model.constant(new float[] {1f})));
    return model.node("Div", List.of(sum, atLeastOne));
  }

  private String pad(String in, List<Axis> axes, float value) {
    long[] pads = new long[2 * (axes.size() + 2)];
    for (int i = 0; i < axes.size(); i++) {
      pads[2 + i] = axes.get(i).before();
      pads[axes.size() + 4 + i] = axes.get(i).after();
    }
    return model.node(
        "Pad", List.of(in, model.constant(pads), model.constant(new float[] {value})));
  }

  private static List<Axis> withoutPadding(List<Axis> axes) {
    return axes.stream().map(a -> new Axis(a.kernel(), a.stride(), a.dilation(), 0, 0)).toList();
  }

  private static List<Axis> withTime(List<Axis> axes, Shape input) {
    if (axes.size() == input.rank()) {
      return axes;
    }
    List<Axis> all = new ArrayList<>(List.of(Axis.ONE));
    all.addAll(axes);
    return all;
  }

  private static long[] weightShape(long first, long second, List<Axis> axes) {
    return LongStream.concat(LongStream.of(first, second), axes.stream().mapToLong(Axis::kernel))
        .toArray();
  }

  private static List<Attribute> window(List<Axis> axes) {
    return new ArrayList<>(
        List.of(
            Attribute.ofInts("kernel_shape", each(axes, Axis::kernel)),
            Attribute.ofInts("strides", each(axes, Axis::stride)),
            Attribute.ofInts(
                "pads",
                LongStream.concat(
                        Arrays.stream(each(axes, Axis::before)),
                        Arrays.stream(each(axes, Axis::after)))
                    .toArray())));
  }

  private static Attribute dilations(List<Axis> axes) {
    return Attribute.ofInts("dilations", each(axes, Axis::dilation));
  }

  private static long[] each(List<Axis> axes, ToIntFunction<Axis> what) {
    return axes.stream().mapToInt(what).asLongStream().toArray();
  }

  private String node(String operator, List<String> inputs, List<Attribute> attributes) {
    return model.node(operator, inputs, attributes.toArray(new Attribute[0]));
  }

  /** {@code [1, size, time]} as {@code [1, channels, time, ...]}. */
  private String volume(String x, Shape shape) {
    if (shape.rank() == 1) {
      return x;
    }
    long[] dimensions = new long[shape.rank() + 2];
    dimensions[0] = 1;
    for (int i = 0; i < shape.rank(); i++) {
      dimensions[i + 1] = shape.dimension(i);
    }
    dimensions[shape.rank() + 1] = -1;
    String timeLast = model.node("Reshape", List.of(x, model.constant(dimensions)));
    long[] order = shape.rank() == 2 ? new long[] {0, 1, 3, 2} : new long[] {0, 1, 4, 2, 3};
    return model.node("Transpose", List.of(timeLast), Attribute.ofInts("perm", order));
  }

  /** {@code [1, channels, time, ...]} as {@code [1, size, time]}. */
  private String sequence(String volume, Shape shape) {
    if (shape.rank() == 1) {
      return volume;
    }
    long[] order = shape.rank() == 2 ? new long[] {0, 1, 3, 2} : new long[] {0, 1, 3, 4, 2};
    String timeLast = model.node("Transpose", List.of(volume), Attribute.ofInts("perm", order));
    return model.node("Reshape", List.of(timeLast, model.constant(1L, shape.size(), -1L)));
  }
}
