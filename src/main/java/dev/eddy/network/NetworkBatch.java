package dev.eddy.network;

import dev.eddy.layer.Turn;
import java.util.stream.IntStream;

/**
 * Steps a network for several keys at once: layers with large weights read each of them once for
 * several keys. What comes out, and each state, has the bytes that {@link NetworkTask} gives one
 * key after the other. Not thread-safe: one thread's scratch space, as large as that many tasks.
 *
 * <p>Node by node, all keys go through it together where each has one frame for it, as most layers
 * always have; where a stride has not come round for some of them, or a layer gains nothing by it,
 * they go through one by one.
 */
public final class NetworkBatch {

  /** Takes the frames that a network emits: those of each key in order, key after key. */
  @FunctionalInterface
  public interface Sink {

    /**
     * One output frame.
     *
     * @param key whose it is: its place in the call
     * @param values holds the frame from {@code offset}; valid during the call only, not to be
     *     changed
     */
    void frame(int key, float[] values, int offset);
  }

  private static final int MAX_KEYS = 1024;

  private final Network network;
  private final NetworkTask[] tasks; // [keys]
  private final float[][] in; // [keys] where the frame is that a node reads, and written to
  private final int[] inOffsets;
  private final float[][] out;
  private final int[] written;
  private final float[] scratch;
  private final KeySink keySink = new KeySink();

  /** Tells the caller's sink whose frame it is. */
  private static final class KeySink implements FrameSink {
    private Sink sink;
    private int key;

    @Override
    public void frame(float[] values, int offset) {
      sink.frame(key, values, offset);
    }
  }

  NetworkBatch(Network network, int keys) {
    this.network = network;
    long buffers = 0;
    for (Compiled node : network.nodes) {
      buffers += (long) node.maxFrames * node.outputSize;
    }
    long most = Math.max(1, Math.min(MAX_KEYS, Network.MAX_BUFFERS / buffers));
    if (keys < 1 || keys > most) {
      throw new IllegalArgumentException(
          "a batch of this network takes 1.." + most + " keys, got " + keys);
    }
    int scratchLength = network.scratchLength;
    for (Compiled node : network.nodes) {
      if (node instanceof Compiled.OfLayer layer) {
        scratchLength = Math.max(scratchLength, layer.step.batchScratchLength(keys));
      }
    }
    this.scratch = new float[scratchLength + Turn.LENGTH];
    this.tasks =
        IntStream.range(0, keys)
            .mapToObj(key -> new NetworkTask(network, scratch))
            .toArray(NetworkTask[]::new);
    this.in = new float[keys][];
    this.inOffsets = new int[keys];
    this.out = new float[keys][];
    this.written = new int[keys];
  }

  /** The network that this batch steps. */
  public Network network() {
    return network;
  }

  /** The most keys that one call steps. */
  public int keys() {
    return tasks.length;
  }

  /**
   * Consumes one frame of each of several keys.
   *
   * @param count how many keys, up to {@link #keys}
   * @param frames one input frame each, from 0; not modified
   * @param states the keys' states, no two the same; become the states after these frames
   * @param sink gets the frames that are ready
   * @return frames emitted
   * @throws dev.eddy.layer.BadFrameException if a layer can't take a frame; the states of all keys
   *     in the call are then of no use
   * @throws IllegalArgumentException if an array is too short, or there are too many keys
   */
  public int stepBatch(int count, float[][] frames, float[][] states, Sink sink) {
    if (count < 0 || count > tasks.length) {
      throw new IllegalArgumentException(
          "this batch steps up to " + tasks.length + " keys, got " + count);
    }
    for (int key = 0; key < count; key++) {
      tasks[key].check(frames[key], 0, states[key]);
    }
    for (int i = 0; i < network.nodes.length; i++) {
      if (network.nodes[i] instanceof Compiled.OfLayer layer
          && haveOneFrame(count, layer, frames)) {
        run(i, layer, count, frames, states);
      } else {
        for (int key = 0; key < count; key++) {
          Turn.next(scratch);
          tasks[key].run(i, frames[key], 0, states[key]);
        }
      }
    }
    keySink.sink = sink;
    int emitted = 0;
    for (int key = 0; key < count; key++) {
      tasks[key].feedBack(frames[key], 0, states[key]);
      keySink.key = key;
      emitted += tasks[key].emit(states[key], keySink);
    }
    keySink.sink = null;
    return emitted;
  }

  private boolean haveOneFrame(int count, Compiled.OfLayer layer, float[][] frames) {
    for (int key = 0; key < count; key++) {
      if (tasks[key].come(layer.read, frames[key]) != 1) {
        return false;
      }
    }
    return count > 1;
  }

  private void run(int i, Compiled.OfLayer layer, int count, float[][] frames, float[][] states) {
    int read = layer.read;
    for (int key = 0; key < count; key++) {
      NetworkTask task = tasks[key];
      in[key] = task.source(read, frames[key], states[key]);
      inOffsets[key] = task.sourceOffset(read, 0);
      out[key] = task.written[i];
    }
    layer.step.stepBatch(count, in, inOffsets, states, layer.stateOffset, out, written, scratch);
    for (int key = 0; key < count; key++) {
      tasks[key].frames[i] = written[key];
      layer.copyFrame(states[key], out[key], 0);
    }
  }
}
