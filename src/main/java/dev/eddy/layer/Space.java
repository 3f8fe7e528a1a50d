package dev.eddy.layer;

import java.util.List;

/**
 * The moves of a window over time, height and width, with an axis of one tap where there is none.
 *
 * @param time along time
 * @param height along height; {@link Axis#ONE} for frames without
 * @param width along width; {@link Axis#ONE} for frames without
 */
record Space(Axis time, Axis height, Axis width) {

  /** Fills in what {@code axes} leave out for frames of this shape. */
  static Space of(String kind, List<Axis> axes, Shape input) {
    boolean overTime = Axis.overTime(kind, axes, input);
    int first = overTime ? 1 : 0;
    int space = input.rank() - 1;
    return new Space(
        overTime ? axes.get(0) : Axis.ONE,
        space == 2 ? axes.get(first) : Axis.ONE,
        space >= 1 ? axes.get(first + space - 1) : Axis.ONE);
  }

  /** 1 where frames have none. */
  static int heightOf(Shape shape) {
    return shape.rank() == 3 ? shape.dimension(1) : 1;
  }

  /** 1 where frames have none. */
  static int widthOf(Shape shape) {
    return shape.rank() == 1 ? 1 : shape.dimension(shape.rank() - 1);
  }

  /** A shape of the same rank as {@code like}. */
  static Shape shape(Shape like, int channels, int height, int width) {
    return switch (like.rank()) {
      case 1 -> Shape.of(channels);
      case 2 -> Shape.of(channels, width);
      default -> Shape.of(channels, height, width);
    };
  }

  /** Taps over all axes. */
  int taps() {
    return Math.multiplyExact(Math.multiplyExact(time.kernel(), height.kernel()), width.kernel());
  }
}
