package dev.eddy.app.csv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatTextTest {

  /** What {@code printf("%.9g")} of a C library prints for the float with these bits. */
  @ParameterizedTest
  @CsvSource({
    "0x00000000, 0",
    "0x80000000, -0",
    "0x3f800000, 1",
    "0xbf000000, -0.5",
    "0x3dcccccd, 0.100000001",
    "0x3eaaaaab, 0.333333343",
    "0x42c80000, 100",
    "0x4b800000, 16777216",
    "0x4cbebc20, 100000000",
    "0x4ceb79a3, 123456792",
    "0x4e6e6b28, 1e+09",
    "0x4e6e6b27, 999999936",
    "0x4e932c06, 1.23456794e+09",
    "0x38d1b717, 9.99999975e-05",
    "0x38d1b718, 0.000100000005",
    "0x3727c5ac, 9.99999975e-06",
    "0x7f7fffff, 3.40282347e+38",
    "0x00800000, 1.17549435e-38",
    "0x00000001, 1.40129846e-45",
    "0x807fffff, -1.17549421e-38",
    "0x7f800000, inf",
    "0xff800000, -inf",
    "0x7fc00000, nan"
  })
  void shouldPrintAsCDoes(String bits, String expected) {
    assertThat(FloatText.of(Float.intBitsToFloat(Integer.parseUnsignedInt(bits.substring(2), 16))))
        .isEqualTo(expected);
  }

  @Test
  void shouldTellAnyTwoFloatsApart() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (!Float.isNaN(value) && !Float.isInfinite(value)) {
        assertThat(Float.parseFloat(FloatText.of(value))).as("seed %d", seed).isEqualTo(value);
      }
    }
  }
}
