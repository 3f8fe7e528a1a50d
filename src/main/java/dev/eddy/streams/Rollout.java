package dev.eddy.streams;

import dev.eddy.network.NetworkTask;

/**
 * Forecasts frames ahead: feeds the network its own output, each value to the channel of its name,
 * on a copy of the state. The scratch of one task.
 */
final class Rollout {
  private final int[] channels; // [output] the input value of its name
  private final NetworkTask task;
  private final float[] ahead; // the copy
  private final float[] fed;
  private final float[] values; // [frame][output]
  private final int horizon;
  private int filled;

  Rollout(ScoringPlan plan, NetworkTask task) {
    this.channels = plan.channels;
    this.task = task;
    this.ahead = new float[plan.network.stateLength()];
    this.fed = new float[plan.network.input().size()];
    this.horizon = plan.forecast.horizon();
    this.values = new float[horizon * channels.length];
  }

  /**
   * Forecasts.
   *
   * @param output what the network gave last: the first frame
   * @param stepped the frame that it was given; channels that it does not forecast keep its values
   * @param state the key's state; not modified
   * @return frame after frame, valid until the next call
   * @throws dev.eddy.layer.BadFrameException if the network can't take what it gave
   */
  float[] run(float[] output, float[] stepped, float[] state) {
    System.arraycopy(state, 0, ahead, 0, ahead.length);
    System.arraycopy(stepped, 0, fed, 0, fed.length);
    filled = 0;
    take(output, 0);
    while (filled < horizon) {
      for (int i = 0; i < channels.length; i++) {
        fed[channels[i]] = values[(filled - 1) * channels.length + i];
      }
      int before = filled;
      task.step(fed, 0, ahead, this::take);
      if (filled != before + 1) {
        throw new IllegalStateException("a step gave " + (filled - before) + " frames, not one");
      }
    }
    return values;
  }

  private void take(float[] output, int offset) {
    System.arraycopy(output, offset, values, filled * channels.length, channels.length);
    filled++;
  }
}
