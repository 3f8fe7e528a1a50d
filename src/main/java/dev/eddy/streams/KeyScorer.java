package dev.eddy.streams;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.Score;
import dev.eddy.layer.BadFrameException;
import dev.eddy.network.FrameSink;
import dev.eddy.network.NetworkTask;
import dev.eddy.network.StateBytes;
import dev.eddy.score.Forecast;
import dev.eddy.score.Moment;
import dev.eddy.score.Pairing;
import dev.eddy.score.UnusableFrameException;
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
  private final float[] frame; // as it arrived, with held values
  private final List<Score> scores = new ArrayList<>();
  private final FrameSink sink = this::came; // made once, as the next one
  private final Pairing.Rows rows = this::row;
  private final ScoreRow row;
  private final Moment moment;
  private final Scaler scaler; // null where frames are stepped as they come
  private final Rollout rollout; // null without a forecast
  private final float[] lastOutput; // as the network gave it; for a forecast

  private boolean fresh;
  private long framesSeen;
  private long framesEmitted;
  private long lastTimeMs;
  private long timeMs;
  private long beforeMs; // time of the frame before; for a forecast
  private boolean ended;
  private long firstNumber; // of the first frame of this state in its key's sequence
  private long leastNumber; // what is numbered lower was scored before, by another version
  private long endNumber; // what is numbered so or higher will be
  private Score forecasting; // the row that a forecast goes into; null for none
  private long forecastAfter; // number of the frame that it goes out from; -1 for none

  KeyScorer(ScoringPlan plan) {
    this(plan, null);
  }

  /**
   * @param shared what scaling has learnt of all keys; null where it is in the keys' states
   */
  KeyScorer(ScoringPlan plan, SharedScale shared) {
    this.plan = plan;
    this.task = plan.network.newTask();
    this.bytes = new StateBytes(plan.layout);
    this.outputs = plan.network.output().size();
    this.state = new float[plan.layout.length()];
    this.frame = new float[plan.network.input().size()];
    this.row = new ScoreRow(plan.columns);
    this.scaler = plan.scale == null ? null : new Scaler(plan, state, shared);
    double[] deviations = new double[frame.length];
    Arrays.fill(deviations, 1);
    this.moment = new Moment(plan.units, scaler == null ? deviations : scaler.deviations());
    this.rollout = plan.forecast == null ? null : new Rollout(plan, task);
    this.lastOutput = new float[plan.forecast == null ? 0 : outputs];
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
    this.endNumber = Long.MAX_VALUE;
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

  /**
   * Takes over from another version what is the key's and not the network's: what scaling has
   * learnt and what is remembered of scores.
   *
   * @param other null where it is not to be had
   * @param stored the key's state by that version
   */
  void adopt(VersionOutline other, byte[] stored) {
    if (other == null || plan.adopted == 0) {
      return;
    }
    float[] from = new float[other.layout().length()];
    new StateBytes(other.layout()).read(stored, from);
    int at = other.layout().length() - other.adopted();
    System.arraycopy(from, at, state, plan.gateOffset, plan.adopted);
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
    this.beforeMs = lastTimeMs;
    this.ended = false;
    this.forecasting = null;
    this.forecastAfter = -1;
    fill(values, at);
    if (plan.times != null) {
      plan.times.arrived(framesSeen, timeMs, state, plan.timesOffset);
    }
    float[] stepped = frame;
    if (scaler != null) {
      stepped = scaler.scaled(frame, leastNumber < Long.MAX_VALUE);
    }
    try {
      plan.pairing.arrived(frame, framesSeen, framesEmitted, state, plan.pairingOffset, rows);
      framesSeen++;
      long emittedBefore = framesEmitted;
      task.step(stepped, 0, state, sink);
      if (rollout != null && framesEmitted > emittedBefore) {
        forecast(stepped);
      }
    } catch (BadFrameException | UnusableFrameException e) {
      throw new BadRecordException(e.getMessage());
    }
    checkState();
    fresh = false;
    lastTimeMs = Math.max(lastTimeMs, timeMs);
    return scores;
  }

  /**
   * Ends the sequence: gives what the network held back, behind the scores since {@link #begin}.
   * The key has no state after this.
   */
  List<Score> end(long timeMs) {
    release(timeMs, Long.MAX_VALUE);
    if (!fresh && plan.gate != null && plan.gate.holds(state, plan.gateOffset)) {
      long number = plan.gate.heldNumber(state, plan.gateOffset);
      long heldTimeMs = plan.gate.heldTimeMs(state, plan.gateOffset);
      String madeBy = plan.model(plan.gate.heldVersion(state, plan.gateOffset));
      Score score = plan.schema.score(heldTimeMs, number, madeBy);
      row.of(score);
      plan.gate.restore(state, plan.gateOffset, row);
      addEmitted();
      scores.add(score);
    }
    return scores;
  }

  /**
   * Gives what the network held back, without an end of the sequence: another version goes on. Of
   * the state after this only what {@link #adopt} takes is of use.
   *
   * @param endNumber frames from this number on are another's to score
   */
  List<Score> release(long timeMs, long endNumber) {
    this.timeMs = timeMs;
    this.ended = true;
    this.endNumber = endNumber;
    if (!fresh && !plan.pairing.perReading()) {
      if (scaler != null) {
        scaler.read();
      }
      try {
        task.flush(state, sink);
      } catch (BadFrameException | UnusableFrameException e) {
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

  /** The frame as it was consumed last, with held values; not a copy. */
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

  /** An output frame. */
  private void came(float[] values, int offset) {
    for (int i = 0; i < outputs; i++) {
      checkFinite(values[offset + i], i);
    }
    if (rollout != null) {
      System.arraycopy(values, offset, lastOutput, 0, outputs);
    }
    long number = framesEmitted++;
    if (scaler == null) {
      plan.pairing.came(values, offset, number, framesSeen, state, plan.pairingOffset, rows);
    } else {
      float[] inUnits = scaler.unscaled(values, offset);
      plan.pairing.came(inUnits, 0, number, framesSeen, state, plan.pairingOffset, rows);
    }
  }

  /** A row of the scores, unless it was scored before or is not to go out. */
  private void row(long number, float[] output, int outputAt, float[] input, int inputAt) {
    long numbered = firstNumber + number;
    if ((numbered < leastNumber || numbered >= endNumber) && !plan.pairing.perReading()) {
      return;
    }
    if (plan.forecast != null && plan.forecast.as() == Forecast.As.RECORDS) {
      if (passes(null, numbered, timeMs)) {
        forecastAfter = numbered;
      }
      return;
    }
    long rowTimeMs = rowTimeMs(number);
    Score score = plan.schema.score(rowTimeMs, numbered, plan.model);
    row.of(score);
    moment.set(output, outputAt, input, inputAt);
    for (int i = 0; i < plan.stages.length; i++) {
      plan.stages[i].read(moment, state, plan.stageOffsets[i], row, plan.stageColumns[i]);
    }
    if (passes(row, numbered, rowTimeMs)) {
      addEmitted();
      scores.add(score);
      forecasting = score;
    }
  }

  private boolean passes(ScoreRow made, long numbered, long rowTimeMs) {
    return plan.gate == null
        || plan.gate.passes(made, numbered, rowTimeMs, plan.version, state, plan.gateOffset);
  }

  private void addEmitted() {
    if (plan.emittedColumn >= 0) {
      row.setLong(plan.emittedColumn, timeMs);
    }
  }

  /** The time that a row speaks of. */
  private long rowTimeMs(long number) {
    if (plan.times != null) {
      return plan.times.of(number, framesSeen, ended, state, plan.timesOffset);
    }
    return ended ? lastTimeMs : timeMs;
  }

  /** Frames ahead: into the row at hand, or as rows of their own. */
  private void forecast(float[] stepped) {
    if (forecasting == null && forecastAfter < 0) {
      return;
    }
    long stepMs =
        plan.forecast
            .every()
            .map(java.time.Duration::toMillis)
            .orElse(beforeMs == Long.MIN_VALUE ? 0 : Math.max(0, timeMs - beforeMs));
    if ((forecasting == null || rollout.needsTime()) && stepMs == 0) {
      return; // there is no telling what time they would speak of
    }
    float[] ahead = rollout.run(lastOutput, stepped, state, timeMs, stepMs, scaler);
    int horizon = plan.forecast.horizon();
    for (int frameAhead = 0; frameAhead < horizon; frameAhead++) {
      for (int i = 0; i < outputs; i++) {
        int at = frameAhead * outputs + i;
        float value = ahead[at];
        checkFinite(value, i);
        float inFrame = scaler == null ? value : scaler.unscaled(value, i);
        ahead[at] = (float) plan.units.of(plan.channels[i], inFrame);
      }
    }
    if (forecasting == null) {
      for (int i = 0; i < horizon; i++) {
        Score score =
            plan.schema.score(timeMs + (i + 1) * stepMs, forecastAfter + 1 + i, plan.model);
        row.of(score);
        row.setFloats(plan.forecastColumn, ahead, i * outputs, outputs);
        row.setLong(plan.forecastColumn + outputs, i + 1L);
        addEmitted();
        scores.add(score);
      }
      return;
    }
    row.of(forecasting);
    float[] ofOne = new float[horizon];
    for (int i = 0; i < outputs; i++) {
      for (int frameAhead = 0; frameAhead < horizon; frameAhead++) {
        ofOne[frameAhead] = ahead[frameAhead * outputs + i];
      }
      row.setArray(plan.forecastColumn + i, ofOne);
    }
    if (stepMs > 0) {
      row.setLong(plan.forecastColumn + outputs, stepMs);
    }
  }

  private void checkFinite(float value, int output) {
    if (!Float.isFinite(value)) {
      throw new BadRecordException(
          "output \"" + plan.scoring.model().outputs().get(output) + "\" became " + value);
    }
  }

  /** A state that is not finite would spoil every later output of the key. */
  private void checkState() {
    if (!isFinite(state)) {
      throw new BadRecordException("the hidden state became infinite or NaN");
    }
    if (plan.sharesScale && !isFinite(scaler.learnt())) {
      throw new BadRecordException("what scaling has learnt became infinite or NaN");
    }
  }

  private static boolean isFinite(float[] values) {
    float check = 0f;
    for (float value : values) {
      check += value * 0f; // NaN as soon as one value is NaN or infinite
    }
    return check == 0f;
  }
}
