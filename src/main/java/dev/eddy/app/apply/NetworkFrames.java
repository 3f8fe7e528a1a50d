package dev.eddy.app.apply;

import dev.eddy.avro.BadRecordException;
import dev.eddy.layer.BadFrameException;
import dev.eddy.network.FrameSink;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import dev.eddy.network.StateBytes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Scores by stepping the network itself. Where asked to, cuts each sequence every few frames: the
 * state is saved as a store would keep it, and another task goes on from the bytes.
 */
public final class NetworkFrames implements FrameStream {
  private final Network network;
  private final long cutEvery;
  private final Sink sink;
  private final Map<String, Sequence> sequences = new HashMap<>();
  private final StateBytes bytes;
  private final FrameSink keyed = this::emit;
  private NetworkTask task;
  private String key;

  private static final class Sequence {
    private float[] state;
    private long seen;
    private long emitted;

    private Sequence(float[] state) {
      this.state = state;
    }
  }

  /**
   * @param cutEvery frames of a key from one cut to the next; 0 for none
   */
  public NetworkFrames(Network network, long cutEvery, Sink sink) {
    this.network = network;
    this.cutEvery = cutEvery;
    this.sink = sink;
    this.bytes = new StateBytes(network.stateLayout());
    this.task = network.newTask();
  }

  @Override
  public void step(String key, float[] frame) {
    this.key = key;
    Sequence sequence = sequences.computeIfAbsent(key, k -> new Sequence(network.newState()));
    try {
      sequence.emitted += task.step(frame, 0, sequence.state, keyed);
    } catch (BadFrameException e) {
      throw new BadRecordException(e.getMessage());
    }
    checkFinite(sequence.state);
    sequence.seen++;
    if (cutEvery > 0 && sequence.seen % cutEvery == 0) {
      cut(sequence);
    }
  }

  /** As a topology does: such a state would spoil every later output. */
  private static void checkFinite(float[] state) {
    float check = 0f;
    for (float value : state) {
      check += value * 0f; // NaN as soon as one value is NaN or infinite
    }
    if (check != 0f) {
      throw new BadRecordException("the hidden state became infinite or NaN");
    }
  }

  private void cut(Sequence sequence) {
    byte[] stored = bytes.write(sequence.state, 1, sequence.seen, sequence.emitted, 0);
    sequence.state = new float[network.stateLength()];
    Arrays.fill(sequence.state, Float.NaN); // whatever isn't restored shows
    bytes.read(stored, sequence.state);
    sequence.seen = bytes.framesSeen();
    sequence.emitted = bytes.framesEmitted();
    task = network.newTask();
  }

  @Override
  public void flush(String key) {
    this.key = key;
    Sequence sequence = sequences.remove(key);
    if (sequence != null) {
      task.flush(sequence.state, keyed);
    }
  }

  private void emit(float[] values, int offset) {
    sink.frame(key, values, offset);
  }

  @Override
  public void close() {
    sequences.clear();
  }
}
