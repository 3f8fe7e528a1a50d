package dev.eddy.network;

import dev.eddy.layer.Rate;
import dev.eddy.layer.Turn;
import java.util.Arrays;

/**
 * Steps a network: one thread's scratch space, and nothing of any key. Not thread-safe; cheap to
 * keep, so keep one per thread.
 *
 * <p>Every node has a buffer for the frames that it writes while one input frame goes through; the
 * frame of a recurrent layer is in its state and is read there, but where a round brings several.
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
  final float[][] written; // [nodes][maxFrames * outputSize], but for frames in the state
  final int[] frames; // [nodes] written in this round
  private final float[] scratch;
  private final int inputSize;
  private final Compiled.OfPrevious[] feedback;
  private final float[][] met; // [port] where each of the frames that meet is found
  private final int[] metOffsets;

  private float[] ahead; // a copy of a key's state and the frame to feed next; made by a rollout
  private float[] fed;

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
      Compiled node = nodes[i];
      written[i] = new float[node.frameAt < 0 ? node.maxFrames * node.outputSize : 0];
      ports = Math.max(ports, node.reads.length);
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
    check(in, inOffset, state);
    Turn.next(scratch);
    for (int i = 0; i < nodes.length; i++) {
      run(i, in, inOffset, state);
    }
    feedBack(in, inOffset, state);
    return emit(state, sink);
  }

  /** That frame and state are long enough. */
  void check(float[] in, int inOffset, float[] state) {
    network.checkState(state);
    checkFrame(in, inOffset);
  }

  /** After all nodes have run: what feedback gives in the next step. */
  void feedBack(float[] in, int inOffset, float[] state) {
    for (Compiled.OfPrevious previous : feedback) {
      int fed = previous.fed;
      previous.set(source(fed, in, state), sourceOffset(fed, inOffset), state);
    }
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
      System.arraycopy(source(last, fed, ahead), sourceOffset(last, 0), fed, 0, fed.length);
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
      run(i, null, 0, state);
    }
    return emit(state, sink);
  }

  /**
   * Runs node {@code i} over what has come in this round.
   *
   * @param in where the network's input frame is, from {@code inOffset}; null in a flush, which
   *     brings none
   */
  void run(int i, float[] in, int inOffset, float[] state) {
    Compiled node = nodes[i];
    if (node instanceof Compiled.OfLayer layer) {
      frames[i] = run(i, layer, in, inOffset, state);
    } else if (node instanceof Compiled.OfPrevious previous) {
      previous.get(state, written[i]);
      frames[i] = in == null ? 0 : 1;
    } else if (node instanceof Compiled.OfFolded) {
      frames[i] = 0;
    } else {
      frames[i] = meet(i, (Compiled.OfMerge) node, in, inOffset, state);
    }
  }

  private int run(int i, Compiled.OfLayer layer, float[] in, int inOffset, float[] state) {
    int read = layer.read;
    float[] source = source(read, in, state);
    int sourceOffset = sourceOffset(read, inOffset);
    int count = come(read, in);
    int emitted = 0;
    for (int frame = 0; frame < count; frame++) {
      int at = emitted * layer.outputSize;
      emitted +=
          layer.step.step(
              source,
              sourceOffset + frame * layer.inputSize,
              state,
              layer.stateOffset,
              written[i],
              at,
              scratch);
      layer.copyFrame(state, written[i], at);
    }
    return emitted;
  }

  /** Of each branch first what waits, then what has come; what finds no partner waits. */
  private int meet(int i, Compiled.OfMerge merge, float[] in, int inOffset, float[] state) {
    int ports = merge.reads.length;
    int count = Integer.MAX_VALUE;
    for (int port = 0; port < ports; port++) {
      count = Math.min(count, merge.queues[port].waiting(state) + come(merge.reads[port], in));
    }
    for (int frame = 0; frame < count; frame++) {
      for (int port = 0; port < ports; port++) {
        find(merge, port, frame, in, inOffset, state);
      }
      merge.step.meet(met, metOffsets, written[i], frame * merge.outputSize);
    }
    for (int port = 0; port < ports; port++) {
      keepAllBut(count, merge, port, in, inOffset, state);
    }
    return count;
  }

  private void find(
      Compiled.OfMerge merge, int port, int frame, float[] in, int inOffset, float[] state) {
    FrameQueue queue = merge.queues[port];
    int waiting = queue.waiting(state);
    if (frame < waiting) {
      met[port] = state;
      metOffsets[port] = queue.offsetOf(frame, state);
    } else {
      int read = merge.reads[port];
      met[port] = source(read, in, state);
      metOffsets[port] = sourceOffset(read, inOffset) + (frame - waiting) * merge.inputSizes[port];
    }
  }

  private void keepAllBut(
      int used, Compiled.OfMerge merge, int port, float[] in, int inOffset, float[] state) {
    FrameQueue queue = merge.queues[port];
    int read = merge.reads[port];
    int fromQueue = Math.min(used, queue.waiting(state));
    queue.removeOldest(fromQueue, state);
    for (int frame = used - fromQueue; frame < come(read, in); frame++) {
      queue.add(
          source(read, in, state),
          sourceOffset(read, inOffset) + frame * merge.inputSizes[port],
          state);
    }
  }

  /** Where the frames of a node, or of the input, are found. */
  float[] source(int read, float[] in, float[] state) {
    if (read < 0) {
      return in;
    }
    return nodes[read].frameAt < 0 ? written[read] : state;
  }

  /** And from where on. */
  int sourceOffset(int read, int inOffset) {
    return read < 0 ? inOffset : Math.max(nodes[read].frameAt, 0);
  }

  /** Frames of a node, or of the input, in this round. */
  int come(int read, float[] in) {
    if (read < 0) {
      return in == null ? 0 : 1;
    }
    return frames[read];
  }

  int emit(float[] state, FrameSink sink) {
    int last = network.last;
    int count = frames[last];
    if (count > 0) {
      float[] source = source(last, null, state);
      int at = sourceOffset(last, 0);
      for (int frame = 0; frame < count; frame++) {
        sink.frame(source, at + frame * nodes[last].outputSize);
      }
    }
    return count;
  }
}
