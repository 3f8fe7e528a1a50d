package dev.eddy.app.bench;

import dev.eddy.avro.ScoreSchema;
import dev.eddy.frames.Contents;
import dev.eddy.frames.FrameChannel;
import dev.eddy.frames.FramePlan;
import dev.eddy.frames.Span;
import dev.eddy.frames.Statistic;
import dev.eddy.frames.Window;
import dev.eddy.kernel.Kernels;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Shape;
import dev.eddy.layer.TensorSpec;
import dev.eddy.model.Model;
import dev.eddy.model.Tensor;
import dev.eddy.network.Graph;
import dev.eddy.network.Network;
import dev.eddy.network.StateBytes;
import dev.eddy.streams.Channel;
import dev.eddy.streams.Scoring;
import dev.eddy.streams.ScoringProcessorSupplier;
import dev.eddy.streams.ScoringTopology;
import dev.eddy.streams.time.Grace;
import dev.eddy.streams.time.Timing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;

/**
 * Topologies over the same input, in turn: one copies a state, others score an LSTM with random
 * weights and a state of the same size, as records come or put in order and made into windows.
 */
public final class Bench {
  /** Channels of an input frame. */
  public static final int INPUTS = 16;

  static final String NAME = "bench";

  /** By so much records may come too late, where they are put in order. */
  static final Duration GRACE = Duration.ofSeconds(1);

  private static final long SEED = 1;

  /** What is done about time before scoring. */
  public enum Time {
    /** Nothing. */
    NONE("scoring", false, false),
    /** Records are put in order, within {@link #GRACE}. */
    ORDER("order", true, false),
    /** Means are made of windows. */
    WINDOWS("windows", false, true),
    /** Records are put in order, then means are made of windows. */
    BOTH("order, windows", true, true);

    private final String words;
    private final boolean orders;
    private final boolean hasWindows;

    Time(String words, boolean orders, boolean hasWindows) {
      this.words = words;
      this.orders = orders;
      this.hasWindows = hasWindows;
    }
  }

  /** What a record's value is. */
  public enum Values {
    /** Bare float32 numbers, without a schema: the least that a record can cost. */
    FLOATS,
    /** Avro by way of the registry, one field a channel. */
    AVRO
  }

  /**
   * How much of what.
   *
   * @param records in the input topic
   * @param keys drawn for each record at random
   * @param units of the LSTM
   * @param runs of each topology that count; one before them warms up
   * @param threads of Kafka Streams
   * @param times what each topology behind the copying one does before it scores; records come out
   *     of order where there is more than {@link Time#NONE}
   * @param windowMs length of a window
   * @param hopMs from one window to the next
   */
  public record Size(
      long records,
      int keys,
      int units,
      int runs,
      int threads,
      Values values,
      List<Time> times,
      long windowMs,
      long hopMs) {
    boolean isInOrder() {
      return times.equals(List.of(Time.NONE));
    }
  }

  /** Where it runs: services that are up, and a folder to itself. */
  public record Place(String bootstrapServers, String registryUrl, Path folder) {}

  /**
   * Of one run.
   *
   * @param recordsPerSecond at which the output grew
   * @param cpuUs processor time that the stream's threads took for a record, in microseconds; on a
   *     busy machine it tells more than the rate
   */
  public record Speed(double recordsPerSecond, double cpuUs) {}

  /** Who is told, by the thread that runs the bench. */
  public interface Listener {
    /** Something begins that takes seconds. */
    void begins(String what);

    /**
     * All topologies have run once more.
     *
     * @param run 0 for the one that warms up
     * @param speeds of each of {@link #topologies}
     */
    void ran(int run, List<Speed> speeds);
  }

  private final Size size;
  private final Place place;
  private final Scoring scoring;
  private final ScoringProcessorSupplier<byte[]> processor;
  private final Kernels kernels;

  public Bench(Size size, Place place, Kernels kernels) {
    this.size = size;
    this.place = place;
    this.kernels = kernels;
    Scoring scoring = Scoring.of(NAME, model(size.units()));
    this.scoring = size.isInOrder() ? scoring : scoring.withLateTolerance(GRACE);
    this.processor = new ScoringProcessorSupplier<>(scoring, Serdes.ByteArray(), kernels);
  }

  private Timing timing(Time time) {
    Timing timing = time.orders ? Timing.NONE.with(Grace.of(GRACE)) : Timing.NONE;
    if (!time.hasWindows) {
      return timing;
    }
    List<FrameChannel> channels =
        scoring.channels().stream().map(channel -> FrameChannel.of(channel.name())).toList();
    Contents means = Contents.Summary.of(channels, List.of(Statistic.of("mean")));
    Span span = new Span.ByTime(size.windowMs(), size.hopMs(), 0);
    return timing.with(FramePlan.of(channels, Window.of(span, means)));
  }

  /** The LSTM, and one output from its units. */
  private static Model model(int units) {
    Graph graph =
        Graph.sequential(Shape.of(INPUTS), List.of(new Lstm(units, 1, true), new Dense(1, true)));
    SplittableRandom random = new SplittableRandom(SEED);
    double bound = 1 / Math.sqrt(units); // as PyTorch starts one
    Map<String, Tensor> tensors = new HashMap<>();
    for (TensorSpec spec : Network.tensors(graph)) {
      float[] values = new float[spec.dimensions().stream().reduce(1, Math::multiplyExact)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-bound, bound);
      }
      tensors.put(spec.name(), new Tensor(spec.dimensions(), values));
    }
    return new Model(NAME, 1, graph, tensors, List.of("y"));
  }

  /** What each topology does, the copying one first. */
  public List<String> topologies() {
    return Stream.concat(Stream.of("copying"), size.times().stream().map(time -> time.words))
        .toList();
  }

  /** Bytes of a key's state, in each topology. */
  public int stateBytes() {
    return new StateBytes(processor.stateLayout()).size();
  }

  /**
   * Fills the input and runs the topologies.
   *
   * @return whether it ran to its end and was not stopped
   * @throws IllegalStateException if a topology fails, or its records are not one for one without
   *     windows
   */
  public boolean run(Listener listener, BooleanSupplier stopped)
      throws ExecutionException, InterruptedException {
    Map<String, Object> client =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, place.bootstrapServers());
    try (Admin admin = Admin.create(client);
        BenchValues values = BenchValues.of(size.values(), place.registryUrl(), schema())) {
      BenchInput input = new BenchInput(size, place.bootstrapServers(), values);
      listener.begins("writing the input");
      input.write(admin, stopped);
      if (stopped.getAsBoolean()) {
        return false;
      }
      for (int run = 0; run <= size.runs(); run++) {
        listener.begins(run == 0 ? "warming up" : "run " + run + " of " + size.runs());
        int count = topologies().size();
        Speed[] speeds = new Speed[count];
        for (int turn = 0; turn < count; turn++) {
          int which = (run + turn) % count; // none always follows the same one
          TopologyRun one = new TopologyRun(admin, size, place, which + "-" + run);
          speeds[which] = one.speed(builder(which, values, one), isOneForOne(which), stopped);
          if (stopped.getAsBoolean()) {
            return false;
          }
        }
        listener.ran(run, List.of(speeds));
      }
      return true;
    }
  }

  /** Where records are put in order, the last ones still wait. */
  private boolean isOneForOne(int which) {
    return which == 0 || size.times().get(which - 1) == Time.NONE;
  }

  private ScoreSchema schema() {
    return processor.schema();
  }

  private StreamsBuilder builder(int which, BenchValues values, TopologyRun run) {
    StreamsBuilder builder = new StreamsBuilder();
    if (which == 0) {
      CopyingTopology topology = new CopyingTopology(schema(), stateBytes());
      topology.addTo(builder, BenchInput.TOPIC, run.outputTopic(), values);
    } else {
      Timing ofThis = timing(size.times().get(which - 1));
      new ScoringTopology(
              ofThis.frames().map(plan -> scoring.with(Channel.of(plan))).orElse(scoring),
              ofThis,
              values.deserializer(),
              schema -> values.serializer(),
              kernels,
              ScoringTopology.REGISTRY_PATIENCE)
          .addTo(builder, BenchInput.TOPIC, run.outputTopic());
    }
    return builder;
  }
}
