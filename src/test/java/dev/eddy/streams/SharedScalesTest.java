package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.InputMapping;
import dev.eddy.frames.Contents;
import dev.eddy.frames.FramePlan;
import dev.eddy.frames.RandomStages;
import dev.eddy.frames.Span;
import dev.eddy.frames.Statistic;
import dev.eddy.frames.Window;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Lstm;
import dev.eddy.score.Scaling;
import dev.eddy.streams.time.Grace;
import dev.eddy.streams.time.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** Where all keys are learnt of, their frames come in order of time, then of keys. */
class SharedScalesTest {
  private static final Schema READING =
      SchemaBuilder.record("Reading").fields().requiredDouble("a").endRecord();
  private static final InputMapping A = InputMapping.of(ChannelSpec.numeric("a", "a"));
  private static final Grace TEN_MS = Grace.of(Duration.ofMillis(10));
  private static final Map<String, Map<byte[], byte[]>> NOTHING = Map.of();
  private static final int READINGS = 80;

  /** A reading, NaN for one that is refused; null for the end of its key's sequence. */
  private record Reading(String key, long timeMs, Double value) {}

  private static FramePlan windows(long sizeMs, long hopMs) {
    return FramePlan.of(
        Channel.frames(A),
        Window.of(
            new Span.ByTime(sizeMs, hopMs, 0),
            Contents.Summary.of(Channel.frames(A), List.of(Statistic.of("mean")))));
  }

  private static Scoring scoring(List<Channel> channels) {
    var model =
        Models.random(
            "oven", 1, channels.size(), List.of("x"), new Lstm(5, 1, true), new Dense(1, true));
    return TestPipeline.inMemory(
        Scoring.of("oven", model)
            .with(channels)
            .with(new Scaling(Scaling.Learn.ALL, 0, List.of())));
  }

  private static TestPipeline pipeline(
      Grace grace, FramePlan plan, Map<String, Map<byte[], byte[]>> changelogs) {
    Timing timing = Timing.NONE.with(grace).with(plan);
    return new TestPipeline(scoring(Channel.of(plan)), timing, A, true, changelogs);
  }

  private static void pipe(TestPipeline pipeline, Reading reading) {
    byte[] value = reading.value == null ? null : pipeline.encode(READING, reading.value);
    pipeline.pipe(reading.key, value, reading.timeMs);
  }

  private static void pipe(TestPipeline pipeline, String key, long... timesMs) {
    for (long timeMs : timesMs) {
      pipe(pipeline, new Reading(key, timeMs, key.charAt(0) + timeMs / 7.0));
    }
  }

  /** Records that are refused, and that no frame comes of. */
  private static void moveTime(TestPipeline pipeline, long... timesMs) {
    for (long timeMs : timesMs) {
      pipe(pipeline, new Reading("refused", timeMs, Double.NaN));
    }
  }

  /** Whose frames have been scored, and so learnt of, in order. */
  private static List<String> learntOf(TestPipeline pipeline) {
    return pipeline.scoresSoFar().stream()
        .map(score -> new String(score.key()) + "@" + score.timestamp())
        .toList();
  }

  @Test
  void shouldLearnOfRecordsOfOneTimeInOrderOfKeys() {
    for (String keys : List.of("abc", "cba", "bac")) {
      try (TestPipeline pipeline =
          new TestPipeline(scoring(Channel.of(A)), Timing.NONE.with(TEN_MS), A, true)) {
        keys.chars().forEach(key -> pipe(pipeline, Character.toString(key), 5));
        moveTime(pipeline, 100);
        assertThat(learntOf(pipeline)).containsExactly("a@5", "b@5", "c@5");
      }
    }
  }

  @Test
  void shouldPutARecordInItsPlaceThatIsBehindTheStreamByAllOfGrace() {
    for (String keys : List.of("acx", "cxa")) {
      try (TestPipeline pipeline =
          new TestPipeline(scoring(Channel.of(A)), Timing.NONE.with(TEN_MS), A, true)) {
        keys.chars().forEach(key -> pipe(pipeline, Character.toString(key), key == 'x' ? 15 : 5));
        moveTime(pipeline, 100);
        assertThat(learntOf(pipeline)).containsExactly("a@5", "c@5", "x@15");
      }
    }
  }

  @Test
  void shouldCloseWhatLiesBehindARecordBeforeIt() {
    Grace grace = Grace.of(Duration.ofMillis(30)); // all are held until time jumps
    try (TestPipeline pipeline = pipeline(grace, windows(10, 10), NOTHING)) {
      pipe(pipeline, "a", 5);
      pipe(pipeline, "b", 5, 25); // closes the first itself
      moveTime(pipeline, 100);
      assertThat(learntOf(pipeline)).containsExactly("a@10", "b@10", "b@30");
    }
  }

  @Test
  void shouldLearnInTheSameOrderWhetherTimeJumpsOrGoesOnInSteps() {
    long[][] ways = {{100}, {16, 17, 18, 22, 29, 30, 40, 41, 60, 100}, {25, 45, 100}};
    for (long[] timesMs : ways) {
      try (TestPipeline pipeline = pipeline(TEN_MS, windows(30, 10), NOTHING)) {
        pipe(pipeline, "b", 5);
        pipe(pipeline, "a", 5);
        pipe(pipeline, "c", 15);
        moveTime(pipeline, timesMs);
        assertThat(learntOf(pipeline))
            .containsExactly(
                "a@10", "b@10", "a@20", "b@20", "c@20", "a@30", "b@30", "c@30", "c@40");
      }
    }
  }

  @Test
  void shouldKeepTheOrderOfKeysOverARestart() {
    for (long first : new long[] {5, 6}) {
      Map<String, Map<byte[], byte[]>> changelogs;
      try (TestPipeline before = pipeline(TEN_MS, windows(10, 10), NOTHING)) {
        pipe(before, "a", first);
        pipe(before, "b", 11 - first);
        moveTime(before, 18); // neither waits any more
        changelogs = before.changelogs();
        assertThat(changelogs.get("oven-order")).isEmpty();
      }
      try (TestPipeline after = pipeline(TEN_MS, windows(10, 10), changelogs)) {
        moveTime(after, 100);
        assertThat(learntOf(after)).containsExactly("a@10", "b@10");
      }
    }
  }

  @Test
  void shouldKeepTheOrderOfKeysWhereSomeOfTheirTimeWentOnBefore() {
    for (String keys : List.of("ac", "ca")) {
      try (TestPipeline pipeline = pipeline(TEN_MS, windows(10, 10), NOTHING)) {
        pipe(pipeline, "b", 5);
        pipeline.letPass(Duration.ofMinutes(2)); // silence closes its window
        keys.chars().forEach(key -> pipe(pipeline, Character.toString(key), 6));
        moveTime(pipeline, 100);
        assertThat(learntOf(pipeline)).containsExactly("b@10", "a@10", "c@10");
      }
    }
  }

  @Test
  void shouldLeaveNothingForLaterHoweverMuchTimeHasPassed() {
    try (TestPipeline pipeline = pipeline(TEN_MS, windows(2_000, 1), NOTHING)) {
      for (String key : List.of("a", "b", "c")) {
        pipe(pipeline, key, 5);
      }
      moveTime(pipeline, 10_000);
      List<String> learntOf = learntOf(pipeline);
      assertThat(learntOf).hasSize(3 * 2_000).endsWith("a@2005", "b@2005", "c@2005");
    }
  }

  @Test
  void shouldKeepWindowsOpenForOthersWhenARecordIsLetGoEarly() {
    Grace grace = new Grace(Duration.ofMillis(30), Duration.ofMinutes(1), 2);
    try (TestPipeline pipeline = pipeline(grace, windows(10, 10), NOTHING)) {
      pipe(pipeline, "k", 5);
      pipe(pipeline, "many", 36, 37, 38); // the first has to go
      pipe(pipeline, "k", 9);
      pipeline.letPass(Duration.ofMinutes(3));
      assertThat(pipeline.lateSoFar()).isEmpty();
      assertThat(learntOf(pipeline)).containsOnlyOnce("k@10");
    }
  }

  private static List<Reading> someReadings(SplittableRandom random) {
    List<Reading> readings = new ArrayList<>();
    Map<String, Long> lastMs = new HashMap<>();
    long clockMs = 0;
    for (int i = 0; i < READINGS; i++) {
      clockMs += random.nextInt(12) == 0 ? random.nextInt(1, 120) : random.nextInt(3);
      String key = "k" + random.nextInt(4);
      clockMs += lastMs.getOrDefault(key, -1L) == clockMs ? 1 : 0; // one time may have several keys
      lastMs.put(key, clockMs);
      boolean end = random.nextInt(15) == 0;
      boolean bad = random.nextInt(15) == 0;
      Double value = end ? null : bad ? Double.NaN : (Double) (10 * random.nextDouble());
      readings.add(new Reading(key, clockMs, value));
    }
    return readings;
  }

  private static Map<String, List<String>> scores(FramePlan plan, List<Reading> readings, int cut) {
    Map<String, List<String>> scores = new TreeMap<>();
    Map<String, Map<byte[], byte[]>> changelogs = NOTHING;
    if (cut > 0) {
      try (TestPipeline before = pipeline(TEN_MS, plan, NOTHING)) {
        readings.subList(0, cut).forEach(reading -> pipe(before, reading));
        before.addScoresTo(scores);
        changelogs = before.changelogs();
      }
    }
    try (TestPipeline after = pipeline(TEN_MS, plan, changelogs)) {
      readings.subList(cut, READINGS).forEach(reading -> pipe(after, reading));
      after.letPass(Duration.ofMinutes(2));
      after.addScoresTo(scores);
      assertThat(after.lateSoFar()).isEmpty();
    }
    return scores;
  }

  @Property(tries = 40)
  void shouldGiveTheSameInAnyOrderWithinGraceAndWhereverItIsStopped(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FramePlan plan = RandomStages.plan(Channel.frames(A), random);
    List<Reading> readings = someReadings(random);
    int cut = random.nextBoolean() ? random.nextInt(READINGS) : 0;
    assertThat(scores(plan, Shuffle.withinGrace(10, readings, Reading::timeMs, random), cut))
        .as("seed %d, %s", seed, plan)
        .isEqualTo(scores(plan, readings, 0));
  }
}
