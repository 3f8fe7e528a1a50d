package dev.eddy.model.onnx;

import dev.eddy.layer.Shape;
import dev.eddy.model.ModelException;
import java.util.Arrays;
import java.util.StringJoiner;

/** What is known, while a graph is lowered, of one of its tensors. */
sealed interface Value {

  /** Its element type. */
  ElementType type();

  /**
   * A tensor that depends on no record: a weight, or arithmetic on shapes. Where the length of the
   * sequence goes into it, there is one sample for each length that is tried; else a single one.
   */
  final class Known implements Value {
    private final OnnxTensor[] samples;

    private Known(OnnxTensor[] samples) {
      this.samples = samples;
    }

    static Known of(OnnxTensor tensor) {
      return new Known(new OnnxTensor[] {tensor});
    }

    /** One sample for each length tried, or a single one where they are all the same. */
    static Known of(OnnxTensor[] samples) {
      for (OnnxTensor sample : samples) {
        if (!same(sample, samples[0])) {
          return new Known(samples);
        }
      }
      return of(samples[0]);
    }

    private static boolean same(OnnxTensor a, OnnxTensor b) {
      if (a == b) {
        return true;
      }
      return a.type() == b.type()
          && Arrays.equals(a.dimensions(), b.dimensions())
          && (a.type().isFloat()
              ? Arrays.equals(a.floats(), b.floats())
              : Arrays.equals(a.integers(), b.integers()));
    }

    /** Whether it is the same for every length of a sequence. */
    boolean isFixed() {
      return samples.length == 1;
    }

    OnnxTensor sample(int length) {
      return samples[isFixed() ? 0 : length];
    }

    /** Its rank, the same for every length. */
    int rank() {
      return samples[0].rank();
    }

    @Override
    public ElementType type() {
      return samples[0].type();
    }
  }

  /**
   * A tensor of which every record makes one frame: the frames of a node of the lowered graph. With
   * a time axis it is a sequence of frames, which stand along that axis; without one it is a single
   * frame, of the whole sequence or, in a graph written for one step, of each step.
   *
   * @param node the node of the lowered graph that emits the frames
   * @param shape the node's shape; its values are those of {@code dimensions} without time, in
   *     order
   * @param type its element type in the file; frames are float32 whatever it is
   * @param dimensions of the tensor, {@link #TIME} in the place of the time axis
   * @param lengths frames along time, for each length of the sequence that is tried; empty without
   *     a time axis
   * @param end null but for a single frame that is known at the end of the sequence only: the
   *     operator that waits for the end, as messages name it
   */
  record Frames(
      String node, Shape shape, ElementType type, int[] dimensions, long[] lengths, String end)
      implements Value {
    /** In the place of a dimension: the frames of the sequence. */
    static final int TIME = -1;

    public Frames {
      if (size(dimensions) != shape.size()) {
        throw new IllegalArgumentException(
            "dimensions " + Arrays.toString(dimensions) + " of frames of " + shape);
      }
    }

    int rank() {
      return dimensions.length;
    }

    /** The time axis, -1 without one. */
    int time() {
      for (int axis = 0; axis < dimensions.length; axis++) {
        if (dimensions[axis] == TIME) {
          return axis;
        }
      }
      return -1;
    }

    boolean hasTime() {
      return time() >= 0;
    }

    /** The dimensions without time. */
    int[] frame() {
      return Arrays.stream(dimensions).filter(dimension -> dimension != TIME).toArray();
    }

    /** The place that an axis of the tensor, not time, has among those of a frame. */
    int frameAxis(int axis) {
      return hasTime() && axis > time() ? axis - 1 : axis;
    }

    /** The same frames seen as a tensor of other dimensions, which hold as many values. */
    Frames seenAs(int... dimensions) {
      return new Frames(node, shape, type, dimensions, lengths, end);
    }

    Frames ofType(ElementType type) {
      return new Frames(node, shape, type, dimensions, lengths, end);
    }

    /** Such as {@code [1, time, 3]}. */
    String text() {
      StringJoiner text = new StringJoiner(", ", "[", "]");
      for (int dimension : dimensions) {
        text.add(dimension == TIME ? "time" : Integer.toString(dimension));
      }
      return text.toString();
    }

    private static int size(int[] dimensions) {
      int size = 1;
      for (int dimension : dimensions) {
        size *= dimension == TIME ? 1 : dimension;
      }
      return size;
    }
  }

  /** A graph input that holds what a recurrent operator starts from: zeros, until a record came. */
  record Start(String name, ElementType type, int[] dimensions) implements Value {}

  /** What a recurrent operator ends in, where that is a graph output: the key's state has it. */
  record Rest(String start, ElementType type) implements Value {}

  /**
   * The frames of a sequence less their mean over time, or the squares of that: known at the end
   * only, so nothing but a variance can be made of it.
   *
   * @param squared whether it is the squares
   * @param refusal what is wrong with any other use
   */
  record Centred(Frames of, boolean squared, ModelException refusal) implements Value {
    @Override
    public ElementType type() {
      return of.type();
    }
  }
}
