package dev.eddy.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {

  @Test
  void shouldKnowItsSize() {
    Shape shape = Shape.of(3, 28, 20);
    assertThat(shape.channels()).isEqualTo(3);
    assertThat(shape.rank()).isEqualTo(3);
    assertThat(shape.dimension(2)).isEqualTo(20);
    assertThat(shape.size()).isEqualTo(3 * 28 * 20);
    assertThat(shape).hasToString("[3, 28, 20]");
    assertThat(Shape.of(16)).hasToString("[16]");
  }

  @Test
  void shouldEqualByItsDimensionsAndNotFollowTheirArray() {
    int[] dimensions = {2, 3};
    Shape shape = Shape.of(dimensions);
    dimensions[0] = 9;
    assertThat(shape).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
    assertThat(shape).isNotEqualTo(Shape.of(3, 2)).isNotEqualTo(Shape.of(6));
  }

  @Test
  void shouldRefuseWhatIsNoFrame() {
    assertRefused("a frame has 1 to 3 dimensions (channels, height, width), got []");
    assertRefused(
        "a frame has 1 to 3 dimensions (channels, height, width), got [1, 2, 3, 4]", 1, 2, 3, 4);
    assertRefused("every dimension of a frame must be at least 1, got [3, 0]", 3, 0);
    assertRefused(
        "a frame holds at most 16777216 values, got [65536, 65536, 65536]", 65536, 65536, 65536);
  }

  private static void assertRefused(String message, int... dimensions) {
    assertThatThrownBy(() -> Shape.of(dimensions))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
