package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A transposed convolution that keeps the unfinished tail of its output, without bias.
 *
 * <p>The tail begins with frames that are finished but held back ({@link DeconvClock}). An input
 * frame adds its {@code extent} frames behind those; then the first {@code stride} frames leave,
 * and the rest becomes the new tail. For each position within the frame one product gives all taps
 * of all filters.
 */
final class DeconvStep implements Step {
  private static final int STARTED = 0;
  private static final int SKIP = 1;
  private static final int TAIL = 2;

  private final Kernels kernels;
  private final Space space;
  private final int groups;
  private final int channels;
  private final int height;
  private final int width;
  private final int outHeight;
  private final int outWidth;
  private final int filters;
  private final int frameSize; // of an output frame
  private final int held; // frames
  private final int skip; // frames
  private final int rest; // frames
  private final int open; // frames of tail and addition together
  private final int tail; // frames
  private final float[] bias; // [filters]
  private final Matrix[] byGroup; // [groups] of [taps * filters / groups][channels / groups]
  private final List<StatePart> parts;

  DeconvStep(Deconv deconv, Shape input, Weights weights, Kernels kernels) {
    this.kernels = kernels;
    this.space = deconv.space(input);
    this.groups = deconv.groups();
    this.channels = input.channels();
    this.height = Space.heightOf(input);
    this.width = Space.widthOf(input);
    Shape output = deconv.output(input);
    this.outHeight = Space.heightOf(output);
    this.outWidth = Space.widthOf(output);
    this.filters = deconv.filters();
    this.frameSize = output.size();
    Axis time = space.time();
    int outputPadding = deconv.timeOutputPadding(input);
    this.held = DeconvClock.held(time, outputPadding);
    this.skip = DeconvClock.firstSkip(time, outputPadding);
    this.rest = DeconvClock.rest(time, outputPadding);
    this.open = Math.max(held + time.extent(), time.stride());
    this.tail = open - time.stride();
    this.bias = deconv.bias() ? weights.tensor("bias").clone() : new float[filters];
    this.byGroup = byGroup(weights);

    List<StatePart> list = new ArrayList<>();
    if (tail > 0 || skip > 0 || rest > 0) {
      String window =
          "k"
              + time.kernel()
              + ".s"
              + time.stride()
              + ".d"
              + time.dilation()
              + ".c"
              + time.before()
              + "."
              + time.after();
      list.add(new StatePart("started." + window, 1));
      list.add(new StatePart("skip." + window, 1));
      if (tail > 0) {
        list.add(new StatePart("tail." + window, Math.multiplyExact(tail, frameSize)));
      }
    }
    this.parts = List.copyOf(list);
  }

  private Matrix[] byGroup(Weights weights) {
    float[] weight = weights.tensor("weight");
    int taps = space.taps();
    int ins = channels / groups;
    int outs = filters / groups;
    Matrix[] matrices = new Matrix[groups];
    for (int group = 0; group < groups; group++) {
      int first = group * ins;
      matrices[group] =
          weights.matrix(
              (row, to) -> { // taps slowest
                int out = row % outs;
                int tap = row / outs;
                for (int in = 0; in < ins; in++) {
                  to[in] = weight[((first + in) * outs + out) * taps + tap];
                }
              },
              new float[taps * outs],
              ins);
    }
    return matrices;
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public void reset(float[] state, int stateOffset) {
    Step.super.reset(state, stateOffset);
    if (!parts.isEmpty()) {
      state[stateOffset + SKIP] = skip;
    }
  }

  @Override
  public int scratchLength() {
    return Math.max(open, rest) * frameSize + space.taps() * (filters / groups) + channels / groups;
  }

  @Override
  public int maxFrames() {
    return Math.max(space.time().stride(), rest);
  }

  @Override
  public int step(
      float[] in,
      int inOffset,
      float[] state,
      int stateOffset,
      float[] out,
      int outOffset,
      float[] scratch) {
    int stride = space.time().stride();
    if (tail > 0) {
      System.arraycopy(state, stateOffset + TAIL, scratch, 0, tail * frameSize);
    }
    Arrays.fill(scratch, tail * frameSize, open * frameSize, 0f);
    add(in, inOffset, scratch);
    if (tail > 0) {
      System.arraycopy(scratch, stride * frameSize, state, stateOffset + TAIL, tail * frameSize);
    }
    if (!parts.isEmpty()) {
      state[stateOffset + STARTED] = 1f;
    }
    return emit(scratch, 0, stride, state, stateOffset, out, outOffset);
  }

  /** Adds what one input frame gives to the open frames, from frame {@code held} on. */
  private void add(float[] in, int inOffset, float[] scratch) {
    int taps = space.taps();
    int ins = channels / groups;
    int outs = filters / groups;
    int product = open * frameSize; // in scratch: [taps][outs]
    int gathered = product + taps * outs;
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int at = inOffset + row * width + column;
        for (int group = 0; group < groups; group++) {
          for (int i = 0; i < ins; i++) {
            scratch[gathered + i] = in[at + (group * ins + i) * height * width];
          }
          kernels.affine(
              byGroup[group], scratch, gathered, scratch, product, Turn.isBackwards(scratch));
          scatter(scratch, product, row, column, group * outs, outs);
        }
      }
    }
  }

  private void scatter(
      float[] scratch, int product, int row, int column, int firstFilter, int outs) {
    Axis time = space.time();
    int top = row * space.height().stride() - space.height().before();
    int left = column * space.width().stride() - space.width().before();
    int positions = outHeight * outWidth;
    int from = product;
    for (int tap = 0; tap < time.kernel(); tap++) {
      int frame = (held + tap * time.dilation()) * frameSize;
      for (int i = 0, y = top; i < space.height().kernel(); i++, y += space.height().dilation()) {
        for (int j = 0, x = left; j < space.width().kernel(); j++, x += space.width().dilation()) {
          if (y >= 0 && y < outHeight && x >= 0 && x < outWidth) {
            int to = frame + firstFilter * positions + y * outWidth + x;
            for (int filter = 0; filter < outs; filter++) {
              scratch[to + filter * positions] += scratch[from + filter];
            }
          }
          from += outs;
        }
      }
    }
  }

  /** Writes {@code frames} open frames with their bias, but those still to be skipped. */
  private int emit(
      float[] values,
      int offset,
      int frames,
      float[] state,
      int stateOffset,
      float[] out,
      int outOffset) {
    int skipped = 0;
    if (skip > 0) {
      skipped = Math.min((int) state[stateOffset + SKIP], frames);
      state[stateOffset + SKIP] -= skipped;
    }
    int positions = outHeight * outWidth;
    int to = outOffset;
    int from = offset + skipped * frameSize;
    for (int frame = skipped; frame < frames; frame++) {
      for (int filter = 0; filter < filters; filter++) {
        float b = bias[filter];
        for (int i = 0; i < positions; i++) {
          out[to++] = values[from++] + b;
        }
      }
    }
    return frames - skipped;
  }

  @Override
  public int flushCalls() {
    return rest > 0 ? 1 : 0;
  }

  @Override
  public int flush(
      int call, float[] state, int stateOffset, float[] out, int outOffset, float[] scratch) {
    if (state[stateOffset + STARTED] == 0f) {
      return 0;
    }
    // nothing is held here: held and rest are not both positive
    int kept = Math.min(tail, rest) * frameSize; // output padding may reach past the tail
    if (kept > 0) {
      System.arraycopy(state, stateOffset + TAIL, scratch, 0, kept);
    }
    Arrays.fill(scratch, kept, rest * frameSize, 0f);
    return emit(scratch, 0, rest, state, stateOffset, out, outOffset);
  }
}
