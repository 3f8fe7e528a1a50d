package dev.eddy.network;

import dev.eddy.layer.Rate;
import dev.eddy.layer.Turn;
import java.util.Arrays;

/**
 * Steps a network: one thread's scratch space, and nothing of any key. Not thread-safe; cheap to
 * keep, so keep one per thread.
 *
 * <p>Every node has a buffer for the frames that it writes while one input frame goes through.
 * Nodes run in graph order, each once for every frame that the node it reads has just written. To
 * end a sequence, the nodes are flushed in the same order: what a node held back goes through all
 * nodes after it before those are flushed themselves.
 *
 * <p>Feedback gives what it holds when its turn comes, and takes what it is to give next when all
 * nodes have run; an end of a sequence passes it by.
 */
public final class NetworkTask {
  private final Network network;
  private final Compiled[] nodes;
  final float[][] written; // [nodes][maxFrames * outputSize]
  final int[] frames; // [nodes] written in this round
  private final float[] scratch;
  private final int inputSize;
  private final Compiled.OfPrevious[] feedback;
  private final float[][] met; // [port] where each of the frames that meet is found
  private final int[] metOffsets;

  private float[] ahead; // a copy of a key's state and the frame to feed next; made by a rollout
  private float[] fed;

  private float[] input; // the network's, in this round
  private int inputOffset;
  private int inputFrames; // 1 in a step, 0 in a flush

  NetworkTask(Network network) {
    this(network, new float[network.scratchLength + Turn.LENGTH]);
  }

  /** {@code scratch}: what several tasks of one thread may share, the turn behind it. */
  NetworkTask(Network network, float[] scratch) {
    this.network = network;
    this.nodes = network.nodes;
    this.written = new float[nodes.length][];
    int ports = 0;
    for (int i = 0; i < nodes.length; i++) {
      written[i] = new float[nodes[i].maxFrames * nodes[i].outputSize];
      ports = Math.max(ports, nodes[i].reads.length);
    }
    this.frames = new int[nodes.length];
    this.feedback =
        Arrays.stream(nodes)
            .filter(Compiled.OfPrevious.class::isInstance)
            .map(Compiled.OfPrevious.class::cast)
            .toArray(Compiled.OfPrevious[]::new);
    this.met = new float[ports][];
    this.metOffsets = new int[ports];
    this.scratch = scratch;
    this.inputSize = network.input().size();
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
    begin(in, inOffset, state);
    Turn.next(scratch);
    for (int i = 0; i < nodes.length; i++) {
      runNode(i, state);
    }
    end(state);
    return emit(sink);
  }

  /** The first part of a step, before its nodes run. */
  void begin(float[] in, int inOffset, float[] state) {
    network.checkState(state);
    checkFrame(in, inOffset);
    input = in;
    inputOffset = inOffset;
    inputFrames = 1;
  }

  void runNode(int i, float[] state) {
    frames[i] = run(i, state);
  }

  /** The last part of a step, after its nodes have run and before frames are emitted. */
  void end(float[] state) {
    for (Compiled.OfPrevious previous : feedback) {
      previous.set(source(previous.fed), sourceOffset(previous.fed), state);
    }
    input = null;
  }

  private void checkFrame(float[] in, int inOffset) {
    if (inOffset < 0 || in.length - inOffset < inputSize) {
      throw new IllegalArgumentException(
          "the frame holds " + (in.length - inOffset) + " values, expected " + network.input());
    }
  }

  /**
   * Ends the sequence: emits what lookahead and overlapping outputs held back, then resets the
   * state. Where branches of unequal length meet, what has found no partner is dropped.
   *
   * @param state the key's state; becomes a fresh one
   * @return frames emitted
   */
  public int flush(float[] state, FrameSink sink) {
    network.checkState(state);
    inputFrames = 0;
    int emitted = 0;
    for (int i = 0; i < nodes.length; i++) {
      if (nodes[i] instanceof Compiled.OfLayer layer) {
        for (int call = 0; call < layer.step.flushCalls(); call++) {
          emitted += flush(i, layer, call, state, sink);
        }
      }
    }
    network.reset(state);
    return emitted;
  }

  /**
   * Looks ahead: feeds a frame, then the network's own output, again and again, on a copy of the
   * state.
   *
   * @param in the first frame, from {@code inOffset}: usually the last one that the network emitted
   * @param count frames to emit, at least 1
   * @param state the key's state; not modified
   * @param sink gets {@code count} frames
   * @throws IllegalArgumentException if the output isn't of the input's shape, or a step does not
   *     emit the one frame that follows its input: by its rate, because it looks ahead itself, or
   *     because it is in its warm-up
   */
  public void rollout(float[] in, int inOffset, int count, float[] state, FrameSink sink) {
    network.checkState(state);
    checkFrame(in, inOffset);
    checkFeedsItself();
    if (count < 1) {
      throw new IllegalArgumentException("a rollout emits at least 1 frame, got " + count);
    }
    if (ahead == null) {
      ahead = new float[network.stateLength()];
      fed = new float[network.input().size()];
    }
    System.arraycopy(state, 0, ahead, 0, ahead.length);
    System.arraycopy(in, inOffset, fed, 0, fed.length);
    int last = network.last;
    for (int frame = 0; frame < count; frame++) {
      if (step(fed, 0, ahead, sink) != 1) {
        throw new IllegalArgumentException(
            "the network can't be fed its own output: it is in its warm-up and emits no frame");
      }
      System.arraycopy(written[last], 0, fed, 0, fed.length);
    }
  }

  private void checkFeedsItself() {
    String reason = null;
    if (!network.output().equals(network.input())) {
      reason = "it takes frames of " + network.input() + " and emits frames of " + network.output();
    } else if (!network.rate().equals(Rate.ONE)) {
      reason = "it emits " + network.rate() + " frames for each that comes in";
    } else if (network.delayFrames() > 0 || network.maxFramesPerStep() != 1) {
      reason = "its output lags behind its input by up to " + network.delayFrames() + " frames";
    }
    if (reason != null) {
      throw new IllegalArgumentException("the network can't be fed its own output: " + reason);
    }
  }

  private int flush(int flushed, Compiled.OfLayer layer, int call, float[] state, FrameSink sink) {
    Arrays.fill(frames, 0);
    frames[flushed] =
        layer.step.flush(call, state, layer.stateOffset, written[flushed], 0, scratch);
    for (int i = flushed + 1; i < nodes.length; i++) {
      frames[i] = run(i, state);
    }
    return emit(sink);
  }

  /** Runs node {@code i} over what has come in this round; returns the frames written. */
  private int run(int i, float[] state) {
    if (nodes[i] instanceof Compiled.OfLayer layer) {
      return run(i, layer, state);
    } else if (nodes[i] instanceof Compiled.OfPrevious previous) {
      previous.get(state, written[i]);
      return inputFrames;
    } else if (nodes[i] instanceof Compiled.OfFolded) {
      return 0;
    }
    return meet(i, (Compiled.OfMerge) nodes[i], state);
  }

  private int run(int i, Compiled.OfLayer layer, float[] state) {
    int read = layer.reads[0];
    int count = come(read);
    int emitted = 0;
    for (int frame = 0; frame < count; frame++) {
      emitted +=
          layer.step.step(
              source(read),
              sourceOffset(read) + frame * layer.inputSizes[0],
              state,
              layer.stateOffset,
              written[i],
              emitted * layer.outputSize,
              scratch);
    }
    return emitted;
  }

  /** Of each branch first what waits, then what has come; what finds no partner waits. */
  private int meet(int i, Compiled.OfMerge merge, float[] state) {
    int ports = merge.reads.length;
    int count = Integer.MAX_VALUE;
    for (int port = 0; port < ports; port++) {
      count = Math.min(count, merge.queues[port].waiting(state) + come(merge.reads[port]));
    }
    for (int frame = 0; frame < count; frame++) {
      for (int port = 0; port < ports; port++) {
        find(merge, port, frame, state);
      }
      merge.step.meet(met, metOffsets, written[i], frame * merge.outputSize);
    }
    for (int port = 0; port < ports; port++) {
      keepAllBut(count, merge, port, state);
    }
    return count;
  }

  private void find(Compiled.OfMerge merge, int port, int frame, float[] state) {
    FrameQueue queue = merge.queues[port];
    int waiting = queue.waiting(state);
    if (frame < waiting) {
      met[port] = state;
      metOffsets[port] = queue.offsetOf(frame, state);
    } else {
      int read = merge.reads[port];
      met[port] = source(read);
      metOffsets[port] = sourceOffset(read) + (frame - waiting) * merge.inputSizes[port];
    }
  }

  private void keepAllBut(int used, Compiled.OfMerge merge, int port, float[] state) {
    FrameQueue queue = merge.queues[port];
    int read = merge.reads[port];
    int fromQueue = Math.min(used, queue.waiting(state));
    queue.removeOldest(fromQueue, state);
    for (int frame = used - fromQueue; frame < come(read); frame++) {
      queue.add(source(read), sourceOffset(read) + frame * merge.inputSizes[port], state);
    }
  }

  float[] source(int read) {
    return read < 0 ? input : written[read];
  }

  int sourceOffset(int read) {
    return read < 0 ? inputOffset : 0;
  }

  /** Frames of a node, or of the input, in this round. */
  int come(int read) {
    return read < 0 ? inputFrames : frames[read];
  }

  int emit(FrameSink sink) {
    int last = network.last;
    for (int frame = 0; frame < frames[last]; frame++) {
      sink.frame(written[last], frame * nodes[last].outputSize);
    }
    return frames[last];
  }
}
