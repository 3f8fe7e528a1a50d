package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link ScalarActivations}, operation by operation. What is said at {@link
 * VectorCells} of bounds, of the last values and of helpers holds here too.
 */
final class VectorActivations {
  private static final VectorSpecies<Float> FLOATS = VectorRegisters.FLOATS;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final int LANES = FLOATS.length();
  private static final IntVector LANE = IntVector.zero(INTS).addIndex(1);

  private static final int KEEP_NAN = 0x007fffff; // infinity plus this is the largest integer
  private static final int EXP_BOUND = Float.floatToRawIntBits(Functions.EXP_BOUND);
  private static final int LOGISTIC_BOUND = Float.floatToRawIntBits(Functions.LOGISTIC_BOUND);
  private static final int EXPM1_BOUND = Float.floatToRawIntBits(Functions.EXPM1_BOUND);
  private static final int ERF_BOUND = Float.floatToRawIntBits(Functions.ERF_BOUND);
  private static final int Q_BOUND = Float.floatToRawIntBits(Functions.Q_BOUND);

  private VectorActivations() {}

  /** See {@link Kernels#activateInPlace}. */
  static void activateInPlace(Activation activation, float[] values, int offset, int length) {
    if (length < LANES) {
      ScalarActivations.activateInPlace(activation, values, offset, length);
      return;
    }
    switch (activation.function()) {
      case IDENTITY -> {}
      case SIGMOID, SILU, SWISH, GELU_TANH -> logistic(activation, values, offset, length);
      case TANH, ELU, SELU -> expm1(activation, values, offset, length);
      case SOFTPLUS -> softplus(values, offset, length);
      case GELU -> gelu(values, offset, length);
      case ERF -> erf(values, offset, length);
      case EXP -> expOfDistance(values, offset, length, 0f);
      case AFFINE,
          RELU,
          LEAKY_RELU,
          SOFTSIGN,
          HARD_SIGMOID,
          HARD_TANH,
          HARD_SWISH,
          THRESHOLDED_RELU,
          SHRINK,
          CLIP,
          ABS,
          NEGATE,
          RECIPROCAL,
          SQRT ->
          VectorPlainFunctions.activateInPlace(activation, values, offset, length);
      case SCALED_TANH,
          CELU,
          MISH,
          LOG_SIGMOID,
          SIGN,
          LOG,
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
          IS_INF -> // too rare for a twin
          ScalarActivations.activateInPlace(activation, values, offset, length);
    }
  }

  /** SIGMOID, SILU, SWISH, GELU_TANH: {@code 1} or {@code x}, divided by {@code 1 + e^-z}. */
  private static void logistic(Activation activation, float[] values, int offset, int length) {
    FloatVector log2e = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
    FloatVector round = FloatVector.broadcast(FLOATS, Functions.ROUND);
    FloatVector ln2High = FloatVector.broadcast(FLOATS, Functions.LN2_HIGH);
    FloatVector ln2Low = FloatVector.broadcast(FLOATS, Functions.LN2_LOW);
    FloatVector c2 = FloatVector.broadcast(FLOATS, Functions.C2);
    FloatVector c3 = FloatVector.broadcast(FLOATS, Functions.C3);
    FloatVector c4 = FloatVector.broadcast(FLOATS, Functions.C4);
    FloatVector c5 = FloatVector.broadcast(FLOATS, Functions.C5);
    FloatVector c6 = FloatVector.broadcast(FLOATS, Functions.C6);
    IntVector sign = IntVector.broadcast(INTS, 0x80000000);
    IntVector magnitude = IntVector.broadcast(INTS, 0x7fffffff);
    IntVector keepNan = IntVector.broadcast(INTS, KEEP_NAN);
    IntVector bound = IntVector.broadcast(INTS, LOGISTIC_BOUND + KEEP_NAN);
    boolean sigmoid = activation.function() == Activation.Function.SIGMOID;
    boolean cubic = activation.function() == Activation.Function.GELU_TANH;
    boolean swish = activation.function() == Activation.Function.SWISH;
    float slope = swish ? activation.alpha() : 1f;
    float least = swish ? Functions.swishBound(activation.alpha()) : -Functions.LOGISTIC_BOUND;
    for (int i = 0; i < length; i += LANES) {
      int from = Math.min(i, length - LANES);
      int at = offset + from;
      FloatVector x = FloatVector.fromArray(FLOATS, values, at);
      FloatVector z = x.mul(slope);
      if (cubic) {
        z = x.mul(Functions.GELU_TANH_CUBIC).mul(x).fma(x, x).mul(Functions.TWICE_SQRT_2_OVER_PI);
      }
      IntVector bits = z.neg().reinterpretAsInts();
      FloatVector y =
          bits.and(magnitude)
              .add(keepNan)
              .min(bound)
              .sub(keepNan)
              .or(bits.and(sign))
              .reinterpretAsFloats();
      FloatVector shifted = y.fma(log2e, round);
      FloatVector minus = round.sub(shifted);
      FloatVector r = minus.fma(ln2Low, minus.fma(ln2High, y));
      FloatVector r2 = r.mul(r);
      FloatVector p = c6.fma(r2, c5.fma(r, c4)).fma(r2, c3.fma(r, c2)).fma(r2, r);
      FloatVector scale =
          shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector numerator = FloatVector.broadcast(FLOATS, 1f);
      if (!sigmoid) {
        numerator =
            x.blend(
                least,
                (cubic ? x : x.mul(slope)).compare(VectorOperators.LT, -Functions.LOGISTIC_BOUND));
      }
      FloatVector result = numerator.div(scale.fma(p, scale).add(1f));

      if (from < i) { // the first of these values are done
        result = x.blend(result, LANE.compare(VectorOperators.GE, i - from).cast(FLOATS));
      }
      result.intoArray(values, at);
    }
  }

  /** TANH, ELU, SELU: from {@code m = e^y - 1}. */
  private static void expm1(Activation activation, float[] values, int offset, int length) {
    FloatVector log2e = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
    FloatVector round = FloatVector.broadcast(FLOATS, Functions.ROUND);
    FloatVector ln2 = FloatVector.broadcast(FLOATS, Functions.LN2);
    FloatVector c2 = FloatVector.broadcast(FLOATS, Functions.C2);
    FloatVector c3 = FloatVector.broadcast(FLOATS, Functions.C3);
    FloatVector c4 = FloatVector.broadcast(FLOATS, Functions.C4);
    FloatVector c5 = FloatVector.broadcast(FLOATS, Functions.C5);
    FloatVector c6 = FloatVector.broadcast(FLOATS, Functions.C6);
    IntVector sign = IntVector.broadcast(INTS, 0x80000000);
    IntVector magnitude = IntVector.broadcast(INTS, 0x7fffffff);
    IntVector keepNan = IntVector.broadcast(INTS, KEEP_NAN);
    IntVector bound = IntVector.broadcast(INTS, EXPM1_BOUND + KEEP_NAN);
    boolean tanh = activation.function() == Activation.Function.TANH;
    boolean selu = activation.function() == Activation.Function.SELU;
    float below = selu ? Functions.seluBelow(activation) : activation.alpha();
    float above = selu ? activation.beta() : 1f;
    for (int i = 0; i < length; i += LANES) {
      int from = Math.min(i, length - LANES);
      int at = offset + from;
      FloatVector x = FloatVector.fromArray(FLOATS, values, at);
      IntVector bits = (tanh ? x.mul(2f) : x).reinterpretAsInts();
      FloatVector y =
          bits.and(magnitude)
              .add(keepNan)
              .min(bound)
              .sub(keepNan)
              .or(bits.and(sign))
              .reinterpretAsFloats();
      FloatVector shifted = y.fma(log2e, round);
      FloatVector r = round.sub(shifted).fma(ln2, y);
      FloatVector r2 = r.mul(r);
      FloatVector p = c6.fma(r2, c5.fma(r, c4)).fma(r2, c3.fma(r, c2)).fma(r2, r);
      FloatVector scale =
          shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector m = scale.fma(p, scale.sub(1f));
      FloatVector result;
      if (tanh) {
        result = m.div(m.add(2f));
      } else {
        result = m.mul(below).blend(x.mul(above), x.compare(VectorOperators.GT, 0f));
      }

      if (from < i) { // the first of these values are done
        result = x.blend(result, LANE.compare(VectorOperators.GE, i - from).cast(FLOATS));
      }
      result.intoArray(values, at);
    }
  }

  private static void softplus(float[] values, int offset, int length) {
    FloatVector log2e = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
    FloatVector round = FloatVector.broadcast(FLOATS, Functions.ROUND);
    FloatVector ln2High = FloatVector.broadcast(FLOATS, Functions.LN2_HIGH);
    FloatVector ln2Low = FloatVector.broadcast(FLOATS, Functions.LN2_LOW);
    FloatVector c2 = FloatVector.broadcast(FLOATS, Functions.C2);
    FloatVector c3 = FloatVector.broadcast(FLOATS, Functions.C3);
    FloatVector c4 = FloatVector.broadcast(FLOATS, Functions.C4);
    FloatVector c5 = FloatVector.broadcast(FLOATS, Functions.C5);
    FloatVector c6 = FloatVector.broadcast(FLOATS, Functions.C6);
    IntVector sign = IntVector.broadcast(INTS, 0x80000000);
    IntVector magnitude = IntVector.broadcast(INTS, 0x7fffffff);
    IntVector keepNan = IntVector.broadcast(INTS, KEEP_NAN);
    IntVector bound = IntVector.broadcast(INTS, LOGISTIC_BOUND + KEEP_NAN);
    for (int i = 0; i < length; i += LANES) {
      int from = Math.min(i, length - LANES);
      int at = offset + from;
      FloatVector x = FloatVector.fromArray(FLOATS, values, at);
      FloatVector y =
          x.reinterpretAsInts()
              .and(magnitude)
              .add(keepNan)
              .min(bound)
              .sub(keepNan)
              .or(sign)
              .reinterpretAsFloats();
      FloatVector shifted = y.fma(log2e, round);
      FloatVector minus = round.sub(shifted);
      FloatVector r = minus.fma(ln2Low, minus.fma(ln2High, y));
      FloatVector r2 = r.mul(r);
      FloatVector p = c6.fma(r2, c5.fma(r, c4)).fma(r2, c3.fma(r, c2)).fma(r2, r);
      FloatVector scale =
          shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector e = scale.fma(p, scale);
      FloatVector s = e.div(e.add(2f));
      FloatVector s2 = s.mul(s);
      FloatVector l =
          FloatVector.broadcast(FLOATS, Functions.L4)
              .fma(s2, FloatVector.broadcast(FLOATS, Functions.L3));
      l = l.fma(s2, FloatVector.broadcast(FLOATS, Functions.L2));
      l = l.fma(s2, FloatVector.broadcast(FLOATS, Functions.L1));
      l = l.fma(s2, FloatVector.broadcast(FLOATS, Functions.L0));
      FloatVector zero = FloatVector.zero(FLOATS);
      FloatVector result = l.fma(s, zero.blend(x, x.compare(VectorOperators.GT, 0f)));

      if (from < i) { // the first of these values are done
        result = x.blend(result, LANE.compare(VectorOperators.GE, i - from).cast(FLOATS));
      }
      result.intoArray(values, at);
    }
  }

  private static void gelu(float[] values, int offset, int length) {
    FloatVector log2e = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
    FloatVector round = FloatVector.broadcast(FLOATS, Functions.ROUND);
    FloatVector ln2High = FloatVector.broadcast(FLOATS, Functions.LN2_HIGH);
    FloatVector ln2Low = FloatVector.broadcast(FLOATS, Functions.LN2_LOW);
    FloatVector c2 = FloatVector.broadcast(FLOATS, Functions.C2);
    FloatVector c3 = FloatVector.broadcast(FLOATS, Functions.C3);
    FloatVector c4 = FloatVector.broadcast(FLOATS, Functions.C4);
    FloatVector c5 = FloatVector.broadcast(FLOATS, Functions.C5);
    FloatVector c6 = FloatVector.broadcast(FLOATS, Functions.C6);
    IntVector magnitude = IntVector.broadcast(INTS, 0x7fffffff);
    IntVector keepNan = IntVector.broadcast(INTS, KEEP_NAN);
    IntVector bound = IntVector.broadcast(INTS, Q_BOUND + KEEP_NAN);
    for (int i = 0; i < length; i += LANES) {
      int from = Math.min(i, length - LANES);
      int at = offset + from;
      FloatVector x = FloatVector.fromArray(FLOATS, values, at);
      FloatVector a =
          x.reinterpretAsInts()
              .and(magnitude)
              .add(keepNan)
              .min(bound)
              .sub(keepNan)
              .reinterpretAsFloats();
      FloatVector square = a.mul(a);
      FloatVector rest = a.fma(a, square.neg());
      FloatVector y = square.mul(-0.5f);
      FloatVector shifted = y.fma(log2e, round);
      FloatVector minus = round.sub(shifted);
      FloatVector r = minus.fma(ln2Low, minus.fma(ln2High, y));
      r = rest.fma(FloatVector.broadcast(FLOATS, -0.5f), r);
      FloatVector r2 = r.mul(r);
      FloatVector p = c6.fma(r2, c5.fma(r, c4)).fma(r2, c3.fma(r, c2)).fma(r2, r);
      FloatVector scale =
          shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector e = scale.fma(p, scale);
      FloatVector one = FloatVector.broadcast(FLOATS, 1f);
      FloatVector t = one.div(a.fma(FloatVector.broadcast(FLOATS, 0.25f), one));
      FloatVector q =
          FloatVector.broadcast(FLOATS, Functions.Q10)
              .fma(t, FloatVector.broadcast(FLOATS, Functions.Q9));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q8));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q7));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q6));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q5));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q4));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q3));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q2));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q1));
      FloatVector zero = FloatVector.zero(FLOATS);
      FloatVector result =
          a.neg().fma(e.mul(q.mul(t)), zero.blend(x, x.compare(VectorOperators.GT, 0f)));

      if (from < i) { // the first of these values are done
        result = x.blend(result, LANE.compare(VectorOperators.GE, i - from).cast(FLOATS));
      }
      result.intoArray(values, at);
    }
  }

  private static void erf(float[] values, int offset, int length) {
    FloatVector log2e = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
    FloatVector round = FloatVector.broadcast(FLOATS, Functions.ROUND);
    FloatVector ln2High = FloatVector.broadcast(FLOATS, Functions.LN2_HIGH);
    FloatVector ln2Low = FloatVector.broadcast(FLOATS, Functions.LN2_LOW);
    FloatVector c2 = FloatVector.broadcast(FLOATS, Functions.C2);
    FloatVector c3 = FloatVector.broadcast(FLOATS, Functions.C3);
    FloatVector c4 = FloatVector.broadcast(FLOATS, Functions.C4);
    FloatVector c5 = FloatVector.broadcast(FLOATS, Functions.C5);
    FloatVector c6 = FloatVector.broadcast(FLOATS, Functions.C6);
    IntVector sign = IntVector.broadcast(INTS, 0x80000000);
    IntVector magnitude = IntVector.broadcast(INTS, 0x7fffffff);
    IntVector keepNan = IntVector.broadcast(INTS, KEEP_NAN);
    IntVector bound = IntVector.broadcast(INTS, ERF_BOUND + KEEP_NAN);
    for (int i = 0; i < length; i += LANES) {
      int from = Math.min(i, length - LANES);
      int at = offset + from;
      FloatVector x = FloatVector.fromArray(FLOATS, values, at);
      FloatVector s = x.mul(x);
      FloatVector small =
          FloatVector.broadcast(FLOATS, Functions.E5)
              .fma(s, FloatVector.broadcast(FLOATS, Functions.E4));
      small = small.fma(s, FloatVector.broadcast(FLOATS, Functions.E3));
      small = small.fma(s, FloatVector.broadcast(FLOATS, Functions.E2));
      small = small.fma(s, FloatVector.broadcast(FLOATS, Functions.E1));
      small = small.fma(s, FloatVector.broadcast(FLOATS, Functions.E0_LOW));
      small = x.fma(FloatVector.broadcast(FLOATS, Functions.E0), x.mul(small));
      IntVector bits = x.reinterpretAsInts();
      FloatVector b =
          bits.and(magnitude).add(keepNan).min(bound).sub(keepNan).reinterpretAsFloats();
      FloatVector y = b.mul(b).neg();
      FloatVector shifted = y.fma(log2e, round);
      FloatVector minus = round.sub(shifted);
      FloatVector r = minus.fma(ln2Low, minus.fma(ln2High, y));
      FloatVector r2 = r.mul(r);
      FloatVector p = c6.fma(r2, c5.fma(r, c4)).fma(r2, c3.fma(r, c2)).fma(r2, r);
      FloatVector scale =
          shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector e = scale.fma(p, scale);
      FloatVector one = FloatVector.broadcast(FLOATS, 1f);
      FloatVector t = one.div(b.fma(FloatVector.broadcast(FLOATS, Functions.QUARTER_SQRT_2), one));
      FloatVector q =
          FloatVector.broadcast(FLOATS, Functions.Q10)
              .fma(t, FloatVector.broadcast(FLOATS, Functions.Q9));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q8));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q7));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q6));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q5));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q4));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q3));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q2));
      q = q.fma(t, FloatVector.broadcast(FLOATS, Functions.Q1));
      FloatVector large =
          e.mul(-2f)
              .fma(q.mul(t), one)
              .reinterpretAsInts()
              .or(bits.and(sign))
              .reinterpretAsFloats();
      FloatVector result = large.blend(small, x.abs().compare(VectorOperators.LT, 1f));

      if (from < i) { // the first of these values are done
        result = x.blend(result, LANE.compare(VectorOperators.GE, i - from).cast(FLOATS));
      }
      result.intoArray(values, at);
    }
  }

  /** See {@link Kernels#softmaxInPlace}. */
  static void softmaxInPlace(float[] values, int offset, int length) {
    if (length < LANES) {
      ScalarActivations.softmaxInPlace(values, offset, length);
      return;
    }
    expOfDistance(values, offset, length, max(values, offset, length));
    ScalarActivations.normalise(values, offset, length);
  }

  private static float max(float[] values, int offset, int length) {
    FloatVector max = FloatVector.fromArray(FLOATS, values, offset + length - LANES);
    for (int i = 0; i <= length - LANES; i += LANES) {
      max = max.max(FloatVector.fromArray(FLOATS, values, offset + i));
    }
    return max.reduceLanes(VectorOperators.MAX);
  }

  private static void expOfDistance(float[] values, int offset, int length, float max) {
    FloatVector log2e = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
    FloatVector round = FloatVector.broadcast(FLOATS, Functions.ROUND);
    FloatVector ln2High = FloatVector.broadcast(FLOATS, Functions.LN2_HIGH);
    FloatVector ln2Low = FloatVector.broadcast(FLOATS, Functions.LN2_LOW);
    FloatVector c2 = FloatVector.broadcast(FLOATS, Functions.C2);
    FloatVector c3 = FloatVector.broadcast(FLOATS, Functions.C3);
    FloatVector c4 = FloatVector.broadcast(FLOATS, Functions.C4);
    FloatVector c5 = FloatVector.broadcast(FLOATS, Functions.C5);
    FloatVector c6 = FloatVector.broadcast(FLOATS, Functions.C6);
    IntVector sign = IntVector.broadcast(INTS, 0x80000000);
    IntVector magnitude = IntVector.broadcast(INTS, 0x7fffffff);
    IntVector keepNan = IntVector.broadcast(INTS, KEEP_NAN);
    IntVector bound = IntVector.broadcast(INTS, EXP_BOUND + KEEP_NAN);
    for (int i = 0; i < length; i += LANES) {
      int from = Math.min(i, length - LANES);
      int at = offset + from;
      FloatVector value = FloatVector.fromArray(FLOATS, values, at);
      IntVector bits = value.sub(max).reinterpretAsInts();
      FloatVector y =
          bits.and(magnitude)
              .add(keepNan)
              .min(bound)
              .sub(keepNan)
              .or(bits.and(sign))
              .reinterpretAsFloats();
      FloatVector shifted = y.fma(log2e, round);
      FloatVector minus = round.sub(shifted);
      FloatVector r = minus.fma(ln2Low, minus.fma(ln2High, y));
      FloatVector r2 = r.mul(r);
      FloatVector p = c6.fma(r2, c5.fma(r, c4)).fma(r2, c3.fma(r, c2)).fma(r2, r);
      IntVector n = shifted.reinterpretAsInts().sub(Functions.ROUND_BITS);
      IntVector half = n.lanewise(VectorOperators.ASHR, 1);
      FloatVector first = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector second =
          n.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector result = p.add(1f).mul(first).mul(second);

      if (from < i) { // the first of these values are done
        result = value.blend(result, LANE.compare(VectorOperators.GE, i - from).cast(FLOATS));
      }
      result.intoArray(values, at);
    }
  }
}
