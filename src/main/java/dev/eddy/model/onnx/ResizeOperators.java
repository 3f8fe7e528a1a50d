package dev.eddy.model.onnx;

import dev.eddy.layer.Upsample;
import dev.eddy.model.onnx.Operators.Operator;
import dev.eddy.model.onnx.Value.Frames;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Resize and Upsample: by whole factors along time, by any within a frame. */
final class ResizeOperators {
  private static final int MAX_SCALE = 1024;

  private ResizeOperators() {}

  static Map<String, Operator> all() {
    Map<String, Operator> all = new LinkedHashMap<>();
    all.put("Resize", ResizeOperators::resize);
    all.put("Upsample", ResizeOperators::resize);
    return all;
  }

  /** How an output place becomes an input place. */
  private record Rule(String mode, String coordinates, String nearest) {

    double place(int out, double scale, int inLength, int outLength) {
      return switch (coordinates) {
        case "asymmetric" -> out / scale;
        case "align_corners" ->
            outLength == 1 ? 0 : (double) out * (inLength - 1) / (outLength - 1);
        case "pytorch_half_pixel" -> outLength == 1 ? 0 : (out + 0.5) / scale - 0.5;
        default -> (out + 0.5) / scale - 0.5;
      };
    }

    int nearest(double place, int length) {
      double rounded =
          switch (nearest) {
            case "floor" -> Math.floor(place);
            case "ceil" -> Math.ceil(place);
            case "round_prefer_ceil" -> Math.floor(place + 0.5);
            default -> Math.ceil(place - 0.5);
          };
      return (int) Math.max(0, Math.min(length - 1, rounded));
    }
  }

  private static void resize(OnnxNode node, Lowering lowering) {
    Frames made = lowering.frames(node, 0);
    boolean old = node.op().equals("Upsample") || lowering.opset() < 11;
    Rule rule =
        new Rule(
            node.string("mode", "nearest"),
            old ? "asymmetric" : node.string("coordinate_transformation_mode", "half_pixel"),
            old ? "floor" : node.string("nearest_mode", "round_prefer_floor"));
    check(node, rule);
    double[][] scales = scales(node, lowering, made, old);
    for (int axis = 0; axis < made.rank(); axis++) {
      double scale = scales[0][axis];
      if (scale == 1) {
        continue;
      }
      if (!(scale > 0 && scale <= MAX_SCALE)) {
        throw node.error("a scale must be above 0 and at most " + MAX_SCALE + ", got " + scale);
      }
      for (double[] other : scales) {
        if (other[axis] != scale) {
          throw node.error("by how much it resizes depends on the length of the sequence");
        }
      }
      made =
          made.dimensions()[axis] == Frames.TIME
              ? overTime(node, lowering, made, scale, rule)
              : within(lowering, made, axis, scale, rule);
    }
    lowering.put(node, made);
  }

  /**
   * Notes that a node resizes by another scale where the strides before it don't divide the length.
   *
   * @param length of the sequence, that they divide
   */
  static void note(OnnxModel model, OnnxNode node, Lowering lowering, long length) {
    long multiple = 1;
    for (OnnxNode other : model.nodes()) {
      if (all().containsKey(other.op())
          && lowering.find(other, 0) instanceof Frames from
          && from.hasTime()
          && from.lengths()[0] > 0
          && multiple > 0) {
        long stride = length / from.lengths()[0];
        multiple = length % from.lengths()[0] == 0 ? common(multiple, stride) : 0;
      }
    }
    lowering.note(
        "node \""
            + node.name()
            + "\" ("
            + node.op()
            + ") resizes to a length that it is told; where "
            + (multiple > 1
                ? "the length of a sequence is no multiple of " + multiple
                : "strides don't divide the length of a sequence")
            + ", the file itself stretches by a broken scale, which depends on that length: then"
            + " these outputs differ from those offline");
  }

  /** The least common multiple. */
  private static long common(long a, long b) {
    return a / BigInteger.valueOf(a).gcd(BigInteger.valueOf(b)).longValue() * b;
  }

  private static void check(OnnxNode node, Rule rule) {
    boolean known =
        switch (rule.coordinates) {
          case "half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners" -> true;
          default -> false;
        };
    if (!known || node.integer("antialias", 0) != 0) {
      throw node.error(
          "coordinate_transformation_mode="
              + rule.coordinates
              + " or antialias is not supported;"
              + " supported: half_pixel, pytorch_half_pixel, asymmetric, align_corners");
    }
    if (!rule.mode.equals("nearest") && !rule.mode.equals("linear")) {
      throw node.error("mode=" + rule.mode + " is not supported; supported: nearest, linear");
    }
  }

  /** For each length tried and each axis by how much it grows. */
  private static double[][] scales(OnnxNode node, Lowering lowering, Frames x, boolean old) {
    double[][] all = new double[ShapeOperators.tries(x, lowering)][];
    for (int i = 0; i < all.length; i++) {
      OnnxTensor[] in = ShapeOperators.samples(node, lowering, i);
      OnnxTensor factors = old ? (in.length > 1 ? in[1] : null) : in.length > 2 ? in[2] : null;
      OnnxTensor sizes = in.length > 3 ? in[3] : null;
      int[] dimensions = lowering.dimensions(x, i);
      long[] named = node.integers("axes", null);
      double[] scales = new double[x.rank()];
      Arrays.fill(scales, 1);
      float[] given =
          factors != null && factors.size() > 0 ? factors.floats() : node.numbers("scales", null);
      int count = given != null ? given.length : sizes != null ? sizes.size() : 0;
      if (count == 0 || named == null && count != x.rank()) {
        throw node.error("needs a scale or a size for each of " + x.rank() + " axes");
      }
      for (int j = 0; j < count; j++) {
        int axis = named == null ? j : Parameters.axis(node, named[j], x.rank());
        scales[axis] = given != null ? given[j] : (double) sizes.integers()[j] / dimensions[axis];
      }
      all[i] = scales;
    }
    return all;
  }

  private static Frames overTime(
      OnnxNode node, Lowering lowering, Frames x, double scale, Rule rule) {
    if (rule.coordinates.equals("align_corners")) {
      throw node.error(
          "align_corners along the time axis depends on the length of the sequence, which a stream has"
              + " not; use half_pixel (PyTorch: align_corners=False)");
    }
    lowering.sawTime();
    int factor = (int) Math.rint(scale);
    int every = (int) Math.rint(1 / scale);
    boolean nearest = rule.mode.equals("nearest");
    if (nearest && scale < 1 && Math.abs(every * scale - 1) < 1e-6) {
      int first = rule.nearest(rule.place(0, scale, 1 << 20, 1 << 20), 1 << 20);
      return TimeAxis.slice(lowering, x, first, 0, every);
    }
    if (factor != scale || factor < 1) {
      throw node.error(
          "resizes the time axis by "
              + scale
              + "; supported along time: whole factors, or nearest"
              + " by one over a whole number");
    }
    Upsample.Mode mode;
    if (nearest) {
      for (int i = 0; i < factor; i++) {
        int place = rule.nearest(rule.place(i + factor, scale, 1 << 20, 1 << 20), 1 << 20);
        if (place != 1) {
          throw node.error(
              "nearest_mode="
                  + rule.nearest
                  + " with "
                  + rule.coordinates
                  + " by "
                  + factor
                  + " along the time axis is not supported; supported where each frame is repeated");
        }
      }
      mode = Upsample.Mode.NEAREST;
    } else {
      mode =
          rule.coordinates.equals("asymmetric")
              ? Upsample.Mode.LINEAR_ASYMMETRIC
              : Upsample.Mode.LINEAR;
    }
    String made = lowering.graph.add(new Upsample(factor, 1, 1, mode), lowering.flat(x));
    long[] lengths = Arrays.stream(x.lengths()).map(length -> length * factor).toArray();
    return new Frames(made, lowering.graph.shape(made), x.type(), x.dimensions(), lengths, x.end());
  }

  /** A linear map along the axis, whatever the rule. */
  private static Frames within(Lowering lowering, Frames x, int axis, double scale, Rule rule) {
    int inLength = x.dimensions()[axis];
    int outLength = (int) Math.floor(inLength * scale + 1e-9);
    boolean nearest = rule.mode.equals("nearest");
    if (nearest) {
      int[] places = new int[outLength];
      for (int out = 0; out < outLength; out++) {
        places[out] = rule.nearest(rule.place(out, scale, inLength, outLength), inLength);
      }
      int[] dimensions = x.dimensions().clone();
      dimensions[axis] = outLength;
      Movement movement = Movement.gather(x.frame(), x.frameAxis(axis), places);
      return lowering.move(x, movement, 0, dimensions);
    }
    float[] weights = new float[outLength * inLength]; // [out][in]
    for (int out = 0; out < outLength; out++) {
      double place =
          Math.max(0, Math.min(inLength - 1, rule.place(out, scale, inLength, outLength)));
      int low = (int) Math.floor(place);
      int high = Math.min(inLength - 1, low + 1);
      weights[out * inLength + low] += (float) (1 - (place - low));
      weights[out * inLength + high] += (float) (place - low);
    }
    return MatrixOperators.along(lowering, x, axis, outLength, () -> weights);
  }
}
