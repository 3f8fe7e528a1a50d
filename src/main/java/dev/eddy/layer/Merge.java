package dev.eddy.layer;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Several streams of frames become one, frame number by frame number: branches that lag differently
 * are aligned by the network.
 *
 * @param how what is made of the frames
 */
public record Merge(How how) implements Operation {

  /** Element-wise over frames of one shape, but for concatenation. */
  public enum How {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    MAX,
    MIN,
    /** One after the other along the channels. */
    CONCAT;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Merge {
    Objects.requireNonNull(how, "how");
  }

  @Override
  public String kind() {
    return how.word();
  }

  /**
   * The shape of the frames that go out.
   *
   * @param inputs at least 2
   * @throws IllegalArgumentException if frames of these shapes can't meet
   */
  public Shape output(List<Shape> inputs) {
    if (inputs.size() < 2) {
      throw new IllegalArgumentException(
          "needs at least 2 layers to read from, got " + inputs.size());
    }
    if (inputs.size() > 2 && (how == How.SUBTRACT || how == How.DIVIDE)) {
      throw new IllegalArgumentException("takes 2 layers to read from, got " + inputs.size());
    }
    Shape first = inputs.get(0);
    int channels = 0;
    for (Shape shape : inputs) {
      boolean fits =
          how == How.CONCAT
              ? shape.rank() == first.rank()
                  && Space.heightOf(shape) == Space.heightOf(first)
                  && Space.widthOf(shape) == Space.widthOf(first)
              : shape.equals(first);
      if (!fits) {
        throw new IllegalArgumentException("frames of " + first + " and " + shape + " can't meet");
      }
      channels += shape.channels();
    }
    return how == How.CONCAT
        ? Space.shape(first, channels, Space.heightOf(first), Space.widthOf(first))
        : first;
  }

  /**
   * Makes one frame of several.
   *
   * @param ins the frames, each from its offset with its size; not modified
   */
  public void apply(
      float[][] ins, int[] inOffsets, int[] sizes, int count, float[] out, int outOffset) {
    if (how == How.CONCAT) {
      int at = outOffset;
      for (int i = 0; i < count; i++) {
        System.arraycopy(ins[i], inOffsets[i], out, at, sizes[i]);
        at += sizes[i];
      }
      return;
    }
    System.arraycopy(ins[0], inOffsets[0], out, outOffset, sizes[0]);
    for (int i = 1; i < count; i++) {
      combine(ins[i], inOffsets[i], out, outOffset, sizes[0]);
    }
  }

  private void combine(float[] in, int inOffset, float[] out, int outOffset, int size) {
    switch (how) {
      case ADD -> {
        for (int i = 0; i < size; i++) {
          out[outOffset + i] += in[inOffset + i];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < size; i++) {
          out[outOffset + i] -= in[inOffset + i];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < size; i++) {
          out[outOffset + i] *= in[inOffset + i];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < size; i++) {
          out[outOffset + i] /= in[inOffset + i];
        }
      }
      case MAX -> {
        for (int i = 0; i < size; i++) {
          out[outOffset + i] = Math.max(out[outOffset + i], in[inOffset + i]);
        }
      }
      case MIN -> {
        for (int i = 0; i < size; i++) {
          out[outOffset + i] = Math.min(out[outOffset + i], in[inOffset + i]);
        }
      }
      case CONCAT -> throw new IllegalStateException("copied, not combined");
    }
  }
}
