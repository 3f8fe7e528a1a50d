package dev.eddy.model.onnx;

import dev.eddy.model.onnx.Folding.Folder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;

/** Arithmetic on constants, in double or in whole numbers. */
final class ConstantArithmetic {
  private static final double MAX_PRODUCTS = 1 << 28;

  private ConstantArithmetic() {}

  static Map<String, Folder> folders() {
    Map<String, Folder> all = new HashMap<>();
    all.put("Add", binary(Double::sum, Long::sum));
    all.put("Sub", binary((a, b) -> a - b, (a, b) -> a - b));
    all.put("Mul", binary((a, b) -> a * b, (a, b) -> a * b));
    all.put("Div", binary((a, b) -> a / b, ConstantArithmetic::quotient));
    all.put("Mod", (node, in, opset) -> Folding.one(mod(node, in[0], in[1])));
    all.put("Pow", binary(Math::pow, (a, b) -> (long) Math.pow(a, b)));
    all.put("Max", many(Math::max, Math::max));
    all.put("Min", many(Math::min, Math::min));
    all.put("Sum", many(Double::sum, Long::sum));
    all.put("Equal", test((a, b) -> a == b ? 1 : 0));
    all.put("Greater", test((a, b) -> a > b ? 1 : 0));
    all.put("GreaterOrEqual", test((a, b) -> a >= b ? 1 : 0));
    all.put("Less", test((a, b) -> a < b ? 1 : 0));
    all.put("LessOrEqual", test((a, b) -> a <= b ? 1 : 0));
    all.put("And", test((a, b) -> a != 0 && b != 0 ? 1 : 0));
    all.put("Or", test((a, b) -> a != 0 || b != 0 ? 1 : 0));
    all.put("Xor", test((a, b) -> a != 0 ^ b != 0 ? 1 : 0));
    all.put("Not", unary(a -> a == 0 ? 1 : 0));
    all.put("Neg", unary(a -> -a));
    all.put("Abs", unary(Math::abs));
    all.put("Sign", unary(Math::signum));
    all.put("Floor", unary(Math::floor));
    all.put("Ceil", unary(Math::ceil));
    all.put("Round", unary(Math::rint));
    all.put("Sqrt", unary(Math::sqrt));
    all.put("Exp", unary(Math::exp));
    all.put("Log", unary(Math::log));
    all.put("Sin", unary(Math::sin));
    all.put("Cos", unary(Math::cos));
    all.put("Tanh", unary(Math::tanh));
    all.put("Sigmoid", unary(a -> 1 / (1 + Math.exp(-a))));
    all.put("Softplus", unary(a -> Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)))));
    all.put("Relu", unary(a -> Math.max(a, 0)));
    all.put("Reciprocal", unary(a -> 1 / a));
    all.put("Clip", ConstantArithmetic::clip);
    all.put("Cast", (node, in, opset) -> Folding.one(cast(node, in[0])));
    all.put("Where", (node, in, opset) -> Folding.one(where(node, in)));
    all.put("MatMul", (node, in, opset) -> Folding.one(matMul(node, in[0], in[1])));
    all.put("Gemm", (node, in, opset) -> Folding.one(gemm(node, in)));
    all.putAll(ConstantReductions.folders());
    return all;
  }

  private static long quotient(long a, long b) {
    if (b == 0) {
      throw new ArithmeticException("divides by 0");
    }
    return a / b;
  }

  private static Folder binary(DoubleBinaryOperator floats, LongBinaryOperator integers) {
    return (node, in, opset) -> Folding.one(combine(node, in[0], in[1], floats, integers));
  }

  private static Folder many(DoubleBinaryOperator floats, LongBinaryOperator integers) {
    return (node, in, opset) -> {
      OnnxTensor made = in[0];
      for (int i = 1; i < in.length; i++) {
        made = combine(node, made, in[i], floats, integers);
      }
      return Folding.one(made);
    };
  }

  private static Folder test(DoubleBinaryOperator truth) {
    return (node, in, opset) -> {
      OnnxTensor made =
          combine(node, in[0], in[1], truth, (a, b) -> (long) truth.applyAsDouble(a, b));
      return Folding.one(cast(made, ElementType.BOOL));
    };
  }

  private static Folder unary(DoubleUnaryOperator function) {
    return (node, in, opset) -> {
      OnnxTensor tensor = in[0];
      if (tensor.type().isFloat()) {
        float[] made = new float[tensor.size()];
        for (int i = 0; i < made.length; i++) {
          made[i] = (float) function.applyAsDouble(tensor.floats()[i]);
        }
        return Folding.one(OnnxTensor.ofFloats(tensor.dimensions(), made));
      }
      long[] made = new long[tensor.size()];
      for (int i = 0; i < made.length; i++) {
        made[i] = (long) function.applyAsDouble(tensor.integers()[i]);
      }
      return Folding.one(OnnxTensor.ofIntegers(tensor.type(), tensor.dimensions(), made));
    };
  }

  /** Two constants, value by value; axes of length 1 are repeated. */
  static OnnxTensor combine(
      OnnxNode node,
      OnnxTensor a,
      OnnxTensor b,
      DoubleBinaryOperator floats,
      LongBinaryOperator integers) {
    if (a.type().isFloat() != b.type().isFloat()) {
      throw node.error("its inputs have different types, " + a.type() + " and " + b.type());
    }
    int[] shape = ConstantShapes.broadcast(node, a.dimensions(), b.dimensions());
    if (Movement.size(shape) > Math.max(a.size(), b.size())) {
      Folding.size(node, Arrays.stream(shape).asLongStream().toArray());
    }
    int[] ofA = Movement.broadcast(a.dimensions(), shape).from();
    int[] ofB = Movement.broadcast(b.dimensions(), shape).from();
    if (a.type().isFloat()) {
      float[] made = new float[ofA.length];
      for (int i = 0; i < made.length; i++) {
        made[i] = (float) floats.applyAsDouble(a.floats()[ofA[i]], b.floats()[ofB[i]]);
      }
      return OnnxTensor.ofFloats(shape, made);
    }
    long[] made = new long[ofA.length];
    for (int i = 0; i < made.length; i++) {
      made[i] = integers.applyAsLong(a.integers()[ofA[i]], b.integers()[ofB[i]]);
    }
    return OnnxTensor.ofIntegers(a.type(), shape, made);
  }

  private static OnnxTensor mod(OnnxNode node, OnnxTensor a, OnnxTensor b) {
    boolean remainder = node.integer("fmod", 0) != 0;
    return combine(
        node,
        a,
        b,
        (x, y) -> remainder ? x % y : x - y * Math.floor(x / y),
        (x, y) -> {
          quotient(x, y);
          return remainder ? x % y : Math.floorMod(x, y);
        });
  }

  private static OnnxTensor[] clip(OnnxNode node, OnnxTensor[] in, long opset) {
    double low =
        Parameters.number(
            in.length > 1 ? in[1] : null, node.number("min", Float.NEGATIVE_INFINITY));
    double high =
        Parameters.number(
            in.length > 2 ? in[2] : null, node.number("max", Float.POSITIVE_INFINITY));
    return unary(a -> Math.min(high, Math.max(low, a))).fold(node, in, opset);
  }

  static ElementType target(OnnxNode node) {
    ElementType type = ElementType.of((int) node.integer("to", 0));
    if (!type.isFloat() && !type.isInteger()) {
      throw node.error("can't cast to " + type);
    }
    return type;
  }

  private static OnnxTensor cast(OnnxNode node, OnnxTensor tensor) {
    return cast(tensor, target(node));
  }

  static OnnxTensor cast(OnnxTensor tensor, ElementType type) {
    if (type.isFloat() && tensor.type().isFloat()) {
      return tensor;
    }
    if (type.isFloat()) {
      float[] made = new float[tensor.size()];
      for (int i = 0; i < made.length; i++) {
        made[i] = tensor.integers()[i];
      }
      return OnnxTensor.ofFloats(tensor.dimensions(), made);
    }
    long[] made = new long[tensor.size()];
    for (int i = 0; i < made.length; i++) {
      double value = tensor.type().isFloat() ? tensor.floats()[i] : tensor.integers()[i];
      made[i] =
          type == ElementType.BOOL
              ? value != 0 ? 1 : 0
              : tensor.type().isFloat() ? (long) value : tensor.integers()[i];
    }
    return OnnxTensor.ofIntegers(type, tensor.dimensions(), made);
  }

  private static OnnxTensor where(OnnxNode node, OnnxTensor[] in) {
    int[] shape = ConstantShapes.broadcast(node, in[1].dimensions(), in[2].dimensions());
    shape = ConstantShapes.broadcast(node, in[0].dimensions(), shape);
    int[] test = Movement.broadcast(in[0].dimensions(), shape).from();
    OnnxTensor yes = Movement.broadcast(in[1].dimensions(), shape).apply(in[1], 0);
    OnnxTensor no = Movement.broadcast(in[2].dimensions(), shape).apply(in[2], 0);
    if (yes.type().isFloat()) {
      float[] made = no.floats().clone();
      for (int i = 0; i < made.length; i++) {
        made[i] = in[0].integers()[test[i]] != 0 ? yes.floats()[i] : made[i];
      }
      return OnnxTensor.ofFloats(shape, made);
    }
    long[] made = no.integers().clone();
    for (int i = 0; i < made.length; i++) {
      made[i] = in[0].integers()[test[i]] != 0 ? yes.integers()[i] : made[i];
    }
    return OnnxTensor.ofIntegers(yes.type(), shape, made);
  }

  private static OnnxTensor gemm(OnnxNode node, OnnxTensor[] in) {
    OnnxTensor product = matMul(node, turned(in[0], node, "transA"), turned(in[1], node, "transB"));
    OnnxTensor made = scaled(product, node.number("alpha", 1));
    if (in.length < 3 || in[2] == null) {
      return made;
    }
    return combine(node, made, scaled(in[2], node.number("beta", 1)), Double::sum, Long::sum);
  }

  private static OnnxTensor turned(OnnxTensor matrix, OnnxNode node, String attribute) {
    return node.integer(attribute, 0) == 0 ? matrix : Movement.transposed(matrix, 1, 0);
  }

  private static OnnxTensor without(int axis, OnnxTensor tensor) {
    int[] dimensions =
        IntStream.range(0, tensor.rank())
            .filter(other -> other != Math.min(axis, tensor.rank() - 1))
            .map(other -> tensor.dimensions()[other])
            .toArray();
    return OnnxTensor.ofFloats(dimensions, tensor.floats());
  }

  private static OnnxTensor scaled(OnnxTensor tensor, float factor) {
    float[] made = tensor.floats().clone();
    for (int i = 0; i < made.length; i++) {
      made[i] *= factor;
    }
    return OnnxTensor.ofFloats(tensor.dimensions(), made);
  }

  /**
   * A vector on the left is a row, one on the right a column, and what is made has no such axis.
   */
  private static OnnxTensor matMul(OnnxNode node, OnnxTensor a, OnnxTensor b) {
    if (a.rank() == 1 && b.rank() >= 1) {
      OnnxTensor row = OnnxTensor.ofFloats(new int[] {1, a.size()}, a.floats());
      return without(0, matMul(node, row, b));
    }
    if (b.rank() == 1 && a.rank() == 2) {
      OnnxTensor column = OnnxTensor.ofFloats(new int[] {b.size(), 1}, b.floats());
      return without(1, matMul(node, a, column));
    }
    if (a.rank() != 2 || b.rank() != 2 || a.dimensions()[1] != b.dimensions()[0]) {
      throw node.error("constants are multiplied where both have rank 2 and fit each other");
    }
    int rows = a.dimensions()[0];
    int inner = a.dimensions()[1];
    int columns = b.dimensions()[1];
    if ((double) rows * inner * columns > MAX_PRODUCTS) {
      throw node.error(
          "would multiply constants of shape "
              + Arrays.toString(a.dimensions())
              + " and "
              + Arrays.toString(b.dimensions())
              + ", which is too much to be done at import");
    }
    float[] made = new float[Movement.size(new int[] {rows, columns})];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        double sum = 0;
        for (int i = 0; i < inner; i++) {
          sum += (double) a.floats()[row * inner + i] * b.floats()[i * columns + column];
        }
        made[row * columns + column] = (float) sum;
      }
    }
    return OnnxTensor.ofFloats(new int[] {rows, columns}, made);
  }
}
