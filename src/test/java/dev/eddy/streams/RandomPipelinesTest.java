package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.EndMarker;
import dev.eddy.avro.InputMapping;
import dev.eddy.avro.ObservationDeserializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.TextTokens;
import dev.eddy.frames.FramePlan;
import dev.eddy.frames.RandomStages;
import dev.eddy.model.Model;
import dev.eddy.model.PackedModels;
import dev.eddy.score.Bands;
import dev.eddy.score.Classes;
import dev.eddy.score.Comparison;
import dev.eddy.score.Emit;
import dev.eddy.score.Forecast;
import dev.eddy.score.Scaling;
import dev.eddy.score.Surprise;
import dev.eddy.streams.time.Grace;
import dev.eddy.streams.time.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.streams.test.TestRecord;

/** Whatever options meet in a pipeline: the order of arrival and a restart change nothing. */
class RandomPipelinesTest {
  private static final Schema READING =
      SchemaBuilder.record("Reading")
          .fields()
          .optionalDouble("a")
          .optionalDouble("b")
          .optionalString("status")
          .optionalString("line")
          .endRecord();
  private static final Schema ROOM =
      SchemaBuilder.record("Room").fields().optionalDouble("size").endRecord();
  private static final String ROOMS = "rooms";
  private static final TextTokens LETTERS =
      TextTokens.of(TextTokens.As.CHARACTERS, List.of("x", "y", "z")).withAfter(2);
  private static final InputMapping ROOM_SIZE =
      InputMapping.of(ChannelSpec.numeric("size", "size"));
  private static final int READINGS = 60;
  private static final int KEYS = 3;

  /** A reading, null throughout for the end of its key's sequence. */
  private record Reading(String key, long timeMs, Double a, Double b, String status, String line) {}

  /**
   * @param rooms the table of which the last channel is, null for none
   * @param sizes its rows by key
   */
  private record Pipeline(
      Scoring scoring,
      Timing timing,
      InputMapping mapping,
      int graceMs,
      Function<RegistrySettings, ContextTable> rooms,
      Map<String, Double> sizes) {
    private FrameTail tail(RegistrySettings registry) {
      return rooms == null ? FrameTail.NONE : FrameTail.NONE.with(rooms.apply(registry));
    }

    Pipeline withoutGrace() {
      return new Pipeline(scoring, timing.with(Grace.NONE), mapping, 0, rooms, sizes);
    }

    /** Whether the wall-clock says when a key is old, and may before a silence would. */
    boolean isByWallClock() {
      return scoring.sequences().expiry().stream()
          .anyMatch(expiry -> expiry.clock() == Sequences.Clock.WALL_CLOCK);
    }

    /** Whether a look at old keys may say which key's frames the shared scale learns of first. */
    boolean isLearntAsKeysGrowOld() {
      return timing.frames().isPresent()
          && scoring.sequences().expiry().isPresent()
          && scoring.scaling().stream().anyMatch(scaling -> scaling.learn() == Scaling.Learn.ALL);
    }

    @Override
    public String toString() {
      return timing
          + ", "
          + mapping.end()
          + ", "
          + scoring.sequences()
          + ", "
          + scoring.scaling()
          + ", "
          + scoring.anomaly()
          + ", "
          + scoring.outputs()
          + ", "
          + tail(RegistrySettings.at("mock://none"))
          + sizes
          + ", "
          + scoring.model().graph();
    }
  }

  private static Pipeline pipeline(SplittableRandom random) {
    while (true) {
      try {
        return anyPipeline(random);
      } catch (IllegalArgumentException e) {
        // what doesn't go together, such as a forecast at the end of sequences
      }
    }
  }

  private static Pipeline anyPipeline(SplittableRandom random) {
    BadValue bad = random.nextBoolean() ? BadValue.HOLD : BadValue.DEAD_LETTERS;
    InputMapping mapping =
        InputMapping.of(
            ChannelSpec.numeric("a", "a"), ChannelSpec.numeric("b", "b").withBad(bad).scaled(1, 2));
    if (random.nextInt(4) == 0) {
      List<ChannelSpec> more = new ArrayList<>(mapping.channels());
      more.add(ChannelSpec.text("line", "line", LETTERS));
      mapping = InputMapping.of(more.toArray(ChannelSpec[]::new));
    }
    if (random.nextBoolean()) {
      mapping = mapping.withEnd(new EndMarker("status", "closed", random.nextBoolean()));
    }
    int graceMs = random.nextInt(1, 30);
    Timing timing = Timing.NONE.with(Grace.of(Duration.ofMillis(graceMs)));
    List<Channel> channels = Channel.of(mapping);
    Sequences sequences = Sequences.OPEN;
    if (random.nextInt(3) > 0) {
      FramePlan plan = RandomStages.plan(Channel.frames(mapping), random);
      timing = timing.with(plan);
      channels = Channel.of(plan);
    } else if (random.nextInt(3) == 0) {
      sequences = Sequences.OPEN.endingWhenIdleFor(Duration.ofMillis(random.nextInt(5, 40)));
    }
    if (sequences.idle().isEmpty() && random.nextInt(3) == 0) {
      Sequences.Clock clock = Sequences.Clock.values()[random.nextInt(2)];
      sequences = sequences.expiringAfter(Duration.ofMillis(random.nextInt(20, 90)), clock);
    }
    boolean endsIdle = sequences.idle().isPresent();
    Function<RegistrySettings, ContextTable> rooms = null;
    if (random.nextInt(4) == 0) {
      boolean global = random.nextBoolean();
      BadValue without =
          List.of(BadValue.DEAD_LETTERS, BadValue.HOLD, BadValue.constant(0.5))
              .get(random.nextInt(3));
      rooms =
          registry ->
              new ContextTable(
                  ROOMS,
                  global,
                  ROOM_SIZE,
                  without,
                  new ObservationDeserializer(ROOM_SIZE, registry));
      channels = new ArrayList<>(channels);
      channels.addAll(ContextTable.channels(ROOM_SIZE, without));
    }
    Scoring scoring =
        TestPipeline.inMemory(
            Scoring.of("oven", model(channels, random)).with(channels).with(sequences));
    if (random.nextInt(3) == 0) {
      boolean all = !endsIdle && random.nextBoolean(); // ends of idle keys come when looked for
      Scaling.Learn learn = all ? Scaling.Learn.ALL : Scaling.Learn.KEY;
      scoring = scoring.with(new Scaling(learn, random.nextInt(2) * 5, List.of()));
    }
    scoring = scoring.with(outputs(scoring.model(), random));
    if (random.nextInt(4) == 0) {
      scoring = scoring.with(new Anomaly(random.nextInt(1, 3), 2, 10, 4));
    }
    Map<String, Double> sizes = Map.of("k0", 1.0, "k1", random.nextDouble());
    return new Pipeline(scoring, timing, mapping, graceMs, rooms, rooms == null ? Map.of() : sizes);
  }

  /** Outputs are three logits, one value, or the channels. */
  private static Model model(List<Channel> channels, SplittableRandom random) {
    int size = channels.size();
    String middle =
        switch (random.nextInt(7)) {
          case 0 -> "conv: {filters: 3, kernel: 3, padding: 1}";
          case 1 -> "conv: {filters: 3, kernel: 2, stride: 2}";
          case 2 -> "deconv: {filters: 3, kernel: 4, stride: 3}";
          case 3 -> "conv: {filters: 3, kernel: 5, padding: 2}";
          case 4 -> "gru: {units: 3}";
          default -> "lstm: {units: 3}";
        };
    boolean last = random.nextInt(6) == 0;
    int outputs = List.of(1, 3, size).get(random.nextInt(3));
    List<String> names = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      names.add(outputs == size ? channels.get(i).name() : "y" + i);
    }
    String yaml =
        "input: {channels: %d}\nlayers:\n  - %s\n  - tanh\n%s  - dense: {units: %d}\noutputs: %s\n"
            .formatted(
                size,
                middle,
                last ? "  - last\n" : "",
                outputs,
                names.stream().collect(Collectors.joining("\", \"", "[\"", "\"]")));
    return PackedModels.random("oven", 1, yaml, random.nextInt(), 1).model();
  }

  private static Outputs outputs(Model model, SplittableRandom random) {
    Outputs outputs = Outputs.standard();
    outputs = random.nextBoolean() ? outputs.withEmitted() : outputs;
    outputs = random.nextInt(4) == 0 ? outputs.inUnitsOfModel() : outputs;
    outputs =
        switch (random.nextInt(7)) {
          case 6 -> outputs.with(Surprise.ofLogits().channel("line"));
          case 0 -> outputs.with(new Classes(List.of("p", "q", "r"), true, random.nextBoolean()));
          case 1 -> outputs.with(Comparison.ofReconstructions());
          case 2 -> outputs.with(Comparison.ofForecasts(random.nextInt(1, 4)).withEach());
          case 3 -> outputs.with(forecast(Forecast.As.ARRAY, random));
          case 4 -> outputs.with(forecast(Forecast.As.RECORDS, random));
          default -> outputs;
        };
    if (outputs.comparison().isPresent() && random.nextBoolean()) {
      outputs = outputs.with(new Bands(0.9, 10));
    }
    return outputs.emit(
        switch (random.nextInt(7)) {
          case 0 -> new Emit.Change(Optional.empty());
          case 1 -> new Emit.End();
          case 2 -> new Emit.Nth(random.nextInt(1, 4));
          case 3 -> new Emit.Above(0.1, Optional.empty());
          default -> Emit.EVERY;
        });
  }

  private static Forecast forecast(Forecast.As as, SplittableRandom random) {
    Optional<Duration> every =
        random.nextBoolean() ? Optional.of(Duration.ofMillis(7)) : Optional.empty();
    return new Forecast(random.nextInt(1, 5), as, every, random.nextBoolean());
  }

  private static List<Reading> readings(SplittableRandom random) {
    return readings(random, new long[KEYS]);
  }

  /**
   * @param aheadMs by how much each key's clock is before the others'
   */
  private static List<Reading> readings(SplittableRandom random, long[] aheadMs) {
    List<Reading> readings = new ArrayList<>();
    long clockMs = 0;
    long[] lastMs = new long[KEYS];
    for (int i = 0; i < READINGS; i++) {
      clockMs += random.nextInt(12) == 0 ? random.nextInt(1, 120) : random.nextInt(4);
      int number = random.nextInt(KEYS);
      String key = "k" + number;
      clockMs += clockMs == lastMs[number] ? 1 : 0; // one time may have several keys
      lastMs[number] = clockMs;
      long timeMs = clockMs + aheadMs[number];
      Double b = random.nextInt(5) == 0 ? null : (Double) (random.nextInt(-8, 8) / 4.0);
      readings.add(
          switch (random.nextInt(14)) {
            case 0 -> new Reading(key, timeMs, null, null, null, null);
            case 1 -> new Reading(key, timeMs, random.nextDouble(), b, "closed", "x");
            case 2 -> new Reading(key, timeMs, null, b, "open", "y"); // refused
            default ->
                new Reading(
                    key, timeMs, random.nextDouble(-2, 2), b, "open", "xyzzy".substring(i % 5));
          });
    }
    return readings;
  }

  private static TestPipeline open(Pipeline of, Map<String, Map<byte[], byte[]>> changelogs) {
    TestPipeline pipeline =
        new TestPipeline(of.scoring, of.timing, of::tail, of.mapping, true, changelogs);
    of.sizes.forEach((key, size) -> pipeline.pipeTo(ROOMS, key, pipeline.encode(ROOM, size), 0));
    return pipeline;
  }

  private static void pipe(TestPipeline pipeline, List<Reading> readings) {
    pipe(pipeline, readings, reading -> {});
  }

  private static void pipe(
      TestPipeline pipeline, List<Reading> readings, Consumer<Reading> before) {
    for (Reading reading : readings) {
      before.accept(reading);
      byte[] value =
          reading.status == null
              ? null
              : pipeline.encode(READING, reading.a, reading.b, reading.status, reading.line);
      pipeline.pipe(reading.key, value, reading.timeMs);
    }
  }

  private static void add(TestPipeline pipeline, Map<String, List<String>> scores) {
    pipeline.addScoresTo(scores);
    addLetters("refused", pipeline.deadSoFar(), scores);
    scores
        .getOrDefault("refused", new ArrayList<>())
        .sort(null); // in order of time, not of arrival
    addLetters("late", pipeline.lateSoFar(), scores);
  }

  private static void addLetters(
      String name, List<TestRecord<byte[], byte[]>> letters, Map<String, List<String>> scores) {
    for (TestRecord<byte[], byte[]> letter : letters) {
      scores
          .computeIfAbsent(name, key -> new ArrayList<>())
          .add(letter.timestamp() + " " + TestPipeline.reason(letter));
    }
  }

  /** What comes of readings where the task is stopped after some of them and goes on elsewhere. */
  private static Map<String, List<String>> scores(Pipeline of, List<Reading> readings, int cut) {
    Map<String, List<String>> scores = new TreeMap<>();
    Map<String, Map<byte[], byte[]>> changelogs = Map.of();
    if (cut > 0) {
      try (TestPipeline before = open(of, Map.of())) {
        pipe(before, readings.subList(0, cut));
        add(before, scores);
        changelogs = before.changelogs();
        changelogs.remove("oven-context"); // its rows are written anew
      }
    }
    try (TestPipeline after = open(of, changelogs)) {
      pipe(after, readings.subList(cut, readings.size()));
      after.letPass(Duration.ofMinutes(2));
      add(after, scores);
    }
    return scores;
  }

  @Property(tries = 30)
  void shouldGiveTheSameInAnyOrderWithinGraceAndWhereverItIsStopped(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Pipeline pipeline = pipeline(random);
    List<Reading> readings = readings(random);
    Map<String, List<String>> inOrder = scores(pipeline, readings, 0);
    assertThat(inOrder).doesNotContainKey("late");
    List<Reading> shuffled =
        Shuffle.withinGrace(pipeline.graceMs, readings, Reading::timeMs, random);
    assertThat(scores(pipeline, shuffled, random.nextInt(READINGS)))
        .as("seed %d, %s", seed, pipeline)
        .isEqualTo(inOrder);
  }

  /** The task sees the wall-clock go on now and then between records, for less than is silence. */
  private static Map<String, List<String>> scoresWithTicks(
      Pipeline of, List<Reading> readings, SplittableRandom random) {
    Map<String, List<String>> scores = new TreeMap<>();
    try (TestPipeline pipeline = open(of, Map.of())) {
      pipe(
          pipeline,
          readings,
          reading -> pipeline.letPass(Duration.ofMillis(250 * random.nextInt(5))));
      pipeline.letPass(Duration.ofMinutes(2));
      add(pipeline, scores);
    }
    return scores;
  }

  @Property(tries = 60)
  void shouldGiveTheSameHoweverFastRecordsAreRead(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Pipeline pipeline = pipeline(random);
    while (pipeline.isByWallClock()) {
      pipeline = pipeline(random);
    }
    long[] aheadMs = new long[KEYS];
    boolean byTicks = pipeline.scoring.sequences().idle().isPresent(); // they last longer than that
    boolean byLooks = pipeline.isLearntAsKeysGrowOld();
    if (!byTicks
        && !byLooks
        && random.nextBoolean()) { // clocks differ, and no record waits for others
      pipeline = pipeline.withoutGrace();
      aheadMs = random.longs(KEYS, 0, 150).toArray();
    }
    List<Reading> readings = readings(random, aheadMs);
    assertThat(scoresWithTicks(pipeline, readings, random))
        .as("seed %d, %s", seed, pipeline)
        .isEqualTo(scores(pipeline, readings, 0));
  }
}
