package dev.eddy.frames;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Takes the frames of one key after the other through the stages of a plan: {@link #begin} with
 * what is stored of the key, {@link #frame}, {@link #advance} or {@link #end}, then {@link #save}.
 * Not thread-safe; nothing of any key from one {@link #begin} to the next.
 *
 * <pre>
 *   0        4         8             16          24          32
 *  +--------+---------+-------------+-----------+-----------+------+-----------------------
 *  | magic  | version | fingerprint | last time | last time | open | last frame if values
 *  | "EDDF" | 2       | of plan     | in, ms    | out, ms   | 0, 1 | are held, stages, cells
 *  +--------+---------+-------------+-----------+-----------+------+-----------------------
 * </pre>
 *
 * All little-endian. Equal history gives equal bytes.
 */
public final class FrameTask {
  private static final int MAGIC = 'E' | 'D' << 8 | 'D' << 16 | 'F' << 24;
  private static final int VERSION = 2;
  private static final int WITHOUT_CELLS = 1; // the same but for them
  private static final int LAST_AT = 16;

  private final FramePlan plan;
  private final long fingerprint;
  private final StageStep[] steps;
  private final StageStep first;
  private final SmallCells cells;
  private final Outlet outlet = new Outlet();
  private final StateWriter writer = new StateWriter();
  private final float[] frame;
  private final boolean holds;
  private final boolean keepsCells;
  private final boolean remembersOpen;
  private final int doors; // stages that see the times of the frames that go in

  private long lastMs; // Long.MIN_VALUE for a key that is new

  FrameTask(FramePlan plan, List<StageStep> steps, SmallCells cells, boolean remembersOpen) {
    this.plan = plan;
    this.fingerprint = plan.fingerprint();
    this.steps = steps.toArray(StageStep[]::new);
    this.cells = cells;
    this.remembersOpen = remembersOpen;
    this.frame = new float[plan.input().size()];
    this.holds = plan.holds();
    this.keepsCells = plan.stages().stream().anyMatch(Window.class::isInstance);
    for (int i = 0; i < this.steps.length; i++) {
      this.steps[i].next = i + 1 < this.steps.length ? this.steps[i + 1] : outlet;
    }
    this.first = this.steps.length == 0 ? outlet : this.steps[0];
    int ownTimes = 0;
    while (ownTimes < this.steps.length && plan.stages().get(ownTimes).oneForOne()) {
      ownTimes++;
    }
    this.doors = Math.min(ownTimes + 1, this.steps.length);
  }

  /**
   * Takes up a key.
   *
   * @param stored what {@link #save} gave, from {@code offset}; null for a new key
   * @param cells the key's
   * @throws FrameStateException if the bytes are no state of these stages
   */
  public void begin(byte[] stored, int offset, Cells cells) {
    this.cells.of(cells);
    if (stored == null) {
      lastMs = Long.MIN_VALUE;
      outlet.lastMs = Long.MIN_VALUE;
      outlet.open = false;
      clear();
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(stored, offset, stored.length - offset);
    bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    try {
      readHeader(bytes);
      if (holds) {
        StateWriter.getFloats(bytes, frame, 0, frame.length);
      }
      for (StageStep step : steps) {
        step.read(bytes);
      }
      if (keepsCells) {
        this.cells.read(bytes);
      }
    } catch (BufferUnderflowException | NegativeArraySizeException e) {
      throw new FrameStateException("the bytes end too early");
    }
    if (bytes.hasRemaining()) {
      throw new FrameStateException(
          bytes.remaining() + " bytes are left over after the last stage");
    }
  }

  private void readHeader(ByteBuffer bytes) {
    if (bytes.remaining() < 8 || bytes.getInt() != MAGIC) {
      throw new FrameStateException("the bytes found are no state of windows and features");
    }
    int version = bytes.getInt();
    if (version != VERSION && (version != WITHOUT_CELLS || keepsCells)) {
      throw new FrameStateException(
          "the state's byte layout has version " + version + ", known: " + VERSION);
    }
    if (bytes.getLong() != fingerprint) {
      throw new FrameStateException(
          "written with other settings of gap, sampling, windows or features, or other channels");
    }
    lastMs = bytes.getLong();
    outlet.lastMs = bytes.getLong();
    outlet.open = bytes.get() != 0;
  }

  /**
   * Time of a key's last frame.
   *
   * @param stored what {@link #save} gave, from {@code offset}
   */
  public static long lastTimeMsOf(byte[] stored, int offset) {
    return ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).getLong(offset + LAST_AT);
  }

  private void clear() {
    for (StageStep step : steps) {
      step.clear();
    }
  }

  /**
   * Takes one frame in. If it throws, nothing has changed.
   *
   * @param timeMs its time, milliseconds since 1970
   * @param toleranceMs by so much it may come too late, and is taken as of the earliest time that
   *     does not
   * @param values NaN where a channel holds its last value; not modified
   * @throws LateFrameException if it comes too late to be put in its place
   * @throws MissingValueException if a value is not finite and none can be held
   */
  public void frame(long timeMs, long toleranceMs, float[] values, TimedFrameSink sink) {
    frames(timeMs, toleranceMs, values, 1, sink);
  }

  /**
   * Takes several frames of one time in, one after another. If it throws, nothing has changed.
   *
   * @param values of all; see {@link #frame}
   * @param count how many
   */
  public void frames(
      long timeMs, long toleranceMs, float[] values, int count, TimedFrameSink sink) {
    long openFromMs = lastMs;
    for (int i = 0; i < doors; i++) {
      openFromMs = Math.max(openFromMs, steps[i].openFromMs());
    }
    if (timeMs < openFromMs && timeMs < openFromMs - toleranceMs) {
      throw new LateFrameException(openFromMs);
    }
    check(values, count);
    lastMs = Math.max(timeMs, openFromMs);
    outlet.sink = sink;
    first.advance(lastMs - 1);
    for (int at = 0; at < values.length; at += frame.length) {
      for (int i = 0; i < frame.length; i++) {
        frame[i] = Float.isNaN(values[at + i]) ? frame[i] : values[at + i];
      }
      first.frame(lastMs, frame);
    }
  }

  private void check(float[] values, int count) {
    if (values.length != count * frame.length) {
      throw new MissingValueException(
          "the frame has " + values.length / count + " values, expected " + frame.length);
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        FrameChannel channel = plan.input().get(i % frame.length);
        if (!channel.hold() || !Float.isNaN(values[i]) || lastMs == Long.MIN_VALUE) {
          throw new MissingValueException(
              "channel \""
                  + channel.name()
                  + "\": "
                  + (channel.hold()
                      ? "no last value to hold"
                      : values[i] + " is not a finite number"));
        }
      }
    }
  }

  /** Lets go what is determined when no more frames come with a time up to this one. */
  public void advance(long untilMs, TimedFrameSink sink) {
    outlet.sink = sink;
    first.advance(untilMs);
  }

  /** Ends the key's sequence: gives what is left, then its end. The key is new after this. */
  public void end(long timeMs, TimedFrameSink sink) {
    outlet.sink = sink;
    first.advance(timeMs - 1);
    outlet.open = true; // whoever asks for an end gets one
    first.end(timeMs);
    lastMs = Long.MIN_VALUE;
  }

  /**
   * Up to which time none may come for something to come out without another frame; {@link
   * Long#MAX_VALUE} if nothing waits for the passing of time.
   */
  public long dueMs() {
    return first.dueMs();
  }

  /**
   * The state to store; null where there is nothing to remember: the key is new, or its sequence
   * has ended.
   *
   * @param room bytes left free at the front, for the caller
   */
  public byte[] save(int room) {
    if (isOver()) {
      return null;
    }
    writer.clear();
    writer.skip(room).putInt(MAGIC).putInt(VERSION).putLong(fingerprint);
    writer.putLong(lastMs).putLong(outlet.lastMs).putByte(outlet.open ? 1 : 0);
    if (holds) {
      writer.putFloats(frame, 0, frame.length);
    }
    for (StageStep step : steps) {
      step.write(writer);
    }
    if (keepsCells) {
      cells.write(writer);
    }
    return writer.toArray();
  }

  private boolean isOver() {
    if (lastMs == Long.MIN_VALUE) {
      return true;
    }
    if (holds) { // the last values stay until the end, whether time or a frame closes what is open
      return false;
    }
    if (remembersOpen && outlet.open) {
      return false;
    }
    for (StageStep step : steps) {
      if (!step.isClear()) {
        return false;
      }
    }
    return true;
  }

  /** The end of the row. */
  private static final class Outlet extends StageStep {
    private TimedFrameSink sink;
    private long lastMs; // of what came out
    private boolean open; // whether something came out since the last end

    @Override
    void frame(long timeMs, float[] frame) {
      lastMs = Math.max(lastMs, timeMs);
      open = true;
      sink.frame(timeMs, frame);
    }

    @Override
    void advance(long untilMs) {}

    @Override
    void end(long timeMs) {
      if (open) {
        open = false;
        sink.end(Math.max(lastMs, timeMs));
      }
    }

    @Override
    void restart(long timeMs) {
      if (open) {
        open = false;
        sink.restart(Math.max(lastMs, timeMs));
      }
    }

    @Override
    void clear() {}

    @Override
    boolean isClear() {
      return true;
    }

    @Override
    void read(ByteBuffer bytes) {}

    @Override
    void write(StateWriter bytes) {}
  }
}
