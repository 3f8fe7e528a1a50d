package dev.eddy.network;

/**
 * Steps a network: one thread's scratch space, and nothing of any key. Not thread-safe; cheap to
 * keep, so keep one per thread.
 *
 * <p>Every node has a buffer for the frames that it writes while one input frame goes through.
 * Nodes run in graph order, each once for every frame that the node it reads has just written. To
 * end a sequence, the nodes are flushed in the same order: what a node held back goes through all
 * nodes after it before those are flushed themselves.
 */
public final class NetworkTask {
  private final Network network;
  private final Network.Compiled[] nodes;
  private final float[][] written; // [nodes][maxFrames * outputSize]
  private final int[] frames; // [nodes] written in this round
  private final float[] scratch;

  NetworkTask(Network network) {
    this.network = network;
    this.nodes = network.nodes;
    this.written = new float[nodes.length][];
    for (int i = 0; i < nodes.length; i++) {
      written[i] = new float[nodes[i].maxFrames * nodes[i].outputSize];
    }
    this.frames = new int[nodes.length];
    this.scratch = new float[network.scratchLength];
  }

  /** The network that this task steps. */
  public Network network() {
    return network;
  }

  /**
   * Consumes one frame.
   *
   * @param in one input frame from {@code inOffset}; not modified
   * @param state the key's state; becomes the state after this frame
   * @param sink gets the frames that are ready, in order
   * @return frames emitted; 0 while a stride has not come round
   * @throws IllegalArgumentException if an array is too short
   */
  public int step(float[] in, int inOffset, float[] state, FrameSink sink) {
    network.checkState(state);
    if (inOffset < 0 || in.length - inOffset < network.input().size()) {
      throw new IllegalArgumentException(
          "the frame holds " + (in.length - inOffset) + " values, expected " + network.input());
    }
    for (int i = 0; i < nodes.length; i++) {
      int reads = nodes[i].reads;
      frames[i] =
          reads < 0
              ? run(i, in, inOffset, 1, state)
              : run(i, written[reads], 0, frames[reads], state);
    }
    return emit(sink);
  }

  /**
   * Ends the sequence: emits what lookahead and overlapping outputs held back, then resets the
   * state.
   *
   * @param state the key's state; becomes a fresh one
   * @return frames emitted
   */
  public int flush(float[] state, FrameSink sink) {
    network.checkState(state);
    int emitted = 0;
    for (int i = 0; i < nodes.length; i++) {
      for (int call = 0; call < nodes[i].step.flushCalls(); call++) {
        emitted += flush(i, call, state, sink);
      }
    }
    network.reset(state);
    return emitted;
  }

  private int flush(int flushed, int call, float[] state, FrameSink sink) {
    java.util.Arrays.fill(frames, 0);
    frames[flushed] =
        nodes[flushed].step.flush(
            call, state, nodes[flushed].stateOffset, written[flushed], 0, scratch);
    for (int i = flushed + 1; i < nodes.length; i++) {
      int reads = nodes[i].reads;
      frames[i] = reads < 0 ? 0 : run(i, written[reads], 0, frames[reads], state);
    }
    return emit(sink);
  }

  /** Runs node {@code i} over {@code count} frames; returns the frames it wrote. */
  private int run(int i, float[] in, int inOffset, int count, float[] state) {
    Network.Compiled node = nodes[i];
    float[] out = written[i];
    int frames = 0;
    for (int frame = 0; frame < count; frame++) {
      frames +=
          node.step.step(
              in,
              inOffset + frame * node.inputSize,
              state,
              node.stateOffset,
              out,
              frames * node.outputSize,
              scratch);
    }
    return frames;
  }

  private int emit(FrameSink sink) {
    int last = nodes.length - 1;
    for (int frame = 0; frame < frames[last]; frame++) {
      sink.frame(written[last], frame * nodes[last].outputSize);
    }
    return frames[last];
  }
}
