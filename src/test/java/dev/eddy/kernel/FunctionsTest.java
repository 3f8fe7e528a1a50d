package dev.eddy.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The accuracy that {@link Functions} states, against double precision, over all floats. */
class FunctionsTest {
  /** Every so many bit patterns: 4.3 million floats, subnormals, infinities and NaN among them. */
  private static final int STRIDE = 1009;

  private static final float SIGMOID_MIN = -88.72f;

  @FunctionalInterface
  private interface FloatFunction {
    float at(float x);
  }

  @Test
  void shouldKeepExpWithinOneAndAHalfUlp() {
    assertWithin(1.5, Functions::exp, StrictMath::exp, Float.NEGATIVE_INFINITY);
  }

  @Test
  void shouldKeepTanhWithinThreeUlp() {
    assertWithin(3, Functions::tanh, StrictMath::tanh, Float.NEGATIVE_INFINITY);
  }

  @Test
  void shouldKeepSigmoidWithinThreeUlp() {
    assertWithin(3, Functions::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)), SIGMOID_MIN);
  }

  @Test
  void shouldKeepMishWithinSixUlp() {
    assertWithin(
        6, x -> Functions.apply(Activation.of(Activation.Function.MISH), x), this::mish, -80f);
  }

  private double mish(double x) {
    return x * StrictMath.tanh(StrictMath.log1p(StrictMath.exp(x)));
  }

  @Test
  void shouldKeepLogSigmoidWithinThreeUlp() {
    Activation logSigmoid = Activation.of(Activation.Function.LOG_SIGMOID);
    assertWithin(
        3,
        x -> Functions.apply(logSigmoid, x),
        x -> Math.min(x, 0) - StrictMath.log1p(StrictMath.exp(-Math.abs(x))),
        Float.NEGATIVE_INFINITY);
  }

  @Test
  void shouldGiveZeroWhereTheSigmoidIsBelowAThirdOfTheSmallestNormal() {
    for (float x : new float[] {-88.73f, -100f, -Float.MAX_VALUE, Float.NEGATIVE_INFINITY}) {
      assertThat(Functions.sigmoid(x)).isZero();
      assertThat(1 / (1 + StrictMath.exp(-x))).isLessThan(Float.MIN_NORMAL / 3);
    }
  }

  @Test
  void shouldReachTheLimits() {
    assertThat(Functions.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(Functions.exp(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Functions.exp(88.73f)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Functions.exp(88.72f)).isLessThan(Float.POSITIVE_INFINITY);
    assertThat(Functions.exp(0f)).isEqualTo(1f);
    assertThat(Functions.tanh(Float.NEGATIVE_INFINITY)).isEqualTo(-1f);
    assertThat(Functions.tanh(Float.POSITIVE_INFINITY)).isEqualTo(1f);
    assertThat(Functions.tanh(Float.MIN_VALUE)).isEqualTo(Float.MIN_VALUE);
    assertThat(Float.floatToRawIntBits(Functions.tanh(-0f))).isZero();
    assertThat(Functions.sigmoid(0f)).isEqualTo(0.5f);
    assertThat(Functions.sigmoid(Float.POSITIVE_INFINITY)).isEqualTo(1f);
  }

  @ParameterizedTest
  @EnumSource
  void shouldPassNaNOn(Activation.Function function) {
    assertThat(Functions.apply(Activation.of(function), Float.NaN)).isNaN();
  }

  private static void assertWithin(
      double ulps, FloatFunction function, DoubleUnaryOperator truth, float from) {
    double worst = 0;
    float worstAt = 0;
    for (long bits = 0; bits < 1L << 32; bits += STRIDE) {
      float x = Float.intBitsToFloat((int) bits);
      float is = function.at(x);
      if (Float.isNaN(x)) {
        assertThat(is).isNaN();
      } else if (x >= from) {
        double should = truth.applyAsDouble(x);
        double error = is == (float) should ? 0 : Math.abs(is - should) / Math.ulp((float) should);
        if (!(error <= worst)) {
          worst = error;
          worstAt = x;
        }
      }
    }
    assertThat(worst).as("ulp, at %s", worstAt).isLessThanOrEqualTo(ulps);
  }
}
