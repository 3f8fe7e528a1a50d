package dev.eddy.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What {@link Step} promises about a caller's arrays: a step writes all that it says and nothing
 * beyond, leaves its input alone, needs nothing of what out and scratch held before, works at any
 * offset, and never writes more than {@link Step#maxFrames}; and that its {@link Clock} tells how
 * many frames it writes, before and after it is copied.
 *
 * <p>The sequence runs twice, once in tight clean arrays and once at odd offsets in arrays full of
 * a marked NaN; frames and states must have the same bits.
 */
public final class StepContract {
  private static final float MARK = Float.intBitsToFloat(0x7fc0dead);
  private static final int IN_OFFSET = 3;
  private static final int STATE_OFFSET = 5;
  private static final int OUT_OFFSET = 7;
  private static final int GUARD = 4;

  private StepContract() {}

  /** Steps through the frames, then flushes; fails where a promise is broken. */
  public static void holds(Step step, Clock fresh, int outSize, float[][] frames) {
    Clock clock = fresh;
    int stateLength = step.stateLength();
    assertThat(stateLength).isEqualTo(step.stateParts().stream().mapToInt(StatePart::length).sum());
    assertThat(step.stateParts().stream().map(StatePart::name)).doesNotHaveDuplicates();

    Run clean = new Run(step, outSize, 0, 0, 0, 0, 0f);
    Run awkward = new Run(step, outSize, IN_OFFSET, STATE_OFFSET, OUT_OFFSET, GUARD, MARK);
    for (int time = 0; time < frames.length; time++) {
      String when = "frame " + time;
      float[] written = clean.step(frames[time]);
      Clock copy = clock.copy();
      assertThat(clock.step() * outSize)
          .as("values by the clock at " + when)
          .isEqualTo(written.length);
      clock = time % 2 == 0 ? copy : clock;
      if (time % 2 == 0) {
        clock.step();
      }
      assertSameBits(awkward.step(frames[time]), written, when);
      assertSameBits(awkward.state(), clean.state(), "state after " + when);
    }
    assertThat(clock.flushCalls()).isEqualTo(step.flushCalls());
    for (int call = 0; call < step.flushCalls(); call++) {
      float[] written = clean.flush(call);
      assertThat(clock.flush(call) * outSize)
          .as("values by the clock at flush " + call)
          .isEqualTo(written.length);
      assertSameBits(awkward.flush(call), written, "flush " + call);
    }
  }

  /** One set of a caller's arrays. */
  private static final class Run {
    private final Step step;
    private final int outSize;
    private final int inOffset;
    private final int stateOffset;
    private final int outOffset;
    private final int guard;
    private final float fill;
    private final float[] state;
    private final float[] out;
    private final float[] scratch;

    Run(
        Step step,
        int outSize,
        int inOffset,
        int stateOffset,
        int outOffset,
        int guard,
        float fill) {
      this.step = step;
      this.outSize = outSize;
      this.inOffset = inOffset;
      this.stateOffset = stateOffset;
      this.outOffset = outOffset;
      this.guard = guard;
      this.fill = fill;
      this.state = filled(stateOffset + step.stateLength() + guard);
      this.out = filled(outOffset + step.maxFrames() * outSize + guard);
      this.scratch = filled(step.scratchLength());
      step.reset(state, stateOffset);
      assertUntouched(state, stateOffset, step.stateLength(), "state around a reset");
    }

    private float[] filled(int length) {
      float[] values = new float[length];
      Arrays.fill(values, fill);
      return values;
    }

    float[] step(float[] frame) {
      float[] in = filled(inOffset + frame.length + guard);
      System.arraycopy(frame, 0, in, inOffset, frame.length);
      float[] before = in.clone();
      refill();
      int written = step.step(in, inOffset, state, stateOffset, out, outOffset, scratch);
      assertSameBits(in, before, "the input");
      if (step.frameInState() < 0) {
        return written(written);
      }
      assertThat(written).as("frames left in the state").isOne();
      assertThat(step.flushCalls()).as("flushes of a step that leaves its frame there").isZero();
      written(0);
      int at = stateOffset + step.frameInState();
      assertThat(step.frameInState()).isBetween(0, step.stateLength() - outSize);
      return Arrays.copyOfRange(state, at, at + outSize);
    }

    float[] flush(int call) {
      refill();
      return written(step.flush(call, state, stateOffset, out, outOffset, scratch));
    }

    float[] state() {
      return Arrays.copyOfRange(state, stateOffset, stateOffset + step.stateLength());
    }

    private void refill() {
      Arrays.fill(out, fill);
      Arrays.fill(scratch, fill);
    }

    private float[] written(int frames) {
      assertThat(frames).as("frames written").isBetween(0, step.maxFrames());
      assertUntouched(out, outOffset, frames * outSize, "out around the frames written");
      assertUntouched(state, stateOffset, step.stateLength(), "state of the neighbours");
      return Arrays.copyOfRange(out, outOffset, outOffset + frames * outSize);
    }

    private void assertUntouched(float[] values, int offset, int length, String what) {
      List<Integer> touched = new ArrayList<>();
      IntStream.range(0, values.length)
          .filter(i -> i < offset || i >= offset + length)
          .filter(i -> bits(values[i]) != bits(fill))
          .forEach(touched::add);
      assertThat(touched).as(what + ": indices written").isEmpty();
    }
  }

  private static int bits(float value) {
    return Float.floatToRawIntBits(value);
  }

  /** Fails unless both hold the same bits. */
  public static void assertSameBits(float[] actual, float[] expected, String what) {
    assertThat(actual.length).as(what + ": values").isEqualTo(expected.length);
    for (int i = 0; i < actual.length; i++) {
      if (bits(actual[i]) != bits(expected[i])) {
        throw new AssertionError(
            what + ", value " + i + ": " + actual[i] + ", expected the bits of " + expected[i]);
      }
    }
  }
}
