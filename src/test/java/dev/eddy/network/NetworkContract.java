package dev.eddy.network;

import static dev.eddy.layer.StepContract.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.kernel.KernelBackend;
import dev.eddy.kernel.Kernels;
import dev.eddy.layer.Embedding;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Shape;
import dev.eddy.layer.StepContract;
import dev.eddy.layer.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * The four promises of every network, for one graph with random weights: stream = batch, cut
 * anywhere, keys are strangers, fresh = reset; that keys stepped at once get what they get one by
 * one; that no frame waits longer than need be; and what each of its steps promises about a
 * caller's arrays. A failure names the graph and the seed.
 */
public final class NetworkContract {
  private static final float MARK = Float.intBitsToFloat(0x7fc0dead);
  private static final int GUARD = 3;
  private static final int KEYS_AT_ONCE = 7; // one more than the kernels take together

  /**
   * What small outputs are measured by: what goes on inside a recurrent network is of the order of
   * 1, each layer of it known to about 1e-7 in float32, and its outputs can be no closer.
   */
  private static final double SMALLEST_SCALE = 4e-2;

  /** Layers within that give larger values than 1 are known by so much less, up to this. */
  private static final double MOST_WITHIN = 10;

  private final Graph graph;
  private final Random random;
  private final Function<String, Weights> weights;
  private final Network network;
  private double largestWithin; // of the frames that its layers have given

  private NetworkContract(Graph graph, long seed) {
    this.graph = graph;
    this.random = new Random(seed);
    this.weights = RandomNetworkWeights.of(graph, seed);
    this.network = Network.compile(graph, weights, kernels());
  }

  private static Kernels kernels() {
    return KernelBackend.find().kernels();
  }

  /** Proves all promises on sequences of these lengths. */
  public static void holds(Graph graph, long seed, int... lengths) {
    told(
        graph,
        seed,
        () -> {
          NetworkContract contract = new NetworkContract(graph, seed);
          try (Judge.Closeable judge = Judge.of(graph, contract.weights)) {
            for (int length : lengths) {
              contract.streamIsBatch(judge, length, 1e-5);
            }
          }
          contract.keepsTheOtherPromises(lengths);
        });
  }

  /** Proves all promises of a graph that ONNX has no words for, against another judge. */
  static void holds(Graph graph, long seed, Judge judge, int... lengths) {
    told(
        graph,
        seed,
        () -> {
          NetworkContract contract = new NetworkContract(graph, seed);
          for (int length : lengths) {
            contract.streamIsBatch(judge, length, 1e-5);
          }
          contract.keepsTheOtherPromises(lengths);
        });
  }

  private void keepsTheOtherPromises(int... lengths) {
    for (int length : lengths) {
      neverWaitsForNothing(length);
      cutAnywhere(length);
      freshIsReset(length);
      stepsKeepToTheirArrays(length);
    }
    keysAreStrangers(lengths);
    keysGoTogether(Arrays.stream(lengths).max().orElse(0));
  }

  /** Proves the first promise alone, for long sequences, within another relative error. */
  public static void streamIsBatch(Graph graph, long seed, int length, double bound) {
    told(
        graph,
        seed,
        () -> {
          NetworkContract contract = new NetworkContract(graph, seed);
          try (Judge.Closeable judge = Judge.of(graph, contract.weights)) {
            contract.streamIsBatch(judge, length, bound);
          }
        });
  }

  private static void told(Graph graph, long seed, Runnable proof) {
    try {
      proof.run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + ", " + graph + ": " + e.getMessage(), e);
    }
  }

  private void streamIsBatch(Judge judge, int length, double bound) {
    float[][] frames = frames(length);
    List<float[]> streamed = stream(frames);
    int expected = outputFrames(length);
    assertThat(streamed).as(length + " frames in, frames out").hasSize(expected);
    if (expected == 0) {
      return; // nothing to judge: ONNX Runtime refuses a sequence without output
    }
    float[][] batch = judge.run(frames);
    assertThat(batch.length).as("frames of the judge").isEqualTo(expected);
    double within = Math.max(1, Math.min(MOST_WITHIN, largestWithin));
    double scale = Math.max(SMALLEST_SCALE * within, largest(batch));
    for (int time = 0; time < batch.length; time++) {
      for (int i = 0; i < batch[time].length; i++) {
        double is = streamed.get(time)[i];
        double should = batch[time][i];
        boolean same = Double.compare(is, should) == 0; // infinities and NaN, too
        if (!same && !(Math.abs(is - should) <= bound * scale)) {
          throw new AssertionError(
              "of %d frames in, output %d[%d] is %.9g streamed, %.9g in one batch"
                  .formatted(length, time, i, is, should));
        }
      }
    }
  }

  /** What a difference is measured by: sums of large values that cancel out can be no closer. */
  private static double largest(float[][] frames) {
    double largest = 0;
    for (float[] frame : frames) {
      for (float value : frame) {
        largest = Float.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
      }
    }
    return largest;
  }

  /** The frames that ONNX's own formulas give for a whole sequence. */
  private int outputFrames(int length) {
    return SequenceLength.ofNodes(graph, length).get(last());
  }

  private String last() {
    return graph.nodes().get(graph.nodes().size() - 1).name();
  }

  /** Each frame comes after the very input that settles it. */
  private void neverWaitsForNothing(int length) {
    int[] settled = Readiness.ofOutputs(graph, length);
    float[][] frames = frames(length);
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    int emitted = 0;
    for (int time = 0; time <= length; time++) {
      int count =
          time < length
              ? task.step(frames[time], 0, state, (values, offset) -> {})
              : task.flush(state, (values, offset) -> {});
      for (int i = 0; i < count; i++, emitted++) {
        assertThat(time)
            .as("input of %d after which output %d is emitted", length, emitted)
            .isEqualTo(settled[emitted]);
      }
    }
    assertThat(emitted).isEqualTo(settled.length);
  }

  /**
   * Saved and restored after every record, elsewhere each time: the same frames, the same bytes.
   */
  private void cutAnywhere(int length) {
    float[][] frames = frames(length);
    StateBytes bytes = new StateBytes(network.stateLayout());
    NetworkTask whole = network.newTask();
    float[] state = network.newState();
    byte[] saved = bytes.write(network.newState(), 7, 0, 0, 0);
    for (int time = 0; time < length; time++) {
      List<float[]> expected = new ArrayList<>();
      whole.step(frames[time], 0, state, keeper(expected));

      float[] restored = marked(network.stateLength());
      new StateBytes(network.stateLayout()).read(saved, restored);
      List<float[]> cut = new ArrayList<>();
      network.newTask().step(frames[time], 0, restored, keeper(cut));
      assertSameFrames(cut, expected, "cut before frame " + time);
      saved = bytes.write(restored, 7, time + 1L, 2L * time, 1000L * time);
      assertThat(saved)
          .as("state bytes after frame " + time)
          .isEqualTo(bytes.write(state, 7, time + 1L, 2L * time, 1000L * time));
    }
    List<float[]> expected = new ArrayList<>();
    whole.flush(state, keeper(expected));
    float[] restored = marked(network.stateLength());
    bytes.read(saved, restored);
    List<float[]> cut = new ArrayList<>();
    network.newTask().flush(restored, keeper(cut));
    assertSameFrames(cut, expected, "cut before the flush");
  }

  /** Interleaved at random on one task, each key gets what it gets alone. */
  private void keysAreStrangers(int... lengths) {
    int keys = lengths.length + 1;
    float[][][] frames = new float[keys][][];
    List<List<float[]>> together = new ArrayList<>();
    float[][] states = new float[keys][];
    List<Integer> turns = new ArrayList<>();
    for (int key = 0; key < keys; key++) {
      frames[key] = frames(lengths[key % lengths.length]);
      together.add(new ArrayList<>());
      states[key] = network.newState();
      for (int turn = 0; turn <= frames[key].length; turn++) {
        turns.add(key);
      }
    }
    java.util.Collections.shuffle(turns, random);
    NetworkTask task = network.newTask();
    int[] next = new int[keys];
    for (int key : turns) {
      int time = next[key]++;
      if (time < frames[key].length) {
        task.step(frames[key][time], 0, states[key], keeper(together.get(key)));
      } else {
        task.flush(states[key], keeper(together.get(key)));
      }
    }
    for (int key = 0; key < keys; key++) {
      assertSameFrames(together.get(key), stream(frames[key]), "key " + key + " among others");
    }
  }

  /** Some keys at once, others the next time, each gets what it gets alone. */
  private void keysGoTogether(int length) {
    int keys = KEYS_AT_ONCE;
    float[][][] frames = new float[keys][][];
    List<List<float[]>> together = new ArrayList<>();
    float[][] states = new float[keys][];
    List<Integer> waiting = new ArrayList<>();
    for (int key = 0; key < keys; key++) {
      frames[key] = frames(length);
      together.add(new ArrayList<>());
      states[key] = network.newState();
      waiting.add(key);
    }
    NetworkBatch batch = network.newBatch(keys);
    int size = network.output().size();
    int[] next = new int[keys];
    waiting.removeIf(key -> next[key] == frames[key].length);
    while (!waiting.isEmpty()) {
      java.util.Collections.shuffle(waiting, random);
      int[] turn =
          waiting.stream().limit(1 + random.nextInt(waiting.size())).mapToInt(k -> k).toArray();
      float[][] in = new float[turn.length][];
      float[][] of = new float[turn.length][];
      for (int i = 0; i < turn.length; i++) {
        in[i] = frames[turn[i]][next[turn[i]]++];
        of[i] = states[turn[i]];
      }
      int before = together.stream().mapToInt(List::size).sum();
      int emitted =
          batch.stepBatch(
              turn.length,
              in,
              of,
              (key, values, offset) ->
                  together.get(turn[key]).add(Arrays.copyOfRange(values, offset, offset + size)));
      assertThat(emitted).isEqualTo(together.stream().mapToInt(List::size).sum() - before);
      waiting.removeIf(key -> next[key] == frames[key].length);
    }
    NetworkTask task = network.newTask();
    for (int key = 0; key < keys; key++) {
      task.flush(states[key], keeper(together.get(key)));
      assertSameFrames(together.get(key), stream(frames[key]), "key " + key + " with others");
    }
  }

  /** Reset, after anything, is new; and a flush leaves a reset state. */
  private void freshIsReset(int length) {
    float[][] frames = frames(length);
    float[] fresh = network.newState();
    float[] state = marked(network.stateLength() + GUARD);
    network.reset(state);
    assertFresh(state, fresh, "reset of an array full of NaN");
    NetworkTask task = network.newTask();
    List<float[]> first = new ArrayList<>();
    for (float[] frame : frames) {
      task.step(frame, 0, state, keeper(first));
    }
    float[] used = state.clone();
    network.reset(used);
    assertFresh(used, fresh, "reset after " + length + " frames");
    task.flush(state, keeper(first));
    assertFresh(state, fresh, "flush after " + length + " frames");
    List<float[]> second = new ArrayList<>();
    for (float[] frame : frames) {
      task.step(frame, 0, state, keeper(second));
    }
    task.flush(state, keeper(second));
    assertSameFrames(second, first, "the second sequence after a flush");
  }

  private void assertFresh(float[] state, float[] fresh, String what) {
    assertSameBits(Arrays.copyOf(state, fresh.length), fresh, what);
    for (int i = fresh.length; i < state.length; i++) {
      assertThat(Float.floatToRawIntBits(state[i]))
          .as(what + ": behind the state")
          .isEqualTo(Float.floatToRawIntBits(MARK));
    }
  }

  /** Every layer's step on its own, on frames of its input shape. */
  private void stepsKeepToTheirArrays(int length) {
    for (Network.Part part : network.parts()) {
      if (part.operation() instanceof Layer layer) {
        StepContract.holds(
            layer.step(part.input(), weights.apply(part.name()), kernels()),
            layer.clock(part.input()),
            part.output().size(),
            frames(part.input(), List.of(layer), length));
      }
    }
  }

  /** Streams from an odd offset, in a state longer than need be, then flushes. */
  private List<float[]> stream(float[][] frames) {
    List<float[]> out = new ArrayList<>();
    NetworkTask task = network.newTask();
    float[] state = marked(network.stateLength() + GUARD);
    network.reset(state);
    for (float[] frame : frames) {
      float[] in = marked(frame.length + 2 * GUARD);
      System.arraycopy(frame, 0, in, GUARD, frame.length);
      int before = out.size();
      int emitted = task.step(in, GUARD, state, keeper(out));
      assertThat(emitted).isEqualTo(out.size() - before);
      assertThat(emitted).as("frames of one step").isBetween(0, network.maxFramesPerStep());
      largestWithin = Math.max(largestWithin, largest(task.written));
    }
    int before = out.size();
    assertThat(task.flush(state, keeper(out))).isEqualTo(out.size() - before);
    return out;
  }

  private FrameSink keeper(List<float[]> out) {
    int size = network.output().size();
    return (values, offset) -> out.add(Arrays.copyOfRange(values, offset, offset + size));
  }

  private float[][] frames(int length) {
    List<Layer> readers =
        graph.nodes().stream()
            .filter(node -> node.reads().contains(Graph.INPUT))
            .map(Graph.Node::operation)
            .filter(Layer.class::isInstance)
            .map(Layer.class::cast)
            .toList();
    return frames(graph.input(), readers, length);
  }

  /** Normal values; whole ones where an embedding among the readers wants tokens. */
  private float[][] frames(Shape shape, List<Layer> readers, int length) {
    int tokens =
        readers.stream()
            .mapToInt(layer -> layer instanceof Embedding embedding ? embedding.tokens() : 0)
            .max()
            .orElse(0);
    float[][] frames = new float[length][shape.size()];
    for (float[] frame : frames) {
      for (int i = 0; i < frame.length; i++) {
        frame[i] = tokens > 0 ? random.nextInt(tokens) : (float) random.nextGaussian();
      }
    }
    return frames;
  }

  private static float[] marked(int length) {
    float[] values = new float[length];
    Arrays.fill(values, MARK);
    return values;
  }

  private static void assertSameFrames(List<float[]> actual, List<float[]> expected, String what) {
    assertThat(actual).as(what + ": frames").hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertSameBits(actual.get(i), expected.get(i), what + ", output " + i);
    }
  }
}
