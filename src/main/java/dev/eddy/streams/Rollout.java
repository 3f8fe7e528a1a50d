package dev.eddy.streams;

import dev.eddy.avro.Calendar;
import dev.eddy.network.NetworkTask;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Forecasts frames ahead: feeds the network its own output, each value to the channel of its name,
 * on a copy of the state; channels of a calendar are of the time of the frame ahead. The scratch of
 * one task.
 */
final class Rollout {
  /**
   * Values that a calendar has for every time.
   *
   * @param inputs {@code [its value]} the input value, -1 for one that is none
   * @param values scratch: those of the time at hand
   */
  private record Ahead(Calendar calendar, int[] inputs, float[] values) {
    static Ahead of(Calendar calendar) {
      int[] none = new int[calendar.width()];
      Arrays.fill(none, -1);
      return new Ahead(calendar, none, new float[none.length]);
    }
  }

  private final int[] channels; // [output] the input value of its name
  private final List<Ahead> calendars;
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
    Map<Calendar, Ahead> found = new LinkedHashMap<>();
    for (int i = 0; i < fed.length; i++) {
      int channel = i;
      plan.scoring
          .channels()
          .get(i)
          .known()
          .ifPresent(
              known ->
                  found.computeIfAbsent(known.calendar(), Ahead::of).inputs[known.index()] =
                      channel);
    }
    this.calendars = List.copyOf(found.values());
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
    for (Ahead one : calendars) {
      one.calendar.write(timeMs, one.values, 0);
      for (int i = 0; i < one.inputs.length; i++) {
        int input = one.inputs[i];
        if (input >= 0) {
          fed[input] = scaler == null ? one.values[i] : scaler.scaled(one.values[i], input);
        }
      }
    }
  }

  private void take(float[] output, int offset) {
    System.arraycopy(output, offset, values, filled * channels.length, channels.length);
    filled++;
  }
}
