package dev.eddy.network;

import java.util.Arrays;

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
  private final float[][] met; // [port] where each of the frames that meet is found
  private final int[] metOffsets;

  NetworkTask(Network network) {
    this.network = network;
    this.nodes = network.nodes;
    this.written = new float[nodes.length][];
    for (int i = 0; i < nodes.length; i++) {
      written[i] = new float[nodes[i].maxFrames * nodes[i].outputSize];
    }
    this.frames = new int[nodes.length];
    int ports = 0;
    for (Network.Compiled node : nodes) {
      ports = Math.max(ports, node.reads.length);
    }
    this.met = new float[ports][];
    this.metOffsets = new int[ports];
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
      frames[i] = run(i, in, inOffset, 1, state);
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
      int calls = nodes[i].step == null ? 0 : nodes[i].step.flushCalls();
      for (int call = 0; call < calls; call++) {
        emitted += flush(i, call, state, sink);
      }
    }
    network.reset(state);
    return emitted;
  }

  private int flush(int flushed, int call, float[] state, FrameSink sink) {
    Arrays.fill(frames, 0);
    frames[flushed] =
        nodes[flushed].step.flush(
            call, state, nodes[flushed].stateOffset, written[flushed], 0, scratch);
    for (int i = flushed + 1; i < nodes.length; i++) {
      frames[i] = run(i, null, 0, 0, state);
    }
    return emit(sink);
  }

  /**
   * Runs node {@code i} over what the nodes that it reads have written in this round.
   *
   * @param in the network's input, {@code inputs} frames from {@code inOffset}
   * @return frames written
   */
  private int run(int i, float[] in, int inOffset, int inputs, float[] state) {
    Network.Compiled node = nodes[i];
    if (node.merge != null) {
      return node.neverWaits
          ? meet(node, i, in, inOffset, inputs)
          : meetQueued(node, i, in, inOffset, inputs, state);
    }
    int read = node.reads[0];
    float[] from = read < 0 ? in : written[read];
    int fromOffset = read < 0 ? inOffset : 0;
    int count = read < 0 ? inputs : frames[read];
    int size = node.inputSizes[0];
    float[] out = written[i];
    int emitted = 0;
    for (int frame = 0; frame < count; frame++) {
      emitted +=
          node.step.step(
              from,
              fromOffset + frame * size,
              state,
              node.stateOffset,
              out,
              emitted * node.outputSize,
              scratch);
    }
    return emitted;
  }

  /** Branches without lag against each other: as many frames have come from each. */
  private int meet(Network.Compiled node, int i, float[] in, int inOffset, int inputs) {
    int count = node.reads[0] < 0 ? inputs : frames[node.reads[0]];
    for (int frame = 0; frame < count; frame++) {
      for (int port = 0; port < node.reads.length; port++) {
        int read = node.reads[port];
        met[port] = read < 0 ? in : written[read];
        metOffsets[port] = (read < 0 ? inOffset : 0) + frame * node.inputSizes[port];
      }
      merge(node, i, frame);
    }
    return count;
  }

  /** First what waits, then what has come in this round; what finds no partner waits. */
  private int meetQueued(
      Network.Compiled node, int i, float[] in, int inOffset, int inputs, float[] state) {
    int ports = node.reads.length;
    int count = Integer.MAX_VALUE;
    for (int port = 0; port < ports; port++) {
      int come = node.reads[port] < 0 ? inputs : frames[node.reads[port]];
      count = Math.min(count, waiting(node, port, state) + come);
    }
    for (int frame = 0; frame < count; frame++) {
      for (int port = 0; port < ports; port++) {
        find(node, port, frame, in, inOffset, state);
      }
      merge(node, i, frame);
    }
    for (int port = 0; port < ports; port++) {
      keep(node, port, count, in, inOffset, inputs, state);
    }
    return count;
  }

  private void merge(Network.Compiled node, int i, int frame) {
    node.merge.apply(
        met, metOffsets, node.inputSizes, node.reads.length, written[i], frame * node.outputSize);
  }

  private static int waiting(Network.Compiled node, int port, float[] state) {
    return node.capacities[port] == 0 ? 0 : (int) state[node.queueOffsets[port] + 1];
  }

  private void find(
      Network.Compiled node, int port, int frame, float[] in, int inOffset, float[] state) {
    int waiting = waiting(node, port, state);
    int size = node.inputSizes[port];
    if (frame < waiting) {
      int queue = node.queueOffsets[port];
      int place = ((int) state[queue] + frame) % node.capacities[port];
      met[port] = state;
      metOffsets[port] = queue + Network.QUEUE + place * size;
    } else {
      int read = node.reads[port];
      met[port] = read < 0 ? in : written[read];
      metOffsets[port] = (read < 0 ? inOffset : 0) + (frame - waiting) * size;
    }
  }

  /**
   * Takes {@code used} frames off a queue and puts those behind it that have come and were not
   * used.
   */
  private void keep(
      Network.Compiled node,
      int port,
      int used,
      float[] in,
      int inOffset,
      int inputs,
      float[] state) {
    int capacity = node.capacities[port];
    if (capacity == 0) {
      return;
    }
    int read = node.reads[port];
    int come = read < 0 ? inputs : frames[read];
    int queue = node.queueOffsets[port];
    int size = node.inputSizes[port];
    int waiting = (int) state[queue + 1];
    int taken = Math.min(used, waiting);
    int head = ((int) state[queue] + taken) % capacity;
    int left = waiting - taken;
    for (int frame = used - taken; frame < come; frame++, left++) {
      int place = (head + left) % capacity;
      System.arraycopy(
          read < 0 ? in : written[read],
          (read < 0 ? inOffset : 0) + frame * size,
          state,
          queue + Network.QUEUE + place * size,
          size);
    }
    state[queue] = head;
    state[queue + 1] = left;
  }

  private int emit(FrameSink sink) {
    int last = nodes.length - 1;
    for (int frame = 0; frame < frames[last]; frame++) {
      sink.frame(written[last], frame * nodes[last].outputSize);
    }
    return frames[last];
  }
}
