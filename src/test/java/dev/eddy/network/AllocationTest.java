package dev.eddy.network;

import static dev.eddy.layer.Conv.Padding.CAUSAL;
import static dev.eddy.layer.Conv.Padding.VALID;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.eddy.kernel.Activation;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Arithmetic;
import dev.eddy.layer.Axis;
import dev.eddy.layer.BatchNorm;
import dev.eddy.layer.CellFunctions;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Dropout;
import dev.eddy.layer.First;
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.GroupNorm;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Last;
import dev.eddy.layer.Layer;
import dev.eddy.layer.LayerNorm;
import dev.eddy.layer.LogSoftmax;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Operand;
import dev.eddy.layer.Prelu;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Rearrange;
import dev.eddy.layer.Reduce;
import dev.eddy.layer.Reshape;
import dev.eddy.layer.Rnn;
import dev.eddy.layer.RunningStandardise;
import dev.eddy.layer.RunningSum;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Slice;
import dev.eddy.layer.Softmax;
import dev.eddy.layer.Stack;
import dev.eddy.layer.TimePad;
import dev.eddy.layer.TimeSlice;
import dev.eddy.layer.Unstack;
import dev.eddy.layer.Upsample;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A step allocates nothing, from the first on. On the scalar kernels, whatever the suite runs on:
 * the registers of the vector kernels are objects until the compiler has seen that they need not
 * be, and when that is, is the compiler's affair; the benchmark counts their bytes.
 */
class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int STEPS = 2_000;
  private static final int RUNS = 20;
  private static final CellFunctions UNUSUAL =
      new CellFunctions(
          Activation.of(Activation.Function.HARD_SIGMOID),
          Activation.of(Activation.Function.SCALED_TANH),
          Activation.TANH,
          3f);

  private double sum;

  @ParameterizedTest
  @MethodSource("networks")
  void shouldAllocateNothingPerStep(List<Layer> layers) {
    allocatesNothing(Graph.sequential(Shape.of(33), layers));
  }

  @Test
  void shouldAllocateNothingWhereBranchesMeet() {
    Conv symmetric = new Conv(33, List.of(new Axis(3, 1, 1, 1, 1)), 1, true);
    allocatesNothing(
        new Graph(
            Shape.of(33),
            List.of(
                new Graph.Node("late", symmetric, Graph.INPUT),
                new Graph.Node("sum", new Merge(Merge.How.ADD), List.of(Graph.INPUT, "late")),
                new Graph.Node("more", new Merge(Merge.How.GREATER), List.of("sum", "late")),
                new Graph.Node(
                    "choice", new Merge(Merge.How.SELECT), List.of("more", "sum", "late")),
                new Graph.Node("both", new Merge(Merge.How.CONCAT), List.of("choice", "late")))));
  }

  @Test
  void shouldAllocateNothingWhereThereIsFeedback() {
    allocatesNothing(
        new Graph(
            Shape.of(33),
            List.of(
                new Graph.Node("before", new Previous(Shape.of(33)), "sum"),
                new Graph.Node("sum", new Merge(Merge.How.MAX), List.of(Graph.INPUT, "before")))));
  }

  @Test
  void shouldAllocateNothingForSeveralKeysAtOnce() {
    Graph graph =
        Graph.sequential(
            Shape.of(33),
            List.of(
                new Dense(67, true),
                new Rnn(17, 2, Activation.RELU, true),
                new Gru(17, 2, Gru.Reset.AFTER, true),
                Conv.overTime(19, 3, 2, 1, 1, CAUSAL, true),
                new Lstm(33, 2, true)));
    NetworkBatch batch = network(graph).newBatch(5);
    float[][] frames = new float[5][33];
    float[][] states = new float[5][];
    Arrays.setAll(states, key -> batch.network().newState());
    NetworkBatch.Sink sink = (key, values, offset) -> sum += values[offset];

    long allocated = Long.MAX_VALUE;
    for (int run = 0; run < RUNS && allocated > 0; run++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long own = THREADS.getCurrentThreadAllocatedBytes() - before;
      before = THREADS.getCurrentThreadAllocatedBytes();
      for (int step = 0; step < STEPS / 10; step++) {
        frames[step % 5][step % 33] = step % 7 - 3;
        batch.stepBatch(1 + step % 5, frames, states, sink);
      }
      allocated = Math.min(allocated, THREADS.getCurrentThreadAllocatedBytes() - before - own);
    }
    assertThat(allocated).isZero();
  }

  private static Network network(Graph graph) {
    return Network.compile(
        graph, RandomNetworkWeights.of(graph, 1), KernelBackend.find("scalar").kernels());
  }

  private void allocatesNothing(Graph graph) {
    Network network = network(graph);
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    float[] frame = new float[33];
    FrameSink sink = (values, offset) -> sum += values[offset];

    long allocated = Long.MAX_VALUE; // the least of several runs: the JVM's own bytes come once
    for (int run = 0; run < RUNS && allocated > 0; run++) {
      allocated = Math.min(allocated, allocatedBy(task, frame, state, sink));
    }
    assertThat(allocated).as("bytes allocated by %d steps", STEPS).isZero();
  }

  private static long allocatedBy(NetworkTask task, float[] frame, float[] state, FrameSink sink) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    long own = THREADS.getCurrentThreadAllocatedBytes() - before;
    before = THREADS.getCurrentThreadAllocatedBytes();
    for (int step = 0; step < STEPS; step++) {
      frame[step % frame.length] = step % 7 - 3;
      task.step(frame, 0, state, sink);
      if (step % 100 == 99) {
        task.flush(state, sink);
      }
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before - own;
  }

  static List<List<Layer>> networks() {
    List<List<Layer>> networks = new ArrayList<>();
    for (Activation.Function function : Activation.Function.values()) {
      networks.add(List.of(new ActivationLayer(Activation.of(function))));
    }
    for (Layer layer :
        List.of(
            new Dense(67, true),
            Conv.overTime(67, 3, 1, 2, 1, CAUSAL, true),
            Conv.overTime(66, 3, 2, 1, 3, VALID, true),
            Conv.overTime(33, 3, 1, 1, 33, CAUSAL, true),
            Deconv.overTime(31, 4, 2, 1, true),
            Deconv.overTime(33, 2, 3, 33, true),
            new Rnn(33, 2, Activation.RELU, true),
            new Gru(33, 2, Gru.Reset.AFTER, true),
            new Gru(33, 2, Gru.Reset.BEFORE, true),
            new Lstm(67, 2, true),
            new Lstm(33, 1, true, true, 8, true),
            new Gru(33, 1, Gru.Reset.AFTER, true, false, UNUSUAL),
            new Lstm(33, 1, true, true, 0, false, UNUSUAL, true, true),
            new RunningStandardise(100, 1e-5f),
            new BatchNorm(1e-5f, true),
            new LayerNorm(LayerNorm.Over.FRAME, 1e-5f, true),
            new GroupNorm(3, 1e-5f, true),
            new LogSoftmax(),
            new Prelu(true),
            new Slice(0, 1, 20),
            new Rearrange(Shape.of(3, 5), 1f),
            new Arithmetic(Merge.How.POWER, Operand.CHANNELS, true),
            new Reduce(Reduce.How.LOG_SUM_EXP, 0),
            new Reduce(Reduce.How.ARG_MAX, 0),
            new Upsample(3, 1, 1, Upsample.Mode.LINEAR),
            new Upsample(3, 1, 1, Upsample.Mode.NEAREST),
            new GlobalPool(GlobalPool.How.AVERAGE, GlobalPool.Over.TIME),
            new Last(),
            new First(),
            new TimePad(2, 3, TimePad.Mode.REFLECT, 0f),
            new TimePad(2, 3, TimePad.Mode.EDGE, 0f),
            new TimeSlice(1, 3, 2),
            new RunningSum(false),
            new Stack(3),
            new Unstack(3),
            new Softmax(),
            new Dropout(0.5f))) {
      networks.add(List.of(layer));
    }
    networks.add(List.of(new Reshape(List.of(3, 11)), new Dense(5, true)));
    networks.add(
        List.of(
            Conv.overTime(17, 5, 2, 1, 1, CAUSAL, true),
            new ActivationLayer(Activation.RELU),
            new Lstm(33, 1, true),
            Deconv.overTime(16, 5, 2, 1, true),
            new ActivationLayer(Activation.TANH),
            new Dense(3, true)));
    return networks;
  }
}
