package dev.eddy.streams;

import dev.eddy.avro.Calendar;
import dev.eddy.network.NetworkTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Forecasts frames ahead: feeds the network its own output, each value to the channel of its name,
 * on a copy of the state; channels of a calendar are of the time of the frame ahead. The scratch of
 * one task.
 */
final class Rollout {
  private final int[] channels; // [output] the input value of its name
  private final List<Calendar> calendars = new ArrayList<>();
  private final List<int[]> known =
      new ArrayList<>(); // [calendar][its value] the input value or -1
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
    List<Channel> all = plan.scoring.channels();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).known().isPresent()) {
        add(all.get(i).known().get(), i);
      }
    }
  }

  private void add(Channel.Known one, int channel) {
    int at = calendars.indexOf(one.calendar());
    if (at < 0) {
      at = calendars.size();
      calendars.add(one.calendar());
      int[] none = new int[one.calendar().width()];
      Arrays.fill(none, -1);
      known.add(none);
    }
    known.get(at)[one.index()] = channel;
  }

  /** Whether frames ahead need their time. */
  boolean needsTime() {
    return !calendars.isEmpty();
  }

  /**
   * Forecasts.
   *
   * @param output what the network gave last: the first frame
   * @param stepped the frame that it was given; channels that it does not forecast keep its values
   * @param state the key's state; not modified
   * @param timeMs of the frame that it was given
   * @param stepMs from one frame ahead to the next
   * @param scaler standardises what is known ahead as the frame was; null where nothing is
   * @return frame after frame, valid until the next call
   * @throws dev.eddy.layer.BadFrameException if the network can't take what it gave
   */
  float[] run(
      float[] output, float[] stepped, float[] state, long timeMs, long stepMs, Scaler scaler) {
    System.arraycopy(state, 0, ahead, 0, ahead.length);
    System.arraycopy(stepped, 0, fed, 0, fed.length);
    filled = 0;
    take(output, 0);
    while (filled < horizon) {
      for (int i = 0; i < channels.length; i++) {
        fed[channels[i]] = values[(filled - 1) * channels.length + i];
      }
      fillKnown(timeMs + filled * stepMs, scaler);
      int before = filled;
      task.step(fed, 0, ahead, this::take);
      if (filled != before + 1) {
        throw new IllegalStateException("a step gave " + (filled - before) + " frames, not one");
      }
    }
    return values;
  }

  private void fillKnown(long timeMs, Scaler scaler) {
    for (int c = 0; c < calendars.size(); c++) {
      int[] inputs = known.get(c);
      float[] ofTime = new float[inputs.length];
      calendars.get(c).write(timeMs, ofTime, 0);
      for (int i = 0; i < inputs.length; i++) {
        if (inputs[i] >= 0) {
          fed[inputs[i]] = scaler == null ? ofTime[i] : scaler.scaled(ofTime[i], inputs[i]);
        }
      }
    }
  }

  private void take(float[] output, int offset) {
    System.arraycopy(output, offset, values, filled * channels.length, channels.length);
    filled++;
  }
}
