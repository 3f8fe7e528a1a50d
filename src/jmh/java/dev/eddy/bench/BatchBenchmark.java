package dev.eddy.bench;

import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Shape;
import dev.eddy.network.FrameSink;
import dev.eddy.network.Graph;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkBatch;
import dev.eddy.network.NetworkTask;
import dev.eddy.network.RandomNetworkWeights;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One step of each of {@value #KEYS} keys on one thread, one key after the other and all together;
 * times are of one step of one key. Layers have as many inputs as units.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx512m"})
@Warmup(iterations = 4, time = 600, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
public class BatchBenchmark {
  private static final int KEYS = 32;

  @Param({"lstm", "gru"})
  public String layer;

  @Param({"64", "128", "256", "512"})
  public int units;

  private NetworkTask task;
  private NetworkBatch batch;
  private float[][] frames; // [keys]
  private float[][] states; // [keys]
  private float sum;
  private final FrameSink sink = (values, offset) -> sum += values[offset];
  private final NetworkBatch.Sink batchSink = (key, values, offset) -> sum += values[offset];

  @Setup
  public void setUp() {
    Layer description =
        layer.equals("lstm") ? new Lstm(units, 1, true) : new Gru(units, 1, Gru.Reset.AFTER, true);
    Graph graph = Graph.sequential(Shape.of(units), List.of(description));
    Network network =
        Network.compile(
            graph, RandomNetworkWeights.of(graph, 1), KernelBackend.find("vector").kernels());
    task = network.newTask();
    batch = network.newBatch(KEYS);
    states = states(network);
    frames = new float[KEYS][units];
    Random random = new Random(2);
    for (float[] frame : frames) {
      for (int i = 0; i < units; i++) {
        frame[i] = (float) random.nextGaussian();
      }
    }
    check(network);
  }

  private static float[][] states(Network network) {
    float[][] states = new float[KEYS][];
    Arrays.setAll(states, key -> network.newState());
    return states;
  }

  private void check(Network network) {
    float[][] alone = states(network);
    for (int key = 0; key < KEYS; key++) {
      task.step(frames[key], 0, alone[key], sink);
    }
    float[][] together = states(network);
    batch.stepBatch(KEYS, frames, together, batchSink);
    if (!Arrays.deepEquals(alone, together)) {
      throw new IllegalStateException("several keys at once get other bytes than alone");
    }
  }

  @Benchmark
  @OperationsPerInvocation(KEYS)
  public float oneByOne() {
    for (int key = 0; key < KEYS; key++) {
      task.step(frames[key], 0, states[key], sink);
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(KEYS)
  public float together() {
    batch.stepBatch(KEYS, frames, states, batchSink);
    return sum;
  }
}
