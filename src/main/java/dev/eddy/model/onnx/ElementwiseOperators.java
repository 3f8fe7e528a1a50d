package dev.eddy.model.onnx;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.Activation.Function;
import dev.eddy.layer.Arithmetic;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Merge.How;
import dev.eddy.layer.Operand;
import dev.eddy.layer.Shape;
import dev.eddy.model.onnx.GraphBuilder.Weights;
import dev.eddy.model.onnx.Operators.Operator;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Operators that compute value by value: of two branches, or of a branch and a constant. */
final class ElementwiseOperators {
  private ElementwiseOperators() {}

  static Map<String, Operator> all() {
    Map<String, Operator> all = new LinkedHashMap<>(FunctionOperators.all());
    all.put("Add", ElementwiseOperators::add);
    all.put("Sub", binary(How.SUBTRACT));
    all.put("Mul", binary(How.MULTIPLY));
    all.put("Div", ElementwiseOperators::divide);
    all.put("Pow", ElementwiseOperators::power);
    all.put("Mod", ElementwiseOperators::mod);
    all.put("BitShift", (node, lowering) -> refuseBits(node));
    all.put("Max", many(How.MAX));
    all.put("Min", many(How.MIN));
    all.put("Sum", many(How.ADD));
    all.put("Mean", ElementwiseOperators::mean);
    all.put("Equal", test(How.EQUAL));
    all.put("Greater", test(How.GREATER));
    all.put("GreaterOrEqual", test(How.GREATER_OR_EQUAL));
    all.put("Less", test(How.LESS));
    all.put("LessOrEqual", test(How.LESS_OR_EQUAL));
    all.put("And", test(How.AND));
    all.put("Or", test(How.OR));
    all.put("Xor", test(How.XOR));
    all.put("Where", ElementwiseOperators::where);
    all.put("PRelu", ElementwiseOperators::prelu);
    return all;
  }

  private static void refuseBits(OnnxNode node) {
    throw node.error("arithmetic on bits is not supported; frames are float32");
  }

  private static Operator binary(How how) {
    return (node, lowering) ->
        lowering.put(
            node, combine(node, lowering, how, lowering.value(node, 0), lowering.value(node, 1)));
  }

  private static Operator test(How how) {
    return (node, lowering) ->
        lowering.put(
            node,
            combine(node, lowering, how, lowering.value(node, 0), lowering.value(node, 1))
                .ofType(ElementType.BOOL));
  }

  private static Operator many(How how) {
    return (node, lowering) -> lowering.put(node, fold(node, lowering, how));
  }

  private static Frames fold(OnnxNode node, Lowering lowering, How how) {
    Value made = lowering.value(node, 0);
    for (int input = 1; input < node.inputs().size(); input++) {
      Value next = lowering.value(node, input);
      if (made instanceof Known && next instanceof Known) {
        throw node.error("two of its inputs are constants; compute them before the export");
      }
      made = combine(node, lowering, how, made, next);
    }
    if (made instanceof Frames frames) {
      return frames;
    }
    throw node.error("reads no records");
  }

  private static void mean(OnnxNode node, Lowering lowering) {
    Frames sum = fold(node, lowering, How.ADD);
    float count = node.inputs().size();
    lowering.put(node, arithmetic(lowering, sum, How.DIVIDE, new float[] {count}, false));
  }

  /** An addition to a product with weights is that product's bias. */
  private static void add(OnnxNode node, Lowering lowering) {
    Value a = lowering.value(node, 0);
    Value b = lowering.value(node, 1);
    Frames frames = a instanceof Frames f ? f : b instanceof Frames f ? f : null;
    Value other = frames == a ? b : a;
    int input = frames == a ? 0 : 1;
    if (frames != null
        && other instanceof Known known
        && known.isFixed()
        && lowering.graph.operation(frames.node()) instanceof Dense dense
        && !dense.bias()
        && lowering.readers(node.inputs().get(input)) == 1) {
      OnnxTensor bias = known.sample(0);
      boolean ofUnits =
          bias.size() == dense.units()
              && bias.rank() <= frames.rank()
              && bias.rank() > 0
              && bias.dimensions()[bias.rank() - 1] == dense.units()
              && frames.dimensions()[frames.rank() - 1] == dense.units();
      if (ofUnits) {
        Weights weights =
            lowering.graph.weights(frames.node()).with("bias", () -> Broadcasting.floats(bias));
        String made =
            lowering.graph.add(
                new Dense(dense.units(), true), lowering.graph.reads(frames.node()), weights);
        lowering.put(node, lowering.made(frames, made, frames.dimensions()));
        return;
      }
    }
    lowering.put(node, combine(node, lowering, How.ADD, a, b));
  }

  private static void divide(OnnxNode node, Lowering lowering) {
    Frames made =
        combine(node, lowering, How.DIVIDE, lowering.value(node, 0), lowering.value(node, 1));
    lowering.put(
        node, made.type().isFloat() ? made : lowering.map(made, Activation.of(Function.TRUNCATE)));
  }

  /** Powers that exporters write for squares and roots are computed as such. */
  private static void power(OnnxNode node, Lowering lowering) {
    Value base = lowering.value(node, 0);
    if (base instanceof Frames frames
        && lowering.value(node, 1) instanceof Known known
        && known.isFixed()
        && known.sample(0).size() == 1) {
      double exponent = Parameters.number(known.sample(0), 1);
      if (exponent == 2) {
        lowering.put(node, combine(node, lowering, How.MULTIPLY, base, base));
        return;
      }
      if (exponent == 0.5) {
        lowering.put(node, lowering.map(frames, Activation.of(Function.SQRT)));
        return;
      }
    }
    lowering.put(node, combine(node, lowering, How.POWER, base, lowering.value(node, 1)));
  }

  private static void mod(OnnxNode node, Lowering lowering) {
    How how = node.integer("fmod", 0) != 0 ? How.REMAINDER : How.MODULO;
    lowering.put(
        node, combine(node, lowering, how, lowering.value(node, 0), lowering.value(node, 1)));
  }

  /** What two values make, one of which at least depends on the records. */
  static Frames combine(OnnxNode node, Lowering lowering, How how, Value a, Value b) {
    if (a instanceof Frames one && b instanceof Frames other) {
      List<Frames> both = FirstFrame.meeting(lowering, List.of(one, other));
      Frames x = both.get(0);
      Frames y = both.get(1);
      lowering.checkMeet(node, both);
      int[] dimensions = Broadcasting.together(node, List.of(x.dimensions(), y.dimensions()));
      Frames left = ShapeOperators.broadcast(lowering, x, dimensions);
      Frames right = ShapeOperators.broadcast(lowering, y, dimensions);
      String made =
          lowering.graph.add(
              new Merge(how),
              List.of(left.node(), lowering.graph.reshape(right.node(), left.shape())));
      return lowering.made(left, made, dimensions);
    }
    if (a instanceof Frames x && b instanceof Known known) {
      return withConstant(node, lowering, how, x, known, false);
    }
    if (a instanceof Known known && b instanceof Frames y) {
      return withConstant(node, lowering, how, y, known, true);
    }
    throw Lowering.startUsed(node, node.inputs().get(a instanceof Value.Start ? 0 : 1));
  }

  private static Frames withConstant(
      OnnxNode node, Lowering lowering, How how, Frames x, Known known, boolean constantFirst) {
    Frames positions = PlaceFunctions.of(node, lowering, known, x);
    if (positions != null) {
      Value other = positions;
      return constantFirst
          ? combine(node, lowering, how, other, x)
          : combine(node, lowering, how, x, other);
    }
    if (x.end() != null && !known.isFixed()) {
      Frames length = Positions.ofLength(lowering, known);
      if (length != null) {
        return constantFirst
            ? combine(node, lowering, how, length, x)
            : combine(node, lowering, how, x, length);
      }
      throw node.error(
          "meets a number that depends on the length of the sequence; a mean over the time axis is"
              + " supported as ReduceMean or GlobalAveragePool");
    }
    OnnxTensor tensor = Broadcasting.withoutTime(node, lowering, known, x);
    int[] dimensions = Broadcasting.together(node, List.of(x.dimensions(), tensor.dimensions()));
    Frames frames = ShapeOperators.broadcast(lowering, x, dimensions);
    float[] values = Broadcasting.floats(tensor);
    if (tensor.size() > 1) {
      int[] seen = new int[dimensions.length];
      Arrays.fill(seen, 1);
      System.arraycopy(
          tensor.dimensions(), 0, seen, dimensions.length - tensor.rank(), tensor.rank());
      int[] whole = dimensions.clone();
      if (frames.hasTime()) {
        whole[frames.time()] = 1;
      }
      OnnxTensor full = OnnxTensor.ofFloats(seen, values);
      values = Movement.broadcast(seen, whole).apply(full, 0).floats();
    }
    return arithmetic(lowering, frames, how, values, constantFirst);
  }

  /** Frames and a constant: one number, or one for each value of a frame. */
  static Frames arithmetic(
      Lowering lowering, Frames frames, How how, float[] values, boolean constantFirst) {
    float first = values[0];
    boolean one = true;
    for (float value : values) {
      one &= value == first;
    }
    if (one && isNeutral(how, first, constantFirst)) {
      return frames;
    }
    float[] operand = one ? new float[] {first} : values;
    Weights weights = Weights.NONE.with("operand", () -> operand);
    Arithmetic layer = new Arithmetic(how, one ? Operand.ONE : Operand.FRAME, constantFirst);
    return lowering.layer(frames, frames.node(), layer, weights, frames.dimensions());
  }

  private static boolean isNeutral(How how, float value, boolean first) {
    return switch (how) {
      case ADD -> value == 0;
      case SUBTRACT -> value == 0 && !first;
      case MULTIPLY -> value == 1;
      case DIVIDE -> value == 1 && !first;
      case POWER -> value == 1 && !first;
      case MAX,
          MIN,
          CONCAT,
          MODULO,
          REMAINDER,
          EQUAL,
          GREATER,
          GREATER_OR_EQUAL,
          LESS,
          LESS_OR_EQUAL,
          AND,
          OR,
          XOR,
          SELECT,
          MATRIX_PRODUCT ->
          false;
    };
  }

  private static void where(OnnxNode node, Lowering lowering) {
    List<Frames> streams = new ArrayList<>();
    List<int[]> shapes = new ArrayList<>();
    Frames like = null;
    for (int input = 0; input < 3; input++) {
      if (lowering.value(node, input) instanceof Frames frames) {
        streams.add(frames);
        like = frames.hasTime() || like == null ? frames : like;
      }
    }
    lowering.checkMeet(node, streams);
    OnnxTensor[] constants = new OnnxTensor[3];
    for (int input = 0; input < 3; input++) {
      if (lowering.value(node, input) instanceof Known known) {
        constants[input] = Broadcasting.withoutTime(node, lowering, known, like);
        shapes.add(constants[input].dimensions());
      } else {
        shapes.add(lowering.frames(node, input).dimensions());
      }
    }
    int[] dimensions = Broadcasting.together(node, shapes);
    List<String> reads = new ArrayList<>();
    Shape shape = null;
    Frames made = null;
    for (int input = 0; input < 3; input++) {
      Frames whole;
      if (constants[input] == null) {
        whole = ShapeOperators.broadcast(lowering, lowering.frames(node, input), dimensions);
      } else {
        OnnxTensor constant = constants[input];
        Frames small =
            lowering.constant(like, Broadcasting.floats(constant), constant.dimensions());
        whole = ShapeOperators.broadcast(lowering, small, dimensions);
      }
      shape = shape == null ? whole.shape() : shape;
      made = input == 1 ? whole : made;
      reads.add(lowering.graph.reshape(whole.node(), shape));
    }
    String node3 = lowering.graph.add(new Merge(How.SELECT), reads);
    Frames of = made;
    lowering.put(node, lowering.made(of, node3, dimensions));
  }

  /** {@code max(x, 0) + slope min(x, 0)}. */
  private static void prelu(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    Known slope = lowering.known(node, 1);
    Frames positive = lowering.map(x, Activation.RELU);
    Frames negative = arithmetic(lowering, x, How.MIN, new float[] {0}, false);
    Frames scaled = combine(node, lowering, How.MULTIPLY, negative, slope);
    lowering.put(node, combine(node, lowering, How.ADD, positive, scaled));
  }
}
