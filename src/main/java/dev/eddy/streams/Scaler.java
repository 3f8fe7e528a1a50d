package dev.eddy.streams;

import dev.eddy.score.RunningScale;
import java.util.Arrays;

/**
 * Standardises frames right before the step by what was learnt, and undoes it right after. The
 * scratch of one task.
 */
final class Scaler {
  private final RunningScale scale;
  private final float[] state;
  private final int at;
  private final int[] channels; // [output] the input value that it speaks of, -1 for none
  private final double[] means; // [input value]
  private final double[] deviations;
  private final float[] scaled;
  private final float[] unscaled;

  /**
   * @param state the scorer's scratch of a key's state; not copied
   * @param shared what is learnt where that is not in the key's state
   */
  Scaler(ScoringPlan plan, float[] state, SharedScale shared) {
    this.scale = plan.scale;
    this.state = plan.sharesScale ? shared.values() : state;
    this.at = plan.scaleOffset;
    this.channels = plan.channels;
    int size = plan.network.input().size();
    this.means = new double[size];
    this.deviations = new double[size];
    Arrays.fill(deviations, 1);
    this.scaled = new float[size];
    this.unscaled = new float[channels.length];
  }

  /** The deviation of each input value, of the frame at hand; not a copy. */
  double[] deviations() {
    return deviations;
  }

  /** What is learnt, where it is; not a copy. */
  float[] learnt() {
    return state;
  }

  /**
   * Learns of a frame, and standardises it.
   *
   * @param first whether no other version has learnt of it
   * @return valid until the next call
   */
  float[] scaled(float[] frame, boolean first) {
    if (first) {
      scale.learn(frame, state, at);
    }
    read();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) ((frame[i] - means[i]) / deviations[i]);
    }
    return scaled;
  }

  /** One value of a frame, standardised as the frame at hand was. */
  float scaled(float value, int input) {
    return (float) ((value - means[input]) / deviations[input]);
  }

  /** Takes up what was learnt. */
  void read() {
    scale.read(state, at, means, deviations);
  }

  /** An output frame with what speaks of a channel in the unit of input frames. */
  float[] unscaled(float[] values, int offset) {
    for (int i = 0; i < unscaled.length; i++) {
      unscaled[i] = unscaled(values[offset + i], i);
    }
    return unscaled;
  }

  /** One value of an output frame, likewise. */
  float unscaled(float value, int output) {
    int channel = channels[output];
    return channel < 0 ? value : (float) (value * deviations[channel] + means[channel]);
  }
}
