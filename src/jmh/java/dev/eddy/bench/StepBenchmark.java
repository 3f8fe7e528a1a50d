package dev.eddy.bench;

import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Weights;
import dev.eddy.network.FrameSink;
import dev.eddy.network.Graph;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import dev.eddy.network.RandomNetworkWeights;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One step of one layer on one thread: both kernel backends, and ONNX Runtime with the state passed
 * in and out, plainly and with all tensors reused.
 *
 * <p>Inputs of lstm and gru: 8 for 32 units, else 16, and from 512 units on as many as units. Conv
 * and dense are square.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx512m"})
@Warmup(iterations = 4, time = 600, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
public class StepBenchmark {
  private static final int FRAMES = 64;

  @Param({"lstm", "gru", "conv", "dense"})
  public String layer;

  @Param({"32", "64", "128", "256"})
  public int units;

  @Param({"vector", "scalar", "onnxruntime-plain", "onnxruntime-reused"})
  public String engine;

  private float[][] frames;
  private int next;
  private Stepper stepper;

  /** What is measured: one frame in, one frame out, state kept. */
  interface Stepper extends AutoCloseable {
    /** The output frame; valid until the next step. */
    float[] step(float[] frame);

    @Override
    void close();
  }

  @Setup
  public void setUp() {
    boolean square = layer.equals("conv") || layer.equals("dense") || units >= 512;
    int inputs = square ? units : units <= 32 ? 8 : 16;
    Layer description =
        switch (layer) {
          case "lstm" -> new Lstm(units, 1, true);
          case "gru" -> new Gru(units, 1, Gru.Reset.AFTER, true);
          case "conv" -> Conv.overTime(units, 3, 1, 1, 1, Conv.Padding.CAUSAL, true);
          case "dense" -> new Dense(units, true);
          default -> throw new IllegalArgumentException(layer);
        };
    Graph graph = Graph.sequential(Shape.of(inputs), List.of(description));
    Weights weights = RandomNetworkWeights.of(graph, 1).apply("0");
    Random random = new Random(2);
    frames = new float[FRAMES][inputs];
    for (float[] frame : frames) {
      for (int i = 0; i < inputs; i++) {
        frame[i] = (float) random.nextGaussian();
      }
    }
    boolean onnx = engine.startsWith("onnxruntime");
    try (Stepper measured = onnx ? onnx(description, inputs, weights) : eddy(graph, engine);
        Stepper judge =
            onnx ? eddy(graph, "scalar") : new OrtStepper(description, inputs, weights)) {
      check(measured, judge);
    }
    stepper = onnx ? onnx(description, inputs, weights) : eddy(graph, engine);
  }

  private Stepper onnx(Layer description, int inputs, Weights weights) {
    return engine.equals("onnxruntime-plain")
        ? new OrtPlainStepper(description, inputs, weights)
        : new OrtStepper(description, inputs, weights);
  }

  private void check(Stepper measured, Stepper judge) {
    for (float[] frame : frames) {
      float[] is = measured.step(frame);
      float[] should = judge.step(frame);
      for (int i = 0; i < should.length; i++) {
        if (!(Math.abs(is[i] - should[i]) <= 1e-5 * Math.max(1, Math.abs(should[i])))) {
          throw new IllegalStateException(is[i] + " where the judge has " + should[i]);
        }
      }
    }
  }

  private static Stepper eddy(Graph graph, String backend) {
    Network network =
        Network.compile(
            graph, RandomNetworkWeights.of(graph, 1), KernelBackend.find(backend).kernels());
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    float[] out = new float[network.output().size()];
    FrameSink sink = (values, offset) -> System.arraycopy(values, offset, out, 0, out.length);
    return new Stepper() {
      @Override
      public float[] step(float[] frame) {
        task.step(frame, 0, state, sink);
        return out;
      }

      @Override
      public void close() {}
    };
  }

  @Benchmark
  public float[] step() {
    next = (next + 1) % FRAMES;
    return stepper.step(frames[next]);
  }

  @TearDown
  public void tearDown() {
    stepper.close();
  }
}
