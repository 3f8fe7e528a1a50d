package dev.eddy.frames;

/** What stands for the frames before the first of a sequence. */
public enum Before {
  /** The first frame itself. */
  FIRST,
  /** Zeros. */
  ZERO,
  /** Nothing: no frame comes out before there are enough. */
  SKIP
}
