package dev.eddy.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.numbers.gamma.Erf;
import org.apache.commons.numbers.gamma.Erfc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The accuracy that {@link Functions} states, against double precision, over all floats. */
class FunctionsTest {
  /** Every so many bit patterns: 4.3 million floats, subnormals, infinities and NaN among them. */
  private static final int STRIDE = 1009;

  private static final float SIGMOID_MIN = -87f;

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
  void shouldKeepWhatCellsAreMadeOfWithinFewUlp() {
    assertWithin(
        3,
        Functions::expMinus,
        x -> StrictMath.exp(-Math.max(-40, Math.min(40, x))),
        Float.NEGATIVE_INFINITY);
    assertWithin(
        5,
        x -> {
          float y = Functions.bounded(x, Functions.TANH_BOUND);
          return Functions.tanhNumerator(y) / Functions.tanhDenominator(y);
        },
        StrictMath::tanh,
        Float.NEGATIVE_INFINITY);
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
  void shouldKeepLogSigmoidWithinFourUlpUpTo87() {
    Activation logSigmoid = Activation.of(Activation.Function.LOG_SIGMOID);
    assertWithin(
        4,
        x -> x > 87 ? 0 : Functions.apply(logSigmoid, x),
        x -> x > 87 ? 0 : Math.min(x, 0) - StrictMath.log1p(StrictMath.exp(-Math.abs(x))),
        Float.NEGATIVE_INFINITY);
  }

  @Test
  void shouldKeepExpm1WithinThreeUlpFromMinusTwentyToZero() {
    assertWithin(
        3,
        x -> x > 0 || x < -20 ? 0 : Functions.expm1Bounded(x),
        x -> x > 0 || x < -20 ? 0 : StrictMath.expm1(x),
        Float.NEGATIVE_INFINITY);
  }

  @Test
  void shouldKeepSoftplusWithinFourUlp() {
    assertWithin(
        4,
        Functions::softplus,
        x -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x))),
        SIGMOID_MIN);
  }

  @Test
  void shouldKeepGeluWithinSevenUlp() {
    assertWithin(7, Functions::gelu, x -> 0.5 * x * Erfc.value(-x * Math.sqrt(0.5)), -12.9f);
  }

  @Test
  void shouldKeepSiluWithinFourUlp() {
    assertWithin(
        4,
        x -> Functions.apply(Activation.of(Activation.Function.SILU), x),
        x -> x / (1 + StrictMath.exp(-x)),
        SIGMOID_MIN);
  }

  @Test
  void shouldKeepEluWithinFourUlp() {
    assertWithin(
        4,
        x -> Functions.apply(Activation.of(Activation.Function.ELU), x),
        x -> x > 0 ? x : StrictMath.expm1(x),
        Float.NEGATIVE_INFINITY);
  }

  @Test
  void shouldKeepSeluWithinFourUlp() {
    assertWithin(
        4,
        x -> Functions.apply(Activation.of(Activation.Function.SELU), x),
        x ->
            1.0507009873554804934193349852946
                * (x > 0 ? x : 1.6732632423543772848170429916717 * StrictMath.expm1(x)),
        Float.NEGATIVE_INFINITY);
  }

  @Test
  void shouldKeepGeluTanhWithinFourUlpAboveMinusOneHalf() {
    assertWithin(
        4,
        x -> Functions.apply(Activation.of(Activation.Function.GELU_TANH), x),
        FunctionsTest::geluTanh,
        -0.5f);
  }

  /** Below, the exponent's own rounding shows, up to 87 times: 87 * 2^-23 is 1.1e-5. */
  @Test
  void shouldKeepGeluTanhWithinTwoHundredUlpAboveMinusTen() {
    assertWithin(
        200,
        x -> Functions.apply(Activation.of(Activation.Function.GELU_TANH), x),
        FunctionsTest::geluTanh,
        -9.9f);
  }

  private static double geluTanh(double x) {
    return x / (1 + StrictMath.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  @Test
  void shouldKeepErfWithinThreeUlp() {
    assertWithin(3, Functions::erf, Erf::value, Float.NEGATIVE_INFINITY);
  }

  @Test
  void shouldKeepSwishWithinFourUlp() {
    Activation swish = new Activation(Activation.Function.SWISH, 1.702f, 0f);
    assertWithin(
        4,
        x -> Functions.apply(swish, x),
        x -> x / (1 + StrictMath.exp(-(1.702f * (float) x))),
        -51f);
  }

  @Test
  void shouldKeepTrigonometryWithinOneUlp() {
    assertWithin(1, of(Activation.Function.SIN), StrictMath::sin, Float.NEGATIVE_INFINITY);
    assertWithin(1, of(Activation.Function.COS), StrictMath::cos, Float.NEGATIVE_INFINITY);
    assertWithin(1, of(Activation.Function.TAN), StrictMath::tan, Float.NEGATIVE_INFINITY);
  }

  /** Each in the form that keeps its digits where it stands. */
  @Test
  void shouldKeepInverseHyperbolicFunctionsWithinOneUlp() {
    assertWithin(1, of(Activation.Function.ASINH), FunctionsTest::asinh, Float.NEGATIVE_INFINITY);
    assertWithin(1, of(Activation.Function.ACOSH), x -> FunctionsTest.log1pOfRoot(x - 1), 1.0001f);
    assertWithin(
        1,
        x -> Math.abs(x) > 1 ? 0 : Functions.apply(Activation.of(Activation.Function.ATANH), x),
        x -> Math.abs(x) > 1 ? 0 : Math.abs(x) < 1e-3 ? x + x * x * x / 3 : atanh(x),
        Float.NEGATIVE_INFINITY);
  }

  private static double asinh(double x) {
    double a = Math.abs(x);
    return Math.signum(x)
        * (a < 1e-3 ? a - a * a * a / 6 : StrictMath.log(a + StrictMath.hypot(a, 1)));
  }

  /** The inverse of cosh for 1 more. */
  private static double log1pOfRoot(double t) {
    return StrictMath.log(1 + t + Math.sqrt(t) * Math.sqrt(t + 2));
  }

  private static double atanh(double x) {
    return (StrictMath.log(1 + x) - StrictMath.log(1 - x)) / 2;
  }

  private static FloatFunction of(Activation.Function function) {
    return x -> Functions.apply(Activation.of(function), x);
  }

  @Test
  void shouldRoundAsOnnxDoes() {
    float[] values = {-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 0x1p30f, Float.NEGATIVE_INFINITY};
    assertThat(all(Activation.Function.ROUND, values))
        .containsExactly(-2, -2, -0f, 0, 2, 2, 0x1p30f, Float.NEGATIVE_INFINITY);
    assertThat(all(Activation.Function.TRUNCATE, values))
        .containsExactly(-2, -1, -0f, 0, 1, 2, 0x1p30f, Float.NEGATIVE_INFINITY);
    assertThat(all(Activation.Function.FLOOR, values))
        .containsExactly(-3, -2, -1, 0, 1, 2, 0x1p30f, Float.NEGATIVE_INFINITY);
    assertThat(all(Activation.Function.CEIL, values))
        .containsExactly(-2, -1, -0f, 1, 2, 3, 0x1p30f, Float.NEGATIVE_INFINITY);
  }

  @Test
  void shouldTellWhatIsNoNumber() {
    float[] values = {0f, -0f, 3f, Float.NaN, Float.NEGATIVE_INFINITY};
    assertThat(all(Activation.Function.NOT, values)).containsExactly(1, 1, 0, 0, 0);
    assertThat(all(Activation.Function.IS_NAN, values)).containsExactly(0, 0, 0, 1, 0);
    assertThat(all(Activation.Function.IS_INF, values)).containsExactly(0, 0, 0, 0, 1);
  }

  private static float[] all(Activation.Function function, float[] values) {
    float[] results = values.clone();
    ScalarActivations.activateInPlace(Activation.of(function), results, 0, results.length);
    return results;
  }

  /** Taken in double precision and rounded once, or a few plain operations. */
  @ParameterizedTest
  @EnumSource(
      names = {
        "SOFTSIGN",
        "RECIPROCAL",
        "SQRT",
        "LOG",
        "ASIN",
        "ACOS",
        "ATAN",
        "SINH",
        "COSH",
        "EXP"
      })
  void shouldKeepTheOthersWithinTwoUlp(Activation.Function function) {
    assertWithin(2, of(function), x -> plain(function, x), Float.NEGATIVE_INFINITY);
  }

  private static double plain(Activation.Function function, double x) {
    return switch (function) {
      case SOFTSIGN -> Double.isInfinite(x) ? Double.NaN : x / (1 + Math.abs(x));
      case RECIPROCAL -> 1 / x;
      case SQRT -> Math.sqrt(x);
      case LOG -> StrictMath.log(x);
      case ASIN -> StrictMath.asin(x);
      case ACOS -> StrictMath.acos(x);
      case ATAN -> StrictMath.atan(x);
      case SINH -> StrictMath.sinh(x);
      case COSH -> StrictMath.cosh(x);
      case EXP -> StrictMath.exp(x);
      default -> throw new AssertionError(function);
    };
  }

  /** Two roundings between the bounds, and the bounds themselves. */
  @Test
  void shouldKeepCeluWithinFourUlpAndHardFormsWithinAFewRoundings() {
    Activation celu = new Activation(Activation.Function.CELU, 2f, 0f);
    assertWithin(
        4,
        x -> Functions.apply(celu, x),
        x -> x > 0 ? x : 2 * StrictMath.expm1(x / 2),
        Float.NEGATIVE_INFINITY);
    for (long bits = 0; bits < 1L << 32; bits += STRIDE) {
      float x = Float.intBitsToFloat((int) bits);
      double gate = Math.min(Math.max(x / 6.0 + 0.5, 0), 1);
      if (!Float.isNaN(x)) {
        assertThat(Functions.apply(Activation.of(Activation.Function.HARD_SIGMOID), x) - gate)
            .isBetween(-2e-7, 2e-7);
        assertThat(Functions.apply(Activation.of(Activation.Function.HARD_TANH), x))
            .isEqualTo((float) Math.min(Math.max((double) x, -1), 1));
        assertThat(Functions.apply(Activation.of(Activation.Function.RELU), x))
            .isEqualTo(x > 0 ? x : 0f);
      }
    }
  }

  /**
   * Where a relative bound no longer holds, an absolute one does: all floats, minus infinity too.
   */
  @ParameterizedTest
  @EnumSource(names = {"SIGMOID", "SILU", "GELU", "SOFTPLUS", "MISH"})
  void shouldBeNextToZeroForAllThatIsFarBelow(Activation.Function function) {
    Activation activation = Activation.of(function);
    float worst = 0;
    for (long bits = Float.floatToRawIntBits(-80f) & 0xffffffffL; bits <= 0xff800000L; bits += 97) {
      worst =
          Math.max(worst, Math.abs(Functions.apply(activation, Float.intBitsToFloat((int) bits))));
    }
    worst = Math.max(worst, Math.abs(Functions.apply(activation, Float.NEGATIVE_INFINITY)));
    assertThat(worst).isLessThan(2e-33f);
  }

  @ParameterizedTest
  @EnumSource(names = {"SILU", "SWISH", "GELU", "GELU_TANH", "SOFTPLUS"})
  void shouldStayNextToZeroForWhatIsFarBelow(Activation.Function function) {
    for (float x : new float[] {-100f, -1e10f, -Float.MAX_VALUE, Float.NEGATIVE_INFINITY}) {
      assertThat(Math.abs(Functions.apply(Activation.of(function), x))).isLessThan(2e-36f);
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "RELU",
        "LEAKY_RELU",
        "ELU",
        "SELU",
        "GELU",
        "GELU_TANH",
        "SILU",
        "SOFTPLUS",
        "HARD_SWISH"
      })
  void shouldPassPlusInfinityOn(Activation.Function function) {
    assertThat(Functions.apply(Activation.of(function), Float.POSITIVE_INFINITY))
        .isEqualTo(Float.POSITIVE_INFINITY);
  }

  @Test
  void shouldKeepTheSigmoidJustAboveZeroForWhatIsFarBelow() {
    for (float x : new float[] {-87.1f, -100f, -Float.MAX_VALUE, Float.NEGATIVE_INFINITY}) {
      assertThat(Functions.sigmoid(x))
          .isEqualTo(Functions.sigmoid(-87f))
          .isBetween(1.64e-38f, 1.65e-38f);
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
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NOT", "IS_NAN", "IS_INF"})
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
        if (Double.isNaN(should)) {
          assertThat(is).as("at %s", x).isNaN();
          continue;
        }
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
