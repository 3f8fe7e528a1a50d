package dev.eddy.kernel;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The accuracy that {@link Kernels} states for the cells, against double precision: one value after
 * the other runs over all floats, the others are usual ones, or now and then any.
 */
class CellsTest {
  private static final int STRIDE = 60013; // bit patterns from one float to the next
  private static final int UNITS = 37; // full registers and some more
  private static final double SUBNORMAL = 1e-44; // where floats have no relative accuracy

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void shouldKeepTheStatesOfAnLstmWithinTheirBounds(String backend) {
    Kernels kernels = KernelBackend.find(backend).kernels();
    float[] v = new float[5 * UNITS]; // gates i, f, o, g, and c
    float[] c = new float[UNITS];
    float[] h = new float[UNITS];
    sweep(
        v,
        () -> {
          System.arraycopy(v, 4 * UNITS, c, 0, UNITS);
          kernels.lstmCell(v.clone(), 0, c, 0, h, 0, UNITS);
          for (int unit = 0; unit < UNITS; unit++) {
            float last = v[4 * UNITS + unit];
            double kept = sigmoid(v[UNITS + unit]) * last;
            double added = sigmoid(v[unit]) * Math.tanh(v[3 * UNITS + unit]);
            if (Math.abs(last) <= 1e18 || !Float.isFinite(last)) {
              assertNear(c[unit], kept + added, 5e-7 * (Math.abs(kept) + Math.abs(added)));
            }
            double hidden = sigmoid(v[2 * UNITS + unit]) * Math.tanh(c[unit]);
            assertNear(h[unit], hidden, 5e-7 * Math.abs(hidden));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void shouldKeepTheStateOfAGruWithinItsBound(String backend) {
    Kernels kernels = KernelBackend.find(backend).kernels();
    float[] v = new float[5 * UNITS]; // gates r, z, the two parts of n, and h
    float[] h = new float[UNITS];
    sweep(
        v,
        () -> {
          System.arraycopy(v, 4 * UNITS, h, 0, UNITS);
          kernels.gruCell(v.clone(), 0, h, 0, UNITS);
          for (int unit = 0; unit < UNITS; unit++) {
            float a = v[2 * UNITS + unit];
            float b = v[3 * UNITS + unit];
            float last = v[4 * UNITS + unit];
            double scaled = sigmoid(v[unit]) * b;
            double n = Math.tanh(a + scaled);
            double fresh = sigmoid(-v[UNITS + unit]) * n;
            double kept = sigmoid(v[UNITS + unit]) * last;
            double slope = sigmoid(-v[UNITS + unit]) * (1 - n * n);
            if (Math.abs(last) <= 1e35 || !Float.isFinite(last)) {
              double inside = slope == 0 ? 0 : slope * (Math.abs(a) + Math.abs(scaled));
              double bound = 5e-7 * (Math.abs(fresh) + Math.abs(kept)) + 3e-7 * inside;
              assertNear(h[unit], fresh + kept, bound);
            }
          }
        });
  }

  /** Each of the kinds of values in turn over all floats; the check is after each filling. */
  private static void sweep(float[] v, Runnable check) {
    for (int swept = 0; swept < v.length / UNITS; swept++) {
      Random random = new Random(swept);
      for (long bits = 0; bits < 1L << 32; bits += (long) STRIDE * UNITS) {
        fill(v, swept, bits, random);
        check.run();
      }
    }
  }

  /**
   * Usual values, one of them swept over all floats, and in two of every seven units now and then
   * one of any kind, or an infinite one, which no sweep meets.
   */
  private static void fill(float[] v, int swept, long bits, Random random) {
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) (3 * random.nextGaussian());
      if (i % 7 == 0 && random.nextInt(4) == 0) {
        v[i] = Float.intBitsToFloat(random.nextInt());
      }
      if (i % 7 == 3 && random.nextInt(8) == 0) {
        v[i] = random.nextBoolean() ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
      }
      if (i / UNITS == swept) {
        v[i] = Float.intBitsToFloat((int) (bits + (long) STRIDE * (i % UNITS)));
      }
    }
  }

  /** As stated: beyond 40 as there. */
  private static double sigmoid(float x) {
    return Float.isNaN(x) ? Double.NaN : 1 / (1 + Math.exp(-Math.max(-40, Math.min(40, x))));
  }

  private static void assertNear(float is, double should, double bound) {
    boolean near = Double.isNaN(should) ? Float.isNaN(is) : is == (float) should;
    boolean exact = Double.isInfinite(should); // its bound would let anything pass
    if (!near && (exact || !(Math.abs(is - should) <= bound + SUBNORMAL))) {
      throw new AssertionError("is " + is + ", should be " + should + " within " + bound);
    }
  }
}
