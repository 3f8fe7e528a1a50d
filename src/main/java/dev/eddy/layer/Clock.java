package dev.eddy.layer;

/**
 * When a layer emits, without what: the data-independent half of {@link Step}, counted for one
 * sequence. Used when a network is compiled, to find out how far branches lag behind each other.
 */
public interface Clock {

  /** Consumes one frame; returns the frames emitted, as {@link Step#step} does. */
  int step();

  /** As {@link Step#flushCalls}. */
  int flushCalls();

  /** As {@link Step#flush} does. */
  int flush(int call);

  /** A clock in the same position that goes on independently. */
  Clock copy();

  /** One frame out for each frame in, nothing at the end. */
  Clock EVERY =
      new Clock() {
        @Override
        public int step() {
          return 1;
        }

        @Override
        public int flushCalls() {
          return 0;
        }

        @Override
        public int flush(int call) {
          return 0;
        }

        @Override
        public Clock copy() {
          return this;
        }
      };
}
