package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.Locale;
import java.util.Objects;

/**
 * More frames at the beginning and the end of a sequence (ONNX Pad along time, PyTorch's
 * ConstantPad1d, ReplicationPad1d and ReflectionPad1d). Those before the first frame come together
 * with it, those behind the last at the end. A sequence without frames gets none.
 *
 * @param before frames before the first, 0..1048576
 * @param after frames behind the last, 0..1048576
 * @param mode what the frames hold
 * @param value what each value of a constant frame is; 0 for the other modes
 */
public record TimePad(int before, int after, Mode mode, float value) implements Layer {

  /** What the frames hold. */
  public enum Mode {
    /** One value. */
    CONSTANT,
    /** The first frame, or the last one, again and again. */
    EDGE,
    /**
     * The frames mirrored at the first, or the last one, which is not repeated. Takes a sequence
     * longer than either end; one too short gives nothing.
     */
    REFLECT;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public TimePad {
    Checks.inRange("before", before, 0, Checks.MAX_FRAMES);
    Checks.inRange("after", after, 0, Checks.MAX_FRAMES);
    Objects.requireNonNull(mode, "mode");
    if (Float.isNaN(value)) {
      throw new IllegalArgumentException("value must be a number, got NaN");
    }
    if (mode != Mode.CONSTANT && value != 0) {
      throw new IllegalArgumentException(
          "value is what constant frames hold; leave it out with mode "
              + mode.word()
              + ", got "
              + value);
    }
  }

  @Override
  public String kind() {
    return "time-pad";
  }

  @Override
  public Shape output(Shape input) {
    if (mode == Mode.REFLECT) {
      Checks.history("history", ReflectPadStep.history(this), input);
    }
    return input;
  }

  /** As a window has it whose padding this is. */
  @Override
  public int delayFrames(Shape input) {
    return mode == Mode.REFLECT ? ReflectPadStep.wait(this) : after;
  }

  @Override
  public Reach reach(Shape input) {
    return switch (mode) {
      case CONSTANT -> new Reach(before, -before);
      case EDGE -> new Reach(before + after, 0);
      case REFLECT -> new Reach(before + 2.0 * after, before);
    };
  }

  @Override
  public Clock clock(Shape input) {
    return mode == Mode.REFLECT
        ? new ReflectPadClock(this)
        : new StartedClock(before + 1, 1, after, 1);
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    if (before == 0 && after == 0) {
      return new CopyStep(input);
    }
    return mode == Mode.REFLECT
        ? new ReflectPadStep(this, input.size())
        : new TimePadStep(this, input.size());
  }
}
