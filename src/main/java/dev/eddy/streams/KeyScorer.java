package dev.eddy.streams;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.Log;
import dev.eddy.avro.Score;
import dev.eddy.layer.BadFrameException;
import dev.eddy.network.NetworkTask;
import dev.eddy.network.StateBytes;
import dev.eddy.score.AnomalyLikelihood;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores one record of one key at a time: {@link #begin} with the key's stored state, {@link
 * #consume} or {@link #end}, then {@link #save}. One task's scratch space, nothing of any key from
 * one {@link #begin} to the next. If a call throws, the stored state is untouched and simply stays.
 */
final class KeyScorer {
  private final ScoringPlan plan;
  private final NetworkTask task;
  private final StateBytes bytes;
  private final int outputs;
  private final float[] state;
  private final float[] frame;
  private final List<Score> scores = new ArrayList<>();

  private boolean fresh;
  private long framesSeen;
  private long framesEmitted;
  private long lastTimeMs;
  private long timeMs;
  private long firstNumber; // of the first frame of this state in its key's sequence
  private long leastNumber; // what is numbered lower was scored before, by another version

  KeyScorer(ScoringPlan plan) {
    this.plan = plan;
    this.task = plan.network.newTask();
    this.bytes = new StateBytes(plan.layout);
    this.outputs = plan.network.output().size();
    this.state = new float[plan.layout.length()];
    this.frame = new float[plan.network.input().size()];
  }

  /**
   * Takes up a key's state.
   *
   * @param stored what {@link #save} gave, or null for a new key
   * @throws dev.eddy.network.StateMismatchException if the bytes can't be continued
   */
  void begin(byte[] stored) {
    begin(stored, 0, 0);
  }

  /**
   * Takes up a state that began within its key's sequence.
   *
   * @param firstNumber number of the first frame of this state
   * @param leastNumber frames with a lower number are stepped and not scored
   */
  void begin(byte[] stored, long firstNumber, long leastNumber) {
    this.firstNumber = firstNumber;
    this.leastNumber = leastNumber;
    scores.clear();
    fresh = stored == null;
    if (fresh) {
      Arrays.fill(state, 0f);
      plan.network.reset(state);
      framesSeen = 0;
      framesEmitted = 0;
      lastTimeMs = Long.MIN_VALUE;
    } else {
      bytes.read(stored, state);
      framesSeen = bytes.framesSeen();
      framesEmitted = bytes.framesEmitted();
      lastTimeMs = bytes.lastTimeMs();
    }
  }

  /** Whether the key has no state yet. */
  boolean isFresh() {
    return fresh;
  }

  /** Latest event time of the key's frames; only where the key is not fresh. */
  long lastTimeMs() {
    return lastTimeMs;
  }

  /**
   * Steps the network with a frame.
   *
   * @param values holds the frame from {@code at}; NaN where a channel holds its last value; not
   *     modified
   * @return the scores since {@link #begin}, valid until the next one
   * @throws BadRecordException if a value is missing, or an output or the state is not finite
   */
  List<Score> consume(float[] values, int at, long timeMs) {
    this.timeMs = timeMs;
    fill(values, at);
    try {
      if (plan.likelihood == null) {
        task.step(frame, 0, state, this::score);
      } else {
        compare();
        task.step(frame, 0, state, this::remember);
      }
    } catch (BadFrameException e) {
      throw new BadRecordException(e.getMessage());
    }
    checkState();
    fresh = false;
    framesSeen++;
    lastTimeMs = Math.max(lastTimeMs, timeMs);
    return scores;
  }

  /**
   * Ends the sequence: gives what the network held back, behind the scores since {@link #begin}.
   * The key has no state after this.
   */
  List<Score> end(long timeMs) {
    this.timeMs = timeMs;
    if (!fresh && plan.likelihood == null) {
      try {
        task.flush(state, this::score);
      } catch (BadFrameException e) {
        throw new BadRecordException(e.getMessage());
      }
    }
    return scores;
  }

  /** The state to store. */
  byte[] save() {
    return bytes.write(
        state, plan.scoring.model().version(), framesSeen, framesEmitted, lastTimeMs);
  }

  /** Says that the key had a frame of this time before the state began. */
  void notBefore(long timeMs) {
    lastTimeMs = Math.max(lastTimeMs, timeMs);
  }

  /** The frame as it was stepped last, with held values; not a copy. */
  float[] frame() {
    return frame;
  }

  ScoringPlan plan() {
    return plan;
  }

  private void fill(float[] values, int at) {
    for (int i = 0; i < frame.length; i++) {
      float value = values[at + i];
      if (!Float.isFinite(value)) {
        Channel channel = plan.scoring.channels().get(i);
        if (!channel.hold() || !Float.isNaN(value) || framesSeen == 0) {
          throw new BadRecordException(
              "channel \""
                  + channel.name()
                  + "\": "
                  + (channel.hold() ? "no last value to hold" : value + " is not a finite number"));
        }
        value = state[plan.heldOffset + i];
      }
      frame[i] = value;
    }
    if (plan.holds) {
      System.arraycopy(frame, 0, state, plan.heldOffset, frame.length);
    }
  }

  /** An output frame as a score of its own. */
  private void score(float[] values, int offset) {
    for (int i = 0; i < outputs; i++) {
      checkFinite(values[offset + i], i);
    }
    long number = firstNumber + framesEmitted++;
    if (number >= leastNumber) {
      scores.add(
          plan.schema.score(timeMs, number, plan.model).setFloats(0, values, offset, outputs));
    }
  }

  /** An output frame as a forecast that waits for its reading. */
  private void remember(float[] values, int offset) {
    int slot = plan.pendingOffset + (int) (framesEmitted % plan.pending) * outputs;
    for (int i = 0; i < outputs; i++) {
      checkFinite(values[offset + i], i);
      state[slot + i] = values[offset + i];
    }
    framesEmitted++;
  }

  /**
   * The reading against what was forecast for it; one score a reading, with or without a forecast.
   */
  private void compare() {
    long forecast = framesSeen - plan.horizon; // the output frame that speaks of this reading
    boolean known = forecast >= 0 && forecast < framesEmitted;
    if (known && framesEmitted - forecast > plan.pending) {
      throw new IllegalStateException(
          "forecast " + forecast + " was overwritten, " + framesEmitted + " are emitted");
    }
    int slot = plan.pendingOffset + (int) (Math.max(forecast, 0) % plan.pending) * outputs;
    Score score = plan.schema.score(timeMs, firstNumber + framesSeen, plan.model);
    double squares = 0;
    for (int i = 0; i < outputs; i++) {
      Channel channel = plan.scoring.channels().get(plan.compared[i]);
      float actual = frame[plan.compared[i]];
      score.setFloat(2 * i + 1, (float) channel.unscaled(actual));
      if (known) {
        double distance = (double) state[slot + i] - actual;
        squares += distance * distance;
        score.setFloat(2 * i, (float) channel.unscaled(state[slot + i]));
      }
    }
    double likelihood = AnomalyLikelihood.UNKNOWN;
    if (known) {
      float error = (float) Math.sqrt(squares / outputs);
      score.setFloat(2 * outputs, outputs == 1 ? inputsUnit(error, slot) : error);
      likelihood = plan.likelihood.score(error, state, plan.likelihoodOffset);
    }
    scores.add(score.setDouble(2 * outputs + 1, likelihood));
  }

  /** The distance of the only forecast, in the input's unit. */
  private float inputsUnit(float error, int slot) {
    Channel channel = plan.scoring.channels().get(plan.compared[0]);
    if (channel.log() == Log.NONE) {
      return (float) (error * channel.std());
    }
    float actual = frame[plan.compared[0]];
    return (float) Math.abs(channel.unscaled(state[slot]) - channel.unscaled(actual));
  }

  private void checkFinite(float value, int output) {
    if (!Float.isFinite(value)) {
      throw new BadRecordException(
          "output \"" + plan.scoring.model().outputs().get(output) + "\" became " + value);
    }
  }

  /** A state that is not finite would spoil every later output of the key. */
  private void checkState() {
    float check = 0f;
    for (float value : state) {
      check += value * 0f; // NaN as soon as one value is NaN or infinite
    }
    if (check != 0f) {
      throw new BadRecordException("the hidden state became infinite or NaN");
    }
  }
}
