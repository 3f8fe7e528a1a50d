package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The part of {@link VectorActivations} that needs no exponential: one loop for all. */
final class VectorPlainFunctions {
  private static final VectorSpecies<Float> FLOATS = VectorRegisters.FLOATS;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final int LANES = FLOATS.length();
  private static final IntVector LANE = IntVector.zero(INTS).addIndex(1);

  private VectorPlainFunctions() {}

  /** Of the functions that are sent here, and at least {@link #LANES} values. */
  static void activateInPlace(Activation activation, float[] values, int offset, int length) {
    float alpha = activation.alpha();
    float beta = activation.beta();
    for (int i = 0; i < length; i += LANES) {
      int from = Math.min(i, length - LANES);
      int at = offset + from;
      FloatVector x = FloatVector.fromArray(FLOATS, values, at);
      FloatVector result =
          switch (activation.function()) {
            case AFFINE ->
                x.fma(FloatVector.broadcast(FLOATS, alpha), FloatVector.broadcast(FLOATS, beta));
            case RELU -> x.max(0f);
            case LEAKY_RELU -> x.mul(alpha).blend(x, x.compare(VectorOperators.GE, 0f));
            case SOFTSIGN -> x.div(x.abs().add(1f));
            case HARD_SIGMOID ->
                x.fma(FloatVector.broadcast(FLOATS, alpha), FloatVector.broadcast(FLOATS, beta))
                    .max(0f)
                    .min(1f);
            case HARD_TANH, CLIP -> x.max(alpha).min(beta);
            case THRESHOLDED_RELU -> x.blend(0f, x.compare(VectorOperators.LE, alpha));
            case SHRINK ->
                x.sub(beta)
                    .blend(x.add(beta), x.compare(VectorOperators.LT, -alpha))
                    .blend(
                        0f,
                        x.compare(VectorOperators.GE, -alpha)
                            .and(x.compare(VectorOperators.LE, alpha)));
            case ABS -> x.abs();
            case NEGATE -> x.neg();
            case RECIPROCAL -> FloatVector.broadcast(FLOATS, 1f).div(x);
            case SQRT -> x.sqrt();
            case HARD_SWISH ->
                x.mul(
                    x.fma(
                            FloatVector.broadcast(FLOATS, 1f / 6f),
                            FloatVector.broadcast(FLOATS, 0.5f))
                        .max(0f)
                        .min(1f));
            case IDENTITY,
                SCALED_TANH,
                ELU,
                CELU,
                SELU,
                GELU,
                GELU_TANH,
                SILU,
                MISH,
                SOFTPLUS,
                SIGMOID,
                LOG_SIGMOID,
                TANH,
                SWISH,
                SIGN,
                EXP,
                LOG,
                ERF,
                SIN,
                COS,
                TAN,
                ASIN,
                ACOS,
                ATAN,
                SINH,
                COSH,
                ASINH,
                ACOSH,
                ATANH,
                FLOOR,
                CEIL,
                ROUND,
                TRUNCATE,
                NOT,
                IS_NAN,
                IS_INF ->
                throw new AssertionError(activation);
          };

      if (from < i) { // the first of these values are done
        result = x.blend(result, LANE.compare(VectorOperators.GE, i - from).cast(FLOATS));
      }
      result.intoArray(values, at);
    }
  }
}
