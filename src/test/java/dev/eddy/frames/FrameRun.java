package dev.eddy.frames;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** One key's frames through a plan, and what comes out, in order. */
final class FrameRun implements Cells {
  /** A frame that goes in or comes out. */
  record Timed(long timeMs, List<Float> values) {
    static Timed of(long timeMs, double... values) {
      return new Timed(timeMs, Arrays.stream(values).mapToObj(value -> (float) value).toList());
    }

    float value(int i) {
      return values.get(i);
    }

    private float[] frame() {
      float[] frame = new float[values.size()];
      IntStream.range(0, frame.length).forEach(i -> frame[i] = values.get(i));
      return frame;
    }
  }

  private final FrameTask task;
  private final Map<ByteBuffer, byte[]> cells = new HashMap<>();
  private final boolean cuts;
  private final Sink sink = new Sink();
  private byte[] state;
  int most; // bytes of a state
  int cellsTouched;
  final List<Object> out = new ArrayList<>();

  /**
   * @param cuts whether the state is saved and restored between any two calls, else only to see
   *     that nothing is in the task
   */
  FrameRun(FramePlan plan, boolean cuts) {
    this.task = plan.newTask();
    this.cuts = cuts;
    begin();
  }

  static List<FrameChannel> channels(String... names) {
    return Arrays.stream(names).map(FrameChannel::of).toList();
  }

  /** What comes out of these, without the passing of time, then at the sequence's end. */
  static List<Object> all(FramePlan plan, List<Timed> in) {
    FrameRun run = new FrameRun(plan, false);
    in.forEach(run::frame);
    run.end(in.isEmpty() ? 0 : in.get(in.size() - 1).timeMs);
    return run.out;
  }

  /** The same with time passing now and then, and the state cut everywhere. */
  static List<Object> hurried(FramePlan plan, List<Timed> in, SplittableRandom random) {
    FrameRun run = new FrameRun(plan, true);
    long lastMs = 0;
    for (Timed frame : in) {
      while (lastMs < frame.timeMs - 1 && random.nextInt(3) > 0) {
        lastMs = random.nextLong(lastMs, frame.timeMs);
        run.advance(lastMs);
      }
      lastMs = frame.timeMs;
      run.frame(frame);
    }
    run.end(lastMs);
    return run.out;
  }

  private void begin() {
    task.begin(state, 0, this);
  }

  private void cut() {
    if (cuts) {
      state = task.save(0);
      most = Math.max(most, state == null ? 0 : state.length);
      begin();
    }
  }

  void frame(Timed frame) {
    task.frame(frame.timeMs, 0, frame.frame(), sink);
    cut();
  }

  void frame(long timeMs, double... values) {
    frame(Timed.of(timeMs, values));
  }

  /** Also checks that nothing comes out before it is due, and that nothing stays due. */
  void advance(long untilMs) {
    long dueMs = task.dueMs();
    int before = out.size();
    task.advance(untilMs, sink);
    if (out.size() > before && dueMs > untilMs) {
      throw new AssertionError(
          "due at " + dueMs + ", at " + untilMs + " came out " + out.subList(before, out.size()));
    }
    if (task.dueMs() <= untilMs && task.dueMs() < Long.MAX_VALUE) {
      throw new AssertionError("still due at " + task.dueMs() + " after " + untilMs);
    }
    cut();
  }

  void end(long timeMs) {
    task.end(timeMs, sink);
    if (task.save(0) != null || !cells.isEmpty()) {
      throw new AssertionError("something is left after the end: " + cells.keySet());
    }
    cut();
  }

  byte[] save() {
    return task.save(0);
  }

  long dueMs() {
    return task.dueMs();
  }

  /** The frames of what has come out. */
  List<Timed> frames() {
    return out.stream().filter(Timed.class::isInstance).map(Timed.class::cast).toList();
  }

  static List<Timed> frames(List<Object> out) {
    return out.stream().filter(Timed.class::isInstance).map(Timed.class::cast).toList();
  }

  private final class Sink implements TimedFrameSink {
    @Override
    public void frame(long timeMs, float[] values) {
      out.add(
          new Timed(timeMs, IntStream.range(0, values.length).mapToObj(i -> values[i]).toList()));
    }

    @Override
    public void end(long timeMs) {
      out.add("end " + timeMs);
    }

    @Override
    public void restart(long timeMs) {
      out.add("restart " + timeMs);
    }
  }

  @Override
  public byte[] get(byte part, long index) {
    cellsTouched++;
    return cells.get(cell(part, index));
  }

  @Override
  public void put(byte part, long index, byte[] value) {
    cellsTouched++;
    cells.put(cell(part, index), value);
  }

  @Override
  public void delete(byte part, long index) {
    if (cells.remove(cell(part, index)) == null) {
      throw new AssertionError(
          "deletes cell " + index + " of part " + part + ", which is not there");
    }
  }

  private static ByteBuffer cell(byte part, long index) {
    return ByteBuffer.allocate(9).put(part).putLong(index).flip();
  }
}
