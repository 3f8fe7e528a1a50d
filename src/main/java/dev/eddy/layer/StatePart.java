package dev.eddy.layer;

/**
 * A named range of a layer's state.
 *
 * @param name what it is; carries whatever gives the values their meaning (a dilation, a stride),
 *     so that equal names and lengths mean that one layer can go on with what another has left
 * @param length float32 values, at least 1
 */
public record StatePart(String name, int length) {
  public StatePart {
    if (length < 1) {
      throw new IllegalArgumentException("state part " + name + " must hold at least one value");
    }
  }
}
