package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * A transposed convolution that keeps the unfinished tail of its output, without bias.
 *
 * <p>One product gives all {@code kernel} frames that the input adds. The first {@code stride} of
 * them, on top of the tail, are finished: no later input reaches them. The rest becomes the new
 * tail. Where the kernel is shorter than the stride, {@code stride - kernel} frames between two
 * inputs hold the bias only; they belong to the sequence only if another input follows, so they are
 * written by that one.
 */
final class DeconvStep implements Step {
  private static final int STARTED = 0;
  private static final int TAIL = 1;

  private final Kernels kernels;
  private final Deconv deconv;
  private final int channels;
  private final int filters;
  private final int finished; // frames that a step finishes of those it adds: min(kernel, stride)
  private final int gap; // bias frames between two inputs
  private final int tail; // frames
  private final float[] bias; // [filters]
  private final Matrix[] byGroup; // [groups] of [kernel * filters / groups][channels / groups]
  private final List<StatePart> parts;

  DeconvStep(Deconv deconv, int channels, Weights weights, Kernels kernels) {
    this.kernels = kernels;
    this.deconv = deconv;
    this.channels = channels;
    this.filters = deconv.filters();
    this.finished = Math.min(deconv.kernel(), deconv.stride());
    this.gap = deconv.stride() - finished;
    this.tail = deconv.kernel() - finished;
    this.bias = deconv.bias() ? weights.tensor("bias").clone() : new float[filters];
    this.byGroup = byGroup(weights.tensor("weight"), deconv, channels);

    List<StatePart> list = new ArrayList<>();
    String window = "k" + deconv.kernel() + ".s" + deconv.stride();
    list.add(new StatePart("started." + window, 1));
    if (tail > 0) {
      list.add(new StatePart("tail." + window, tail * filters));
    }
    this.parts = List.copyOf(list);
  }

  private static Matrix[] byGroup(float[] weight, Deconv deconv, int channels) {
    int kernel = deconv.kernel();
    int ins = channels / deconv.groups();
    int outs = deconv.filters() / deconv.groups();
    Matrix[] matrices = new Matrix[deconv.groups()];
    for (int group = 0; group < deconv.groups(); group++) {
      float[] rows = new float[kernel * outs * ins];
      for (int tap = 0; tap < kernel; tap++) {
        for (int out = 0; out < outs; out++) {
          for (int in = 0; in < ins; in++) {
            rows[(tap * outs + out) * ins + in] =
                weight[((group * ins + in) * outs + out) * kernel + tap];
          }
        }
      }
      matrices[group] = Matrix.ofRows(rows, kernel * outs, ins);
    }
    return matrices;
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public int scratchLength() {
    int added = deconv.kernel() * filters;
    return deconv.groups() == 1 ? added : added + added / deconv.groups();
  }

  @Override
  public int maxFrames() {
    return Math.max(deconv.stride(), tail);
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
    add(in, inOffset, scratch);
    int at = outOffset;
    if (state[stateOffset + STARTED] != 0f) {
      for (int frame = 0; frame < gap; frame++, at += filters) {
        System.arraycopy(bias, 0, out, at, filters);
      }
    }
    state[stateOffset + STARTED] = 1f;
    int tailOffset = stateOffset + TAIL;
    for (int frame = 0; frame < finished; frame++, at += filters) {
      boolean overlaps = frame < tail;
      for (int i = 0; i < filters; i++) {
        float held = overlaps ? state[tailOffset + frame * filters + i] : 0f;
        out[at + i] = bias[i] + (held + scratch[frame * filters + i]);
      }
    }
    int kept = (tail - finished) * filters; // of the old tail, still unfinished
    int shift = finished * filters;
    for (int i = 0; i < tail * filters; i++) {
      float held = i < kept ? state[tailOffset + shift + i] : 0f;
      state[tailOffset + i] = held + scratch[shift + i];
    }
    return (at - outOffset) / filters;
  }

  /** All that one input frame adds, {@code [kernel][filters]}. */
  private void add(float[] in, int inOffset, float[] scratch) {
    int added = deconv.kernel() * filters;
    java.util.Arrays.fill(scratch, 0, scratchLength(), 0f);
    if (byGroup.length == 1) {
      kernels.multiplyAdd(byGroup[0], in, inOffset, scratch, 0);
      return;
    }
    int ins = channels / byGroup.length;
    int outs = filters / byGroup.length;
    for (int group = 0; group < byGroup.length; group++) {
      java.util.Arrays.fill(scratch, added, added + deconv.kernel() * outs, 0f);
      kernels.multiplyAdd(byGroup[group], in, inOffset + group * ins, scratch, added);
      for (int tap = 0; tap < deconv.kernel(); tap++) {
        System.arraycopy(scratch, added + tap * outs, scratch, tap * filters + group * outs, outs);
      }
    }
  }

  @Override
  public int flushCalls() {
    return tail > 0 ? 1 : 0;
  }

  @Override
  public int flush(
      int call, float[] state, int stateOffset, float[] out, int outOffset, float[] scratch) {
    if (state[stateOffset + STARTED] == 0f) {
      return 0;
    }
    for (int i = 0; i < tail * filters; i++) {
      out[outOffset + i] = bias[i % filters] + state[stateOffset + TAIL + i];
    }
    return tail;
  }
}
