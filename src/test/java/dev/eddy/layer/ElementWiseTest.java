package dev.eddy.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.layer.Merge.How;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What two values make where it isn't what Java's operators make of them. */
class ElementWiseTest {
  private static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    2f,
    -2f,
    3f,
    -3f,
    0.5f,
    -0.5f,
    1.5f,
    0x1p24f,
    -0x1p24f,
    0x1p60f,
    Float.MIN_VALUE,
    Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  @Test
  void shouldTakePowersWithinOneUlpOfDoublePrecision() {
    Random random = new Random(1);
    for (int i = 0; i < 300_000; i++) {
      float a = (float) StrictMath.exp(10 * random.nextGaussian());
      float b = (float) (3 * random.nextGaussian());
      a = random.nextInt(4) == 0 ? -a : a;
      b = random.nextInt(4) == 0 ? Math.round(b) : b;
      assertPower(a, b);
    }
  }

  @Test
  void shouldTakePowersOfWhatIsSpecialAsMathDoes() {
    for (float a : SPECIAL) {
      for (float b : SPECIAL) {
        assertPower(a, b);
      }
    }
  }

  private static void assertPower(float a, float b) {
    float is = of(How.POWER, a, b);
    float should = (float) StrictMath.pow(a, b);
    assertThat(same(is, should) || Math.abs(is - should) <= Math.ulp(should))
        .as("%s to the power of %s is %s, should be %s", a, b, is, should)
        .isTrue();
  }

  private static boolean same(float is, float should) {
    return is == should || Float.isNaN(is) && Float.isNaN(should);
  }

  @ParameterizedTest
  @CsvSource({
    "7, 3, 1, 1",
    "-7, 3, 2, -1",
    "7, -3, -2, 1",
    "-7, -3, -1, -1",
    "6, 3, 0, 0",
    "-6, 3, 0, 0",
    "5.5, 2, 1.5, 1.5",
    "-5.5, 2, 0.5, -1.5",
    "3, 0, NaN, NaN"
  })
  void shouldTakeRestsWithTheSignOfTheDivisorOrOfTheDividend(
      float a, float b, float modulo, float remainder) {
    assertThat(of(How.MODULO, a, b)).matches(is -> same(is, modulo));
    assertThat(of(How.REMAINDER, a, b)).matches(is -> same(is, remainder));
  }

  @Test
  void shouldCountAsTrueWhatIsNotZero() {
    assertThat(of(How.AND, 0.1f, -3f)).isEqualTo(1f);
    assertThat(of(How.AND, 0.1f, -0f)).isEqualTo(0f);
    assertThat(of(How.OR, Float.NaN, 0f)).isEqualTo(1f);
    assertThat(of(How.XOR, 2f, 3f)).isEqualTo(0f);
    assertThat(of(How.EQUAL, Float.NaN, Float.NaN)).isEqualTo(0f);
  }

  private static float of(How how, float a, float b) {
    float[] out = new float[1];
    ElementWise.apply(how, new float[] {a}, 0, new float[] {b}, 0, out, 0, 1);
    return out[0];
  }
}
