package dev.eddy.frames;

import dev.eddy.layer.Shape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Stages in a row, checked: what goes in, what comes out. Immutable, shared by all tasks.
 *
 * <pre>{@code
 * FramePlan plan = FramePlan.of(channels, Sampling.of(300_000, Sampling.Fill.HOLD));
 * FrameTask task = plan.newTask();
 * }</pre>
 */
public final class FramePlan {
  private static final int MAX_STAGES = 32;

  private final List<FrameChannel> input;
  private final List<Stage> stages;
  private final List<List<FrameChannel>> before; // [stage] what goes into each
  private final List<FrameChannel> channels;
  private final Shape shape;

  private FramePlan(List<FrameChannel> input, List<Stage> stages) {
    this.input = List.copyOf(input);
    this.stages = List.copyOf(stages);
    if (stages.size() > MAX_STAGES) {
      throw new IllegalArgumentException(
          "there may be " + MAX_STAGES + " stages, got " + stages.size());
    }
    List<List<FrameChannel>> inputs = new ArrayList<>();
    List<FrameChannel> now = resolved(input);
    Shape last = Shape.of(input.size());
    for (Stage stage : stages) {
      if (last.positions() > 1) {
        throw new IllegalArgumentException("nothing may follow a window of raw samples");
      }
      inputs.add(now);
      last = stage.shape(now);
      now = List.copyOf(stage.channels(now));
      checkDistinct(now);
    }
    this.before = List.copyOf(inputs);
    this.channels = now;
    this.shape = last;
  }

  /**
   * @param input what goes in
   * @throws IllegalArgumentException if a stage can't work on what comes to it
   */
  public static FramePlan of(List<FrameChannel> input, List<Stage> stages) {
    return new FramePlan(input, stages);
  }

  /** As above. */
  public static FramePlan of(List<FrameChannel> input, Stage... stages) {
    return new FramePlan(input, List.of(stages));
  }

  /** Frames go on as they come. */
  public static FramePlan none(List<FrameChannel> input) {
    return of(input);
  }

  /** Values that are held are there, where there is a stage. */
  private static List<FrameChannel> resolved(List<FrameChannel> input) {
    return input.stream().map(channel -> channel.like(channel.name())).toList();
  }

  private static void checkDistinct(List<FrameChannel> channels) {
    Set<String> names = new HashSet<>();
    for (FrameChannel channel : channels) {
      if (!names.add(channel.name())) {
        throw new IllegalArgumentException(
            "two channels would be named \"" + channel.name() + "\"");
      }
    }
  }

  /** Whether frames go on as they come. */
  public boolean isEmpty() {
    return stages.isEmpty();
  }

  /** What goes in. */
  public List<FrameChannel> input() {
    return input;
  }

  public List<Stage> stages() {
    return stages;
  }

  /** The values of a frame that comes out, in order; of {@link #shape} slowest index first. */
  public List<FrameChannel> channels() {
    return stages.isEmpty() ? input : channels;
  }

  /** The shape of a frame that comes out. */
  public Shape shape() {
    return shape;
  }

  /** Whether one frame comes out for each that goes in, at once and at its time. */
  public boolean oneForOne() {
    return stages.stream().allMatch(Stage::oneForOne);
  }

  /** Whether a value that is missing is replaced by the key's last one. */
  boolean holds() {
    return input.stream().anyMatch(FrameChannel::hold);
  }

  /** What works on one key after the other; for one thread. */
  public FrameTask newTask() {
    return newTask(false);
  }

  /**
   * As above.
   *
   * @param remembersOpen whether a key is remembered until its sequence ends once a frame of it has
   *     come out, also while nothing is needed for its next frames
   */
  public FrameTask newTask(boolean remembersOpen) {
    SmallCells cells = new SmallCells();
    List<StageStep> steps = new ArrayList<>();
    for (int i = 0; i < stages.size(); i++) {
      steps.add(stages.get(i).step(before.get(i), new KeyCells(i, cells)));
    }
    return new FrameTask(this, steps, cells, remembersOpen);
  }

  /** Of what a state's bytes mean: equal for equal stages on equal channels. */
  long fingerprint() {
    try {
      String text = input + " " + stages;
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(hash).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FramePlan plan
        && plan.input.equals(input)
        && plan.stages.equals(stages);
  }

  @Override
  public int hashCode() {
    return 31 * input.hashCode() + stages.hashCode();
  }

  @Override
  public String toString() {
    return input.stream().map(FrameChannel::name).toList() + " " + stages;
  }
}
