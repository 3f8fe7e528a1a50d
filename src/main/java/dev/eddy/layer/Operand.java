package dev.eddy.layer;

import java.util.Arrays;
import java.util.List;

/** How many values a learnt or constant operand has, and so how far each of them reaches. */
public enum Operand {
  /** One value for all. */
  ONE,
  /** A value for each channel. */
  CHANNELS,
  /** A value for each value of a frame. */
  FRAME;

  /** The shape of the operand's tensor beside frames of a shape. */
  List<Integer> dimensions(Shape frame) {
    return switch (this) {
      case ONE -> List.of(1);
      case CHANNELS -> List.of(frame.channels());
      case FRAME -> frame.dimensions();
    };
  }

  /** A copy of the operand's values with one for each value of a frame. */
  float[] spread(float[] values, Shape frame) {
    float[] all = new float[frame.size()];
    int stretch = all.length / values.length; // values side by side that share one
    for (int i = 0; i < values.length; i++) {
      Arrays.fill(all, i * stretch, (i + 1) * stretch, values[i]);
    }
    return all;
  }
}
