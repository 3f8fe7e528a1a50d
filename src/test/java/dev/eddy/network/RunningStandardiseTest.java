package dev.eddy.network;

import dev.eddy.layer.RunningStandardise;
import dev.eddy.layer.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Against the definition: for every frame, the weights of all frames so far, their weighted mean
 * and their weighted mean square around it.
 */
class RunningStandardiseTest {

  @ParameterizedTest
  @CsvSource({"2, 1e-5", "7, 1e-5", "100, 1e-3", "16777216, 0.5"})
  void shouldKeepThePromises(int window, float epsilon) {
    for (Shape shape : List.of(Shape.of(1), Shape.of(17), Shape.of(3, 7), Shape.of(2, 3, 5))) {
      NetworkContract.holds(
          Graph.sequential(shape, List.of(new RunningStandardise(window, epsilon))),
          window,
          frames -> judge(frames, window, epsilon),
          1,
          2,
          6,
          40);
    }
  }

  private static float[][] judge(float[][] frames, int window, float epsilon) {
    float[][] out = new float[frames.length][];
    for (int time = 0; time < frames.length; time++) {
      out[time] = new float[frames[time].length];
      double[] weights = weights(time, window);
      for (int i = 0; i < out[time].length; i++) {
        double mean = 0;
        for (int past = 0; past <= time; past++) {
          mean += weights[past] * frames[past][i];
        }
        double variance = 0;
        for (int past = 0; past <= time; past++) {
          variance += weights[past] * Math.pow(frames[past][i] - mean, 2);
        }
        out[time][i] = (float) ((frames[time][i] - mean) / Math.sqrt(variance + epsilon));
      }
    }
    return out;
  }

  /** Of frames 0 to {@code time}; they sum up to 1. */
  private static double[] weights(int time, int window) {
    double[] weights = new double[time + 1];
    double left = 1;
    for (int past = time; past >= 0; past--) {
      double share = 1.0 / Math.min(past + 1, window);
      weights[past] = left * share;
      left *= 1 - share;
    }
    return weights;
  }
}
