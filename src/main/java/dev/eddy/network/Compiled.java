package dev.eddy.network;

import dev.eddy.layer.MergeStep;
import dev.eddy.layer.Step;

/** What a task runs: one node, compiled. */
abstract sealed class Compiled {
  final int[] reads; // indices of the nodes read, -1 for the network's input
  final int[] inputSizes; // [port]
  final int outputSize;
  final int maxFrames; // the most frames written while one frame, or one flush call, goes through
  final int frameAt; // where the frame lies in a key's state, -1 for one that is written elsewhere

  private Compiled(int[] reads, int[] inputSizes, int outputSize, int maxFrames) {
    this(reads, inputSizes, outputSize, maxFrames, -1);
  }

  private Compiled(int[] reads, int[] inputSizes, int outputSize, int maxFrames, int frameAt) {
    this.reads = reads;
    this.inputSizes = inputSizes;
    this.outputSize = outputSize;
    this.maxFrames = maxFrames;
    this.frameAt = frameAt;
  }

  static final class OfLayer extends Compiled {
    final Step step;
    final int stateOffset;
    final int read; // the one node read
    final int inputSize;
    private final int frameInState;

    OfLayer(
        int[] reads, int[] inputSizes, int outputSize, int maxFrames, Step step, int stateOffset) {
      super(
          reads,
          inputSizes,
          outputSize,
          maxFrames,
          step.frameInState() >= 0 && maxFrames == 1 ? stateOffset + step.frameInState() : -1);
      this.step = step;
      this.stateOffset = stateOffset;
      this.read = reads[0];
      this.inputSize = inputSizes[0];
      this.frameInState = step.frameInState();
    }

    /** Copies the frame that a step left in the state, where several are to lie in a row. */
    void copyFrame(float[] state, float[] written, int offset) {
      if (frameAt < 0 && frameInState >= 0) {
        System.arraycopy(state, stateOffset + frameInState, written, offset, outputSize);
      }
    }
  }

  /** A node that another does the work of; whoever would read it reads that one. */
  static final class OfFolded extends Compiled {
    OfFolded(int[] reads, int outputSize) {
      super(reads, new int[] {outputSize}, outputSize, 0);
    }
  }

  static final class OfPrevious extends Compiled {
    final int fed; // index of the node that is fed back, -1 for the network's input
    private final float[] start; // before the first frame
    private final int stateOffset;

    OfPrevious(int[] reads, int outputSize, int fed, float[] start, int stateOffset) {
      super(reads, new int[] {outputSize}, outputSize, 1);
      this.fed = fed;
      this.start = start;
      this.stateOffset = stateOffset;
    }

    void reset(float[] state) {
      System.arraycopy(start, 0, state, stateOffset, outputSize);
    }

    void get(float[] state, float[] out) {
      System.arraycopy(state, stateOffset, out, 0, outputSize);
    }

    void set(float[] from, int fromOffset, float[] state) {
      System.arraycopy(from, fromOffset, state, stateOffset, outputSize);
    }
  }

  static final class OfMerge extends Compiled {
    final MergeStep step;
    final FrameQueue[] queues; // [port]

    OfMerge(
        int[] reads,
        int[] inputSizes,
        int outputSize,
        int maxFrames,
        MergeStep step,
        int[] capacities,
        int stateOffset) {
      super(reads, inputSizes, outputSize, maxFrames);
      this.step = step;
      this.queues = new FrameQueue[capacities.length];
      int at = stateOffset;
      for (int port = 0; port < capacities.length; port++) {
        queues[port] = new FrameQueue(at, capacities[port], inputSizes[port]);
        at += (int) FrameQueue.length(capacities[port], inputSizes[port]);
      }
    }
  }
}
