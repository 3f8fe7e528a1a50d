package dev.eddy.model.onnx;

import dev.eddy.layer.Dense;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Merge.How;
import dev.eddy.model.onnx.GraphBuilder.Weights;
import dev.eddy.model.onnx.Operators.Operator;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Products of matrices: with weights, or of two branches within a frame. */
final class MatrixOperators {
  private MatrixOperators() {}

  static Map<String, Operator> all() {
    Map<String, Operator> all = new LinkedHashMap<>();
    all.put("MatMul", MatrixOperators::matMul);
    all.put("Gemm", MatrixOperators::gemm);
    all.put("Einsum", EinsumOperator::einsum);
    return all;
  }

  private static void matMul(OnnxNode node, Lowering lowering) {
    Value a = lowering.value(node, 0);
    Value b = lowering.value(node, 1);
    if (a instanceof Frames x && b instanceof Known) {
      OnnxTensor right = lowering.constant(node, 1);
      lowering.put(
          node,
          right.rank() > 2 && size(right) > 1
              ? branches(node, lowering, x, asFrames(lowering, x, right))
              : timesWeights(node, lowering, x, right, false));
    } else if (a instanceof Known && b instanceof Frames y) {
      OnnxTensor left = lowering.constant(node, 0);
      lowering.put(
          node,
          left.rank() > 2 && size(left) > 1
              ? branches(node, lowering, asFrames(lowering, y, left), y)
              : weightsTimes(node, lowering, left, y));
    } else {
      lowering.put(
          node, branches(node, lowering, lowering.frames(node, 0), lowering.frames(node, 1)));
    }
  }

  /** How many matrices a tensor holds. */
  private static int size(OnnxTensor tensor) {
    return tensor.size() / matrix(tensor)[0] / matrix(tensor)[1];
  }

  private static int[] matrix(OnnxTensor tensor) {
    int[] d = tensor.dimensions();
    return d.length == 1 ? new int[] {1, d[0]} : new int[] {d[d.length - 2], d[d.length - 1]};
  }

  private static Frames asFrames(Lowering lowering, Frames like, OnnxTensor tensor) {
    return lowering.constant(like, Broadcasting.floats(tensor), tensor.dimensions());
  }

  private static RuntimeException overTime(OnnxNode node, Frames frames) {
    return node.error(
        "sums over the time axis of "
            + frames.text()
            + ", the whole sequence for each value; a stream can't wait for the end. Supported:"
            + " products over channels");
  }

  /**
   * {@code x W}, over the last axis of x.
   *
   * @param transposed whether W is {@code [out, in]}
   */
  private static Frames timesWeights(
      OnnxNode node, Lowering lowering, Frames x, OnnxTensor w, boolean transposed) {
    int[] matrix = w.rank() == 1 ? new int[] {w.size(), 1} : matrix(w);
    int inputs = transposed ? matrix[1] : matrix[0];
    int units = transposed ? matrix[0] : matrix[1];
    int last = x.rank() - 1;
    if (x.time() == last) {
      lowering.fillsWindow();
      throw overTime(node, x);
    }
    if (x.dimensions()[last] != inputs) {
      throw node.error(
          "multiplies "
              + x.text()
              + " with weights of shape "
              + Arrays.toString(w.dimensions())
              + ": expected "
              + x.dimensions()[last]
              + " inputs, the weights have "
              + inputs);
    }
    Frames made =
        along(lowering, x, last, units, () -> transposed ? floats(w) : turned(w, inputs, units));
    return w.rank() == 1 ? made.seenAs(Arrays.copyOf(made.dimensions(), last)) : made;
  }

  private static float[] floats(OnnxTensor tensor) {
    return Broadcasting.floats(tensor);
  }

  private static float[] turned(OnnxTensor w, int inputs, int units) {
    float[] values = floats(w);
    float[] made = new float[values.length];
    for (int in = 0; in < inputs; in++) {
      for (int unit = 0; unit < units; unit++) {
        made[unit * inputs + in] = values[in * units + unit];
      }
    }
    return made;
  }

  /** {@code W x}, over the last axis but one of x. */
  private static Frames weightsTimes(OnnxNode node, Lowering lowering, OnnxTensor w, Frames x) {
    int axis = Math.max(0, x.rank() - 2);
    int[] matrix = matrix(w);
    if (x.time() == axis) {
      lowering.fillsWindow();
      throw overTime(node, x);
    }
    if (x.dimensions()[axis] != matrix[1]) {
      throw node.error(
          "multiplies weights of shape "
              + Arrays.toString(w.dimensions())
              + " with "
              + x.text()
              + ": the inner dimensions don't fit");
    }
    Frames made = along(lowering, x, axis, matrix[0], () -> floats(w));
    if (w.rank() > 1) {
      return made;
    }
    return made.seenAs(
        IntStream.range(0, made.rank())
            .filter(i -> i != axis)
            .map(i -> made.dimensions()[i])
            .toArray());
  }

  /**
   * A linear map along one axis that is not time: {@code units} values in the place of those there.
   *
   * @param weights {@code [units][values of the axis]}
   */
  static Frames along(Lowering lowering, Frames x, int axis, int units, Supplier<float[]> weights) {
    int inputs = x.dimensions()[axis];
    int last = x.rank() - 1;
    int[] there = orderWithLast(x.rank(), axis);
    Frames turned = axis == last ? x : ShapeOperators.transposed(lowering, x, there);
    int positions = x.shape().size() / inputs;
    String reads = positions == 1 ? lowering.flat(turned) : lowering.as(turned, positions, inputs);
    int[] dimensions = turned.dimensions().clone();
    dimensions[last] = units;
    Frames made =
        lowering
            .layer(
                turned,
                reads,
                new Dense(units, false),
                Weights.NONE.with("weight", weights),
                dimensions)
            .ofType(ElementType.FLOAT);
    if (axis == last) {
      return made;
    }
    int[] back = new int[there.length];
    for (int i = 0; i < there.length; i++) {
      back[there[i]] = i;
    }
    return ShapeOperators.transposed(lowering, made, back);
  }

  private static int[] orderWithLast(int rank, int axis) {
    return IntStream.concat(
            IntStream.range(0, rank).filter(other -> other != axis), IntStream.of(axis))
        .toArray();
  }

  private static void gemm(OnnxNode node, Lowering lowering) {
    boolean turnA = node.integer("transA", 0) != 0;
    boolean turnB = node.integer("transB", 0) != 0;
    Value a = lowering.value(node, 0);
    Value b = lowering.value(node, 1);
    float alpha = node.number("alpha", 1);
    float beta = node.number("beta", 1);
    Frames made;
    if (a instanceof Frames x && b instanceof Known) {
      OnnxTensor w = lowering.weights(node, 1, -1, -1);
      Frames left = turnA ? ShapeOperators.transposed(lowering, x, 1, 0) : x;
      made = timesWeights(node, lowering, checked(node, left), w, turnB);
    } else if (a instanceof Known && b instanceof Frames y) {
      OnnxTensor w = lowering.weights(node, 0, -1, -1);
      OnnxTensor left = turnA ? Movement.transposed(w, 1, 0) : w;
      Frames right = turnB ? ShapeOperators.transposed(lowering, y, 1, 0) : y;
      made = weightsTimes(node, lowering, left, checked(node, right));
    } else {
      Frames x = lowering.frames(node, 0);
      Frames y = lowering.frames(node, 1);
      made =
          branches(
              node,
              lowering,
              checked(node, turnA ? ShapeOperators.transposed(lowering, x, 1, 0) : x),
              checked(node, turnB ? ShapeOperators.transposed(lowering, y, 1, 0) : y));
    }
    made =
        ElementwiseOperators.arithmetic(lowering, made, How.MULTIPLY, new float[] {alpha}, false);
    if (lowering.has(node, 2)) {
      made = withBias(node, lowering, made, beta);
    }
    lowering.put(node, made);
  }

  private static Frames withBias(OnnxNode node, Lowering lowering, Frames made, float beta) {
    Value c = lowering.value(node, 2);
    if (c instanceof Known known
        && known.isFixed()
        && lowering.graph.operation(made.node()) instanceof Dense dense
        && known.sample(0).size() == dense.units()
        && known.sample(0).dimensions()[known.rank() - 1] == dense.units()
        && made.dimensions()[made.rank() - 1] == dense.units()) {
      Weights weights =
          lowering
              .graph
              .weights(made.node())
              .with("bias", () -> scaled(floats(known.sample(0)), beta));
      String biased =
          lowering.graph.add(
              new Dense(dense.units(), true), lowering.graph.reads(made.node()), weights);
      return lowering.made(made, biased, made.dimensions());
    }
    if (c instanceof Frames frames && beta != 1) {
      c =
          ElementwiseOperators.arithmetic(
              lowering, frames, How.MULTIPLY, new float[] {beta}, false);
    } else if (c instanceof Known known && beta != 1) {
      OnnxTensor tensor = lowering.constant(node, 2);
      c = Known.of(OnnxTensor.ofFloats(tensor.dimensions(), scaled(floats(tensor), beta)));
    }
    return ElementwiseOperators.combine(node, lowering, How.ADD, made, c);
  }

  private static float[] scaled(float[] values, float factor) {
    float[] made = values.clone();
    for (int i = 0; i < made.length && factor != 1; i++) {
      made[i] *= factor;
    }
    return made;
  }

  private static Frames checked(OnnxNode node, Frames frames) {
    if (frames.rank() != 2) {
      throw node.error("takes matrices, of rank 2, got " + frames.text());
    }
    return frames;
  }

  /** Two branches multiplied, matrix by matrix, within each frame. */
  static Frames branches(OnnxNode node, Lowering lowering, Frames a, Frames b) {
    lowering.checkMeet(node, List.of(a, b));
    if (a.rank() < 2 || b.rank() < 2) {
      throw node.error(
          "multiplies " + a.text() + " and " + b.text() + "; both must have rank 2 or more");
    }
    boolean rowsAreTime = a.hasTime() && a.time() == a.rank() - 2;
    boolean columnsAreTime = b.hasTime() && b.time() == b.rank() - 1;
    boolean overTime =
        a.hasTime() && a.time() == a.rank() - 1
            || b.hasTime() && b.time() == b.rank() - 2
            || rowsAreTime && b.hasTime()
            || columnsAreTime && a.hasTime();
    if (overTime) {
      throw node.error(
          "multiplies "
              + a.text()
              + " and "
              + b.text()
              + ", so that every time step meets every other along the time axis (attention, or a"
              + " covariance of the whole sequence); that can't stream. Use recurrent or"
              + " convolutional layers");
    }
    int rows = a.dimensions()[a.rank() - 2];
    int inner = a.dimensions()[a.rank() - 1];
    int columns = b.dimensions()[b.rank() - 1];
    if (b.dimensions()[b.rank() - 2] != inner) {
      throw node.error(a.text() + " and " + b.text() + " can't be multiplied");
    }
    int[] batch =
        Broadcasting.together(
            node,
            List.of(
                Arrays.copyOf(a.dimensions(), a.rank() - 2),
                Arrays.copyOf(b.dimensions(), b.rank() - 2)));
    Frames left = ShapeOperators.broadcast(lowering, a, join(batch, rows, inner));
    Frames right = ShapeOperators.broadcast(lowering, b, join(batch, inner, columns));
    int height = rowsAreTime ? 1 : rows;
    int width = columnsAreTime ? 1 : columns;
    int count = left.shape().size() / height / inner;
    String product =
        lowering.graph.add(
            new Merge(How.MATRIX_PRODUCT),
            List.of(
                lowering.as(left, count, height, inner), lowering.as(right, count, inner, width)));
    return lowering.made(left, product, join(batch, rows, columns));
  }

  private static int[] join(int[] batch, int rows, int columns) {
    int[] made = Arrays.copyOf(batch, batch.length + 2);
    made[batch.length] = rows;
    made[batch.length + 1] = columns;
    return made;
  }
}
