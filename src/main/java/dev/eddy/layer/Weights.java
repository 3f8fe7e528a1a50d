package dev.eddy.layer;

/**
 * The learnt numbers of one layer, by tensor name; immutable, shared by all threads.
 *
 * <p>Whoever makes one has compared names and shapes with the layer's {@link Layer#tensors}.
 */
@FunctionalInterface
public interface Weights {

  /**
   * A tensor's values, row-major. Not a copy: callers must not change it.
   *
   * @param name one of the names in {@link Layer#tensors}
   */
  float[] tensor(String name);
}
