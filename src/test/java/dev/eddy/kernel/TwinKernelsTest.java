package dev.eddy.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The vector kernels give the bits of the scalar ones, whatever comes in; only the payload of a NaN
 * may differ. Values are random ones of every kind, and each length has room around it that must
 * stay as it was.
 */
class TwinKernelsTest {
  private static final Kernels SCALAR = KernelBackend.find("scalar").kernels();
  private static final Kernels VECTOR = KernelBackend.find("vector").kernels();
  private static final int ROOM = 5;

  private static final float[] SPECIAL = {
    0f,
    -0f,
    Float.NaN,
    Float.intBitsToFloat(0xffc12345),
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    88.72284f,
    88.8f,
    -87.33655f,
    -103.97f,
    -104.1f,
    9.01f,
    -9.02f,
    10f,
    -10.5f,
    0.34657359f,
    -0.34657359f,
    0.5f
  };

  /** One less and one more than registers of 4, 8 and 16 lanes and their multiples; primes. */
  static IntStream lengths() {
    return IntStream.of(
        1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 67, 127, 128, 129, 131, 192,
        255, 257, 513);
  }

  private enum Kind {
    USUAL,
    ANY_BITS,
    SPECIAL_AMONG_USUAL
  }

  private static float[] values(Kind kind, int length, Random random) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] =
          switch (kind) {
            case USUAL -> (float) (3 * random.nextGaussian());
            case ANY_BITS -> Float.intBitsToFloat(random.nextInt());
            case SPECIAL_AMONG_USUAL ->
                random.nextInt(4) == 0
                    ? SPECIAL[random.nextInt(SPECIAL.length)]
                    : (float) (30 * random.nextGaussian());
          };
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void shouldMultiplyWithAMatrixAlike(int rows) {
    for (int columns : new int[] {1, 2, 3, 7, 13, 16, 33, 67}) {
      for (Kind kind : Kind.values()) {
        long seed = 1000L * rows + columns;
        Random random = new Random(seed);
        Matrix w =
            Matrix.ofRows(
                values(kind, rows * columns, random), values(kind, rows, random), columns);
        float[] x = values(kind, columns + 2 * ROOM, random);
        float[] scalar = values(kind, rows + 2 * ROOM, random);
        float[] vector = scalar.clone();
        SCALAR.affine(w, x, ROOM, scalar, ROOM);
        VECTOR.affine(w, x, ROOM, vector, ROOM);
        String what = kind + ", " + rows + " x " + columns + ", seed " + seed;
        assertSame(vector, scalar, what);
        Arrays.fill(vector, ROOM, ROOM + rows, 7f);
        VECTOR.affine(w, x, ROOM, vector, ROOM, true);
        assertSame(vector, scalar, what + ", backwards");
        for (int inputs : new int[] {0, columns / 3, columns}) {
          float[] h = new float[columns - inputs + 1];
          System.arraycopy(x, ROOM + inputs, h, 1, columns - inputs);
          for (Kernels kernels : List.of(SCALAR, VECTOR)) {
            float[] scratch = new float[columns + 1];
            for (boolean backwards : new boolean[] {false, true}) {
              Arrays.fill(vector, ROOM, ROOM + rows, 7f);
              kernels.affineJoined(w, x, ROOM, inputs, h, 1, vector, ROOM, backwards, scratch, 1);
              assertSame(
                  vector,
                  scalar,
                  what + ", joined after " + inputs + (backwards ? ", backwards" : ""));
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void shouldMultiplySeveralVectorsAsOneByOne(int rows) {
    for (int columns : new int[] {1, 2, 15, 17, 67, 523}) {
      for (int count : new int[] {0, 1, 2, 4, 5, 6, 11}) {
        for (Kind kind : Kind.values()) {
          long seed = 1000L * rows + columns + count;
          Random random = new Random(seed);
          Matrix w =
              Matrix.ofRows(
                  values(kind, rows * columns, random), values(kind, rows, random), columns);
          int xStride = columns + 3;
          int yStride = rows + 2;
          float[] x = values(kind, count * xStride + ROOM, random);
          float[] alone = values(kind, count * yStride + ROOM, random);
          float[] scalar = alone.clone();
          float[] vector = alone.clone();
          for (int k = 0; k < count; k++) {
            SCALAR.affine(w, x, 2 + k * xStride, alone, 1 + k * yStride);
          }
          float[] scratch = values(kind, 3 + Kernels.scratchOfAll(columns, count), random);
          SCALAR.affineAll(w, x, 2, xStride, scalar, 1, yStride, count, scratch, 3);
          VECTOR.affineAll(w, x, 2, xStride, vector, 1, yStride, count, scratch, 3);
          String what = kind + ", " + rows + " x " + columns + ", " + count + ", seed " + seed;
          assertSame(scalar, alone, what);
          assertSame(vector, alone, what);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void shouldMultiplyElementByElementAlike(int length) {
    for (Kind kind : Kind.values()) {
      Random random = new Random(length);
      float[] a = values(kind, length + 2 * ROOM, random);
      float[] x = values(kind, length + 2 * ROOM, random);
      float[] scalar = values(kind, length + 2 * ROOM, random);
      float[] vector = scalar.clone();
      SCALAR.multiplyAdd(a, 3, x, 2, scalar, ROOM, length);
      VECTOR.multiplyAdd(a, 3, x, 2, vector, ROOM, length);
      assertSame(vector, scalar, kind + ", seed " + length);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldActivateAlike(Activation.Function function) {
    Activation activation = Activation.of(function);
    for (int length : lengths().toArray()) {
      for (Kind kind : Kind.values()) {
        float[] scalar = values(kind, length + 2 * ROOM, new Random(length));
        float[] vector = scalar.clone();
        SCALAR.activateInPlace(activation, scalar, ROOM, length);
        VECTOR.activateInPlace(activation, vector, ROOM, length);
        assertSame(vector, scalar, kind + ", seed " + length);
      }
    }
  }

  @Test
  void shouldActivateAlikeWithOtherParameters() {
    for (Activation activation :
        List.of(
            new Activation(Activation.Function.SELU, 1.3f, 0.7f),
            new Activation(Activation.Function.SWISH, 1.702f, 0f),
            new Activation(Activation.Function.SWISH, -0.3f, 0f),
            new Activation(Activation.Function.SWISH, 0f, 0f),
            new Activation(Activation.Function.SHRINK, 0.5f, 0.5f),
            new Activation(Activation.Function.SHRINK, -0.5f, 2f),
            new Activation(Activation.Function.THRESHOLDED_RELU, -1f, 0f),
            new Activation(Activation.Function.CLIP, -0f, 0f),
            new Activation(Activation.Function.CLIP, -2f, 1f))) {
      for (Kind kind : Kind.values()) {
        float[] scalar = values(kind, 257, new Random(1));
        float[] vector = scalar.clone();
        SCALAR.activateInPlace(activation, scalar, 0, scalar.length);
        VECTOR.activateInPlace(activation, vector, 0, vector.length);
        assertSame(vector, scalar, activation + ", " + kind);
      }
    }
  }

  /** 4.3 million floats, so that compiled code is what runs. */
  @ParameterizedTest
  @EnumSource
  void shouldActivateAlikeOverAllFloats(Activation.Function function) {
    Activation activation = Activation.of(function);
    float[] scalar = new float[4099];
    float[] vector = new float[scalar.length];
    for (long bits = 0; bits < 1L << 32; bits += 1009L * scalar.length) {
      for (int i = 0; i < scalar.length; i++) {
        scalar[i] = Float.intBitsToFloat((int) (bits + 1009L * i));
        vector[i] = scalar[i];
      }
      SCALAR.activateInPlace(activation, scalar, 0, scalar.length);
      VECTOR.activateInPlace(activation, vector, 0, vector.length);
      assertSame(vector, scalar, "from the bits " + Long.toHexString(bits));
    }
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void shouldTakeTheSoftmaxAlike(int length) {
    for (Kind kind : Kind.values()) {
      float[] scalar = values(kind, length + 2 * ROOM, new Random(length));
      float[] vector = scalar.clone();
      SCALAR.softmaxInPlace(scalar, ROOM, length);
      VECTOR.softmaxInPlace(vector, ROOM, length);
      assertSame(vector, scalar, kind + ", seed " + length);
    }
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void shouldStepAnLstmCellAlike(int units) {
    for (Kind kind : Kind.values()) {
      Random random = new Random(units);
      float[] gates = values(kind, 4 * units + 2 * ROOM, random);
      float[] usedUp = gates.clone();
      float[] scalarC = values(kind, units + 2 * ROOM, random);
      float[] scalarH = values(kind, units + 2 * ROOM, random);
      float[] vectorC = scalarC.clone();
      float[] vectorH = scalarH.clone();
      SCALAR.lstmCell(gates, 3, scalarC, ROOM, scalarH, 2, units);
      VECTOR.lstmCell(usedUp, 3, vectorC, ROOM, vectorH, 2, units);
      assertSame(vectorC, scalarC, "cell state, " + kind + ", seed " + units);
      assertSame(vectorH, scalarH, "hidden state, " + kind + ", seed " + units);
    }
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void shouldStepAGruCellAlike(int units) {
    for (Kind kind : Kind.values()) {
      Random random = new Random(units);
      float[] gates = values(kind, 4 * units + 2 * ROOM, random);
      float[] scalar = values(kind, units + 2 * ROOM, random);
      float[] vector = scalar.clone();
      float[] usedUp = gates.clone();
      SCALAR.gruCell(gates, 3, scalar, ROOM, units);
      VECTOR.gruCell(usedUp, 3, vector, ROOM, units);
      assertSame(vector, scalar, kind + ", seed " + units);
    }
  }

  /** Long enough for the compiler to have replaced what ran at first. */
  @Test
  void shouldStayAlikeOnceCompiled() {
    Random random = new Random(3);
    Matrix w =
        Matrix.ofRows(values(Kind.USUAL, 217 * 5, random), values(Kind.USUAL, 217, random), 5);
    Matrix narrow =
        Matrix.ofRows(values(Kind.USUAL, 37 * 5, random), values(Kind.USUAL, 37, random), 5);
    float[] x = values(Kind.USUAL, 217, random);
    for (int turn = 0; turn < 20_000; turn++) {
      float[] scalar = values(Kind.USUAL, 217, random);
      float[] vector = scalar.clone();
      stepAll(SCALAR, w, narrow, x, scalar);
      stepAll(VECTOR, w, narrow, x, vector);
      assertSame(vector, scalar, "turn " + turn);
    }
  }

  private static void stepAll(Kernels kernels, Matrix w, Matrix narrow, float[] x, float[] y) {
    kernels.affine(w, x, 0, y, 0);
    kernels.multiplyAdd(x, 0, x, 0, y, 0, 217);
    float[] scratch = new float[Kernels.scratchOfAll(w.columns(), 7)];
    kernels.affineAll(narrow, x, 0, 5, y, 0, 37, 5, scratch, 0);
    float[] several = new float[7 * 217];
    kernels.affineAll(w, x, 0, 30, several, 0, 217, 7, scratch, 0); // full blocks and a rest
    kernels.copy(several, 3, y, 0, 150);
    kernels.copy(several, 6 * 217, y, 150, 67);
    kernels.softmaxInPlace(y, 100, 57);
    kernels.lstmCell(y.clone(), 0, y, 160, y, 190, 27);
    kernels.gruCell(y.clone(), 0, y, 160, 23);
  }

  private static void assertSame(float[] actual, float[] expected, String what) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
        throw new AssertionError(
            what + ": value " + i + " is " + actual[i] + ", the reference has " + expected[i]);
      }
    }
  }
}
