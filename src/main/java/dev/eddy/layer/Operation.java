package dev.eddy.layer;

/**
 * What a node of a network does: a {@link Layer} reads one stream of frames, a {@link Merge}
 * several, and {@link Previous} is what another node gave one frame before.
 */
public sealed interface Operation permits Layer, Merge, Previous {

  /** The word for it in descriptions and messages, such as {@code conv}. */
  String kind();
}
