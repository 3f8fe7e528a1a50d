package dev.eddy.streams;

import static dev.eddy.streams.TestPipeline.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.InputMapping;
import dev.eddy.avro.TextTokens;
import dev.eddy.frames.Contents;
import dev.eddy.frames.FramePlan;
import dev.eddy.frames.Gap;
import dev.eddy.frames.RandomStages;
import dev.eddy.frames.Sampling;
import dev.eddy.frames.SinceLast;
import dev.eddy.frames.Span;
import dev.eddy.frames.Stage;
import dev.eddy.frames.Statistic;
import dev.eddy.frames.Window;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Flatten;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Shape;
import dev.eddy.model.Model;
import dev.eddy.model.PackedModels;
import dev.eddy.model.Tensor;
import dev.eddy.network.Graph;
import dev.eddy.network.StateMismatchException;
import dev.eddy.streams.time.Grace;
import dev.eddy.streams.time.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

class FramesTopologyTest {
  private static final Schema READING =
      SchemaBuilder.record("Reading").fields().requiredDouble("a").endRecord();
  private static final InputMapping A = InputMapping.of(ChannelSpec.numeric("a", "a"));
  private static final Grace TEN_MS = Grace.of(Duration.ofMillis(10));
  private static final Sampling EVERY_10 = Sampling.of(10, Sampling.Fill.HOLD);

  /** A reading, NaN for one that is refused; null for the end of its key's sequence. */
  private record Reading(String key, long timeMs, Double value) {
    boolean bad() {
      return value != null && value.isNaN();
    }
  }

  private static FramePlan plan(Stage... stages) {
    return FramePlan.of(Channel.frames(A), stages);
  }

  private static Window windows(long sizeMs, long hopMs, String statistic) {
    return Window.of(
        new Span.ByTime(sizeMs, hopMs, 0),
        Contents.Summary.of(Channel.frames(A), List.of(Statistic.of(statistic))));
  }

  private static Scoring scoring(FramePlan plan) {
    return Scoring.of(
            "oven",
            Models.random(
                "oven",
                1,
                plan.shape().size(),
                List.of("x"),
                new Lstm(5, 1, true),
                new Dense(1, true)))
        .with(Channel.of(plan));
  }

  private static TestPipeline inMemory(
      FramePlan plan, Map<String, Map<byte[], byte[]>> changelogs) {
    Timing timing = Timing.NONE.with(TEN_MS).with(plan);
    return new TestPipeline(TestPipeline.inMemory(scoring(plan)), timing, A, true, changelogs);
  }

  private static TestPipeline pipeline(Grace grace, FramePlan plan) {
    return new TestPipeline(scoring(plan), Timing.NONE.with(grace).with(plan), A, true);
  }

  private static void pipe(TestPipeline pipeline, Reading reading) {
    byte[] value = reading.value == null ? null : pipeline.encode(READING, reading.value);
    pipeline.pipe(reading.key, value, reading.timeMs);
  }

  private static void pipe(TestPipeline pipeline, String key, long... timesMs) {
    for (long timeMs : timesMs) {
      pipe(pipeline, new Reading(key, timeMs, timeMs / 100.0));
    }
  }

  private static Map<String, List<String>> byKey(TestPipeline pipeline) {
    Map<String, List<String>> scores = new TreeMap<>();
    pipeline.addScoresTo(scores);
    return scores;
  }

  private static List<Long> times(TestPipeline pipeline) {
    return pipeline.scoresSoFar().stream().map(TestRecord::timestamp).toList();
  }

  private static List<Reading> someReadings(SplittableRandom random) {
    List<Reading> readings = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      boolean end = random.nextInt(15) == 0;
      boolean bad = random.nextInt(15) == 0;
      long timeMs = i * 3 + random.nextInt(3);
      Double value = end ? null : bad ? Double.NaN : random.nextDouble();
      readings.add(new Reading("k" + random.nextInt(3), timeMs, value));
    }
    return readings;
  }

  @Property(tries = 20)
  void shouldGiveTheSameBytesForAnyOrderOfArrivalWithinGrace(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FramePlan plan = RandomStages.plan(Channel.frames(A), random);
    List<Reading> readings = someReadings(random);
    assertThat(scores(plan, Shuffle.withinGrace(10, readings, Reading::timeMs, random)))
        .as("seed %d, %s", seed, plan)
        .isEqualTo(scores(plan, readings));
  }

  private static Map<String, List<String>> scores(FramePlan plan, List<Reading> readings) {
    try (TestPipeline pipeline = inMemory(plan, Map.of())) {
      readings.forEach(reading -> pipe(pipeline, reading));
      pipeline.letPass(Duration.ofMinutes(2));
      assertThat(pipeline.deadSoFar())
          .hasSize((int) readings.stream().filter(Reading::bad).count());
      assertThat(pipeline.lateSoFar()).isEmpty();
      return byKey(pipeline);
    }
  }

  @Property(tries = 20)
  void shouldGoOnFromTheChangelogsAnywhere(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FramePlan plan = RandomStages.plan(Channel.frames(A), random);
    List<Reading> readings = Shuffle.withinGrace(10, someReadings(random), Reading::timeMs, random);
    int cut = random.nextInt(60);
    Map<String, List<String>> scores;
    Map<String, Map<byte[], byte[]>> changelogs;
    try (TestPipeline before = inMemory(plan, Map.of())) {
      readings.subList(0, cut).forEach(reading -> pipe(before, reading));
      scores = byKey(before);
      changelogs = before.changelogs();
    }
    try (TestPipeline after = inMemory(plan, changelogs)) {
      readings.subList(cut, 60).forEach(reading -> pipe(after, reading));
      after.letPass(Duration.ofMinutes(2));
      byKey(after)
          .forEach((key, list) -> scores.computeIfAbsent(key, k -> new ArrayList<>()).addAll(list));
    }
    assertThat(scores).as("seed %d, %s", seed, plan).isEqualTo(scores(plan, readings));
  }

  @Test
  void shouldScoreTheGridInPlaceOfTheRecords() {
    try (TestPipeline pipeline = pipeline(Grace.NONE, plan(EVERY_10))) {
      pipe(pipeline, "k", 3, 8, 9, 10, 31);
      assertThat(times(pipeline)).containsExactly(10L, 20L, 30L);
      pipeline.pipe("k", null, 35);
      assertThat(times(pipeline)).containsExactly(40L);
      assertThat(pipeline.driver.<byte[], byte[]>getKeyValueStore("oven-frames").all())
          .isExhausted();
    }
  }

  @Test
  void shouldCountSilenceFromTheLastRecordThoughItWasHeld() {
    Contents max =
        new Contents.Summary(List.of(new Contents.Value("a", Statistic.of("max"))), 1, 1);
    FramePlan plan = plan(Window.of(new Span.ByTime(70_000, 70_000, 0), max));
    try (TestPipeline pipeline = pipeline(TEN_MS, plan)) {
      pipe(pipeline, "k", 100);
      pipe(pipeline, "other", 120);
      pipeline.letPass(Duration.ofSeconds(50));
      pipe(pipeline, "other", 121);
      pipeline.letPass(Duration.ofSeconds(65));
      assertThat(times(pipeline)).isEmpty();
      pipeline.letPass(Duration.ofSeconds(6));
      assertThat(times(pipeline)).containsExactly(70_000L, 70_000L);
    }
  }

  @Test
  void shouldLetAPointGoWhenStreamTimeHasPassedItByGrace() {
    try (TestPipeline pipeline = pipeline(TEN_MS, plan(EVERY_10))) {
      pipe(pipeline, "k", 95);
      pipe(pipeline, "other", 110);
      assertThat(times(pipeline)).isEmpty();
      pipe(pipeline, "other", 111);
      assertThat(times(pipeline)).containsExactly(100L);
    }
  }

  @Test
  void shouldTakeARecordOnAPointThatIsBehindTheStreamByAllOfGrace() {
    try (TestPipeline pipeline = pipeline(TEN_MS, plan(EVERY_10))) {
      pipe(pipeline, "k", 95);
      pipe(pipeline, "other", 110);
      pipe(pipeline, "k", 100);
      pipe(pipeline, "other", 200);
      assertThat(pipeline.deadSoFar()).isEmpty();
      assertThat(times(pipeline)).startsWith(100L);
    }
  }

  @Test
  void shouldKeepKeysStrangersWithoutGrace() {
    try (TestPipeline pipeline = pipeline(Grace.NONE, plan(EVERY_10))) {
      pipe(pipeline, "k", 95);
      pipe(pipeline, "other", 1_000_000);
      assertThat(times(pipeline)).isEmpty();
      pipe(pipeline, "k", 99, 101);
      assertThat(times(pipeline)).containsExactly(100L);
    }
  }

  @Test
  void shouldTakeTimeToGoOnWhenThePartitionFallsSilent() {
    Grace grace = new Grace(Duration.ofSeconds(30), Duration.ofSeconds(20), 1_000);
    try (TestPipeline pipeline = pipeline(grace, plan(EVERY_10))) {
      pipe(pipeline, "k", 95);
      pipe(pipeline, "other", 33, 31);
      pipeline.letPass(Duration.ofSeconds(19));
      pipeline.letPass(Duration.ofSeconds(2)); // what was held goes on
      pipeline.letPass(Duration.ofSeconds(8));
      assertThat(times(pipeline)).isEmpty(); // grace is not over
      pipeline.letPass(Duration.ofSeconds(2));
      assertThat(times(pipeline)).containsExactlyInAnyOrder(40L, 100L);
      assertThat(pipeline.lateSoFar()).isEmpty();
    }
  }

  @Test
  void shouldKeepAWindowOpenThatASilenceIsTooShortFor() {
    long minuteMs = 60_000;
    FramePlan plan =
        plan(
            Window.of(
                new Span.ByTime(10 * minuteMs, 10 * minuteMs, 0),
                Contents.Summary.of(Channel.frames(A), List.of(Statistic.of("mean")))));
    try (TestPipeline pipeline = pipeline(Grace.NONE, plan)) {
      for (int minute = 0; minute <= 8; minute += 2) {
        pipe(pipeline, "k", minute * minuteMs);
        pipeline.letPass(Duration.ofSeconds(70)); // more than idle
        pipeline.letPass(Duration.ofSeconds(49));
      }
      assertThat(pipeline.lateSoFar()).isEmpty();
      assertThat(times(pipeline)).isEmpty();
      pipeline.letPass(Duration.ofSeconds(1));
      assertThat(times(pipeline)).containsExactly(10 * minuteMs);
    }
  }

  @Test
  void shouldSendRecordsLateForTheGridToTheirTopic() {
    try (TestPipeline pipeline = pipeline(TEN_MS, plan(EVERY_10))) {
      pipe(pipeline, "k", 95);
      pipe(pipeline, "other", 150);
      byte[] value = pipeline.encode(READING, 0.5);
      pipeline.pipe("k", value, 98);
      assertThat(pipeline.lateSoFar())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.value()).isEqualTo(value);
                assertThat(reason(letter))
                    .isEqualTo(
                        "late by 3 ms: the record is of 1970-01-01T00:00:00.098Z, its key takes"
                            + " records from 1970-01-01T00:00:00.101Z on");
              });
    }
  }

  @Test
  void shouldEndASequenceAtAGapAsByANullValue() {
    FramePlan flush = plan(Gap.of(50, Gap.Then.FLUSH));
    try (TestPipeline pipeline = pipeline(TEN_MS, flush)) {
      pipe(pipeline, "k", 10, 20);
      pipe(pipeline, "other", 80);
      assertThat(pipeline.store().get(TestPipeline.bytes("k"))).isNotNull();
      pipe(pipeline, "other", 81);
      assertThat(pipeline.store().get(TestPipeline.bytes("k"))).isNull();
      assertThat(
              pipeline
                  .driver
                  .<byte[], byte[]>getKeyValueStore("oven-frames")
                  .approximateNumEntries())
          .isLessThanOrEqualTo(1);
    }
  }

  @Test
  void shouldBeginAnewAfterAGap() {
    FramePlan reset = plan(Gap.of(50, Gap.Then.RESET));
    try (TestPipeline pipeline = pipeline(Grace.NONE, reset)) {
      pipe(pipeline, "k", 10, 20, 71);
      pipe(pipeline, "fresh", 71);
      List<TestRecord<byte[], byte[]>> scores = pipeline.scoreBytesSoFar();
      assertThat(scores).hasSize(4);
      assertThat(scores.get(2).value()).isEqualTo(scores.get(3).value());
    }
  }

  @Test
  void shouldHoldValuesBeforeAnythingIsMadeOfThem() {
    InputMapping held = InputMapping.of(ChannelSpec.numeric("a", "a").withBad(BadValue.HOLD));
    FramePlan plan = FramePlan.of(Channel.frames(held), new SinceLast(1, false));
    Timing timing = Timing.NONE.with(plan);
    try (TestPipeline pipeline = new TestPipeline(scoring(plan), timing, held, false);
        TestPipeline plain =
            new TestPipeline(scoring(plan(new SinceLast(1, false))), timing(), A, false)) {
      pipeline.pipe("k", pipeline.encode(READING, Double.NaN), 1);
      assertThat(reason(pipeline.deadSoFar().get(0))).contains("no last value to hold");
      pipe(pipeline, "k", 5);
      pipeline.pipe("k", pipeline.encode(READING, Double.NaN), 9);
      pipe(plain, new Reading("k", 5, 0.05));
      pipe(plain, new Reading("k", 9, 0.05));
      assertThat(byKey(pipeline)).isEqualTo(byKey(plain));
    }
  }

  @Test
  void shouldHoldValuesOverAGapWhetherTimeOrARecordClosesIt() {
    InputMapping held = InputMapping.of(ChannelSpec.numeric("a", "a").withBad(BadValue.HOLD));
    FramePlan plan = FramePlan.of(Channel.frames(held), Gap.of(50, Gap.Then.FLUSH));
    List<Map<String, List<String>>> scores = new ArrayList<>();
    for (int minutes : new int[] {0, 2}) {
      try (TestPipeline pipeline =
          new TestPipeline(scoring(plan), Timing.NONE.with(plan), held, false)) {
        pipe(pipeline, "k", 5);
        pipeline.letPass(Duration.ofMinutes(minutes));
        pipeline.pipe("k", pipeline.encode(READING, Double.NaN), 200);
        assertThat(pipeline.deadSoFar()).isEmpty();
        scores.add(byKey(pipeline));
      }
    }
    assertThat(scores.get(1)).isEqualTo(scores.get(0));
  }

  private static Timing timing() {
    return Timing.NONE.with(plan(new SinceLast(1, false)));
  }

  @Test
  void shouldSayWhichRecordCameLastBeforeAFrameThatFails() {
    FramePlan plan = plan(EVERY_10);
    Scoring wild = // the exponential of what is large is infinite, however sums are made
        Scoring.of(
                "oven",
                PackedModels.random(
                        "wild", 1, "input: {channels: 1}\nlayers: [abs, exp]\noutputs: [x]\n", 1, 1)
                    .model())
            .with(Channel.of(plan));
    try (TestPipeline pipeline = new TestPipeline(wild, Timing.NONE.with(plan), A, false)) {
      for (int i = 0; i < 60; i++) {
        pipeline.pipe("k", pipeline.encode(READING, 3e38), 10 * i + 5);
      }
      List<TestRecord<byte[], byte[]>> dead = pipeline.deadSoFar();
      assertThat(dead).isNotEmpty();
      for (TestRecord<byte[], byte[]> letter : dead) {
        assertThat(letter.value()).isNull();
        assertThat(header(letter, "topic")).isEqualTo("in");
        assertThat(header(letter, "offset")).isEqualTo(String.valueOf(letter.timestamp() / 10 - 1));
      }
    }
  }

  /** It ends as time passes, while a good record of another key is in hand. */
  @Test
  void shouldNameTheKeyWhoseSequenceFailsAtItsEnd() {
    FramePlan plan = plan(Gap.of(50, Gap.Then.FLUSH));
    String last = "input: {channels: 1}\nlayers: [abs, last, exp]\noutputs: [x]\n";
    Scoring wild =
        Scoring.of("oven", PackedModels.random("wild", 1, last, 1, 1).model())
            .with(Channel.of(plan));
    try (TestPipeline pipeline =
        new TestPipeline(wild, Timing.NONE.with(TEN_MS).with(plan), A, false)) {
      pipeline.pipe("k", pipeline.encode(READING, 3e38), 5);
      pipe(pipeline, "other", 20, 100);
      List<TestRecord<byte[], byte[]>> dead = pipeline.deadSoFar();
      assertThat(dead).hasSize(1);
      assertThat(dead.get(0).key()).isEqualTo(TestPipeline.bytes("k"));
      assertThat(dead.get(0).value()).isNull();
      assertThat(dead.get(0).headers().lastHeader("__streams.errors.offset")).isNull();
    }
  }

  private static String header(TestRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader("__streams.errors." + name).value());
  }

  @Test
  void shouldStopAtAStateOfOtherSettingsOrBeginAnew() {
    Map<String, Map<byte[], byte[]>> changelogs;
    try (TestPipeline before = pipeline(Grace.NONE, plan(EVERY_10))) {
      pipe(before, "k", 5);
      changelogs = before.changelogs();
    }
    FramePlan other = plan(Sampling.of(20, Sampling.Fill.HOLD));
    Timing timing = Timing.NONE.with(other);
    try (TestPipeline after = new TestPipeline(scoring(other), timing, A, false, changelogs)) {
      assertThatThrownBy(() -> pipe(after, "k", 50))
          .rootCause()
          .isInstanceOf(StateMismatchException.class)
          .hasMessage(
              "task 0_0, store \"oven-frames\", key 0x6b: written with other settings of gap,"
                  + " sampling, windows or features, or other channels");
    }
    Scoring resets =
        scoring(other)
            .with(new StateStore(StateStore.Kind.MEMORY, false, StateStore.OtherLayout.RESET));
    try (TestPipeline after = new TestPipeline(resets, timing, A, false, changelogs)) {
      pipe(after, "k", 1, 45);
      assertThat(times(after)).containsExactly(20L, 40L);
    }
  }

  @Test
  void shouldForgetAKeyWhoseStateAnotherModelWrote() {
    FramePlan plan = plan(new SinceLast(1, false));
    Sequences expiring = Sequences.OPEN.expiringAfter(Duration.ofMillis(100));
    Timing timing = Timing.NONE.with(TEN_MS).with(plan);
    Map<String, Map<byte[], byte[]>> changelogs;
    try (TestPipeline before = new TestPipeline(scoring(plan).with(expiring), timing, A, false)) {
      pipe(before, "k", 5, 15, 30);
      pipe(before, "new", 45); // lets the last one go
      changelogs = before.changelogs();
    }
    Layer other = new Lstm(6, 1, true);
    Model model = Models.random("oven", 1, 2, List.of("x"), other, new Dense(1, true));
    Scoring scoring = Scoring.of("oven", model).with(Channel.of(plan)).with(expiring);
    try (TestPipeline after = new TestPipeline(scoring, timing, A, false, changelogs)) {
      pipe(after, "new", 300, 320);
      after.letPass(Duration.ofSeconds(2));
      assertThat(after.store().get(TestPipeline.bytes("k"))).isNull();
      assertThat(after.deadSoFar()).isEmpty();
    }
  }

  @Test
  void shouldBeNowhereInTheTopologyWithoutStages() {
    try (TestPipeline pipeline = pipeline(Grace.NONE, plan())) {
      assertThat(pipeline.driver.getAllStateStores()).containsOnlyKeys("oven-state");
    }
  }

  @Test
  void shouldRefuseAModelThatTakesOtherFrames() {
    FramePlan plan = plan(EVERY_10.withMask());
    assertThatThrownBy(() -> scoring(plan(EVERY_10)).with(Channel.of(plan)))
        .hasMessage(
            "model \"oven\" version 1 takes frames of 1 values, the input gives 2: [a, missing]");
    assertThatThrownBy(
            () ->
                new TestPipeline(
                    Scoring.of("oven", scoring(plan).model()), Timing.NONE.with(plan), A, false))
        .hasMessage("frames are made of [a, missing], scoring expects [in0, in1]");
  }

  @Test
  void shouldRefuseAModelThatTakesFramesOfAnotherShape() {
    FramePlan raw = plan(Window.of(new Span.ByCount(6, 6), new Contents.Samples(6, false)));
    Graph graph = Graph.sequential(Shape.of(2, 3), List.of(new Flatten(), new Dense(1, false)));
    Tensor weight = new Tensor(List.of(1, 6), new float[6]);
    Scoring scoring =
        Scoring.of("oven", new Model("oven", 1, graph, Map.of("1.weight", weight), List.of("x")))
            .with(Channel.of(raw));
    assertThatThrownBy(() -> new TestPipeline(scoring, Timing.NONE.with(raw), A, false))
        .hasMessage(
            "model \"oven\" version 1 takes frames of [2, 3], the input gives frames of [1, 6]:"
                + " [a_0, a_1, a_2, a_3, a_4, a_5]");
  }

  @Test
  void shouldScoreAWindowWhenStreamTimeHasPassedItsEndByGrace() {
    FramePlan plan = plan(windows(20, 10, "mean"));
    try (TestPipeline pipeline = pipeline(TEN_MS, plan)) {
      pipe(pipeline, "k", 105, 112);
      pipe(pipeline, "other", 119);
      assertThat(times(pipeline)).isEmpty();
      pipe(pipeline, "other", 120);
      assertThat(times(pipeline)).containsExactly(110L);
      pipe(pipeline, "k", 125);
      pipeline.letPass(Duration.ofMinutes(2));
      assertThat(
              pipeline.scoresSoFar().stream()
                  .filter(score -> Arrays.equals(score.key(), TestPipeline.bytes("k")))
                  .map(TestRecord::timestamp))
          .containsExactly(120L, 130L, 140L);
    }
  }

  @Test
  void shouldGiveAWindowOnceThatHadPassedWhenItsFirstRecordCame() {
    FramePlan plan = plan(windows(10, 10, "count"));
    Map<String, Map<byte[], byte[]>> changelogs;
    try (TestPipeline pipeline = pipeline(TEN_MS, plan)) {
      pipe(pipeline, "k", 5);
      pipe(pipeline, "other", 60);
      pipe(pipeline, "new", 12);
      changelogs = pipeline.changelogs();
      assertThat(times(pipeline)).containsExactly(10L);
    }
    Timing timing = Timing.NONE.with(TEN_MS).with(plan);
    try (TestPipeline after = new TestPipeline(scoring(plan), timing, A, true, changelogs)) {
      after.letPass(Duration.ofSeconds(1)); // takes up what it was left
      pipe(after, "other", 61, 62);
      assertThat(times(after)).containsExactly(20L);
      pipe(after, "new", 65);
      pipe(after, "other", 90, 91);
      assertThat(byKey(after).get("new")).singleElement().asString().startsWith("70 ");
    }
  }

  @Test
  void shouldKeepWindowsOpenForOthersWhenARecordIsLetGoEarly() {
    Grace grace = new Grace(Duration.ofMillis(30), Duration.ofMinutes(1), 2);
    FramePlan plan = plan(windows(10, 10, "count"));
    try (TestPipeline pipeline = pipeline(grace, plan);
        TestPipeline inOrder = pipeline(grace, plan)) {
      pipe(pipeline, "k", 5);
      pipe(pipeline, "many", 36, 37, 38); // the first has to go
      pipe(pipeline, "k", 9);
      pipe(inOrder, "k", 5, 9);
      pipe(inOrder, "many", 36, 37, 38);
      for (TestPipeline each : List.of(pipeline, inOrder)) {
        each.letPass(Duration.ofMinutes(3));
        assertThat(each.lateSoFar()).isEmpty();
      }
      assertThat(byKey(pipeline)).isEqualTo(byKey(inOrder)).hasSize(2);
    }
  }

  @Test
  void shouldCountWhatIsHeldInAWindowThatARefusedRecordsTimeCloses() {
    FramePlan plan = plan(windows(20, 20, "mean"));
    try (TestPipeline pipeline = pipeline(TEN_MS, plan);
        TestPipeline plain = pipeline(TEN_MS, plan)) {
      for (TestPipeline each : List.of(pipeline, plain)) {
        pipe(each, "k", 101, 112, 119);
      }
      pipe(pipeline, new Reading("other", 150, Double.NaN));
      pipe(plain, "other", 150);
      assertThat(pipeline.lateSoFar()).isEmpty();
      assertThat(byKey(pipeline)).isEqualTo(byKey(plain)).hasSize(1);
    }
  }

  @Test
  void shouldForgetWhatItKeepsOfKeysThatDoNotComeBack() {
    FramePlan plan = plan(new SinceLast(1, false), EVERY_10);
    Scoring scoring = scoring(plan).with(Sequences.OPEN.expiringAfter(Duration.ofSeconds(1)));
    for (boolean scanned : new boolean[] {true, false}) {
      try (TestPipeline pipeline =
          new TestPipeline(scoring, Timing.NONE.with(TEN_MS).with(plan), A, true)) {
        pipe(pipeline, "k", 1, 11, 21);
        pipe(pipeline, "other", 800, 1_500, 1_520);
        if (scanned) {
          pipeline.letPass(Duration.ofSeconds(1));
          assertThat(pipeline.changelogs().get("oven-frames")).hasSize(1);
        }
        pipeline.scoresSoFar();
        pipe(pipeline, "k", 1_501, 1_512);
        pipe(pipeline, "other", 1_531);
        assertThat(pipeline.deadSoFar()).isEmpty();
        assertThat(
                pipeline.scoresSoFar().stream()
                    .filter(score -> score.key()[0] == 'k')
                    .map(score -> score.timestamp() + " " + score.value().get("frame")))
            .as("scanned %s", scanned)
            .containsExactly("1510 0", "1520 1");
      }
    }
  }

  /** Frames have the times of the first of several records each, far behind those of the last. */
  @Test
  void shouldForgetNoKeyWhoseRecordsComeOftenEnough() {
    FramePlan plan =
        plan(
            new Window(
                new Span.ByCount(4, 4),
                Contents.Summary.of(Channel.frames(A), List.of(Statistic.of("mean"))),
                true));
    Scoring scoring = scoring(plan).with(Sequences.OPEN.expiringAfter(Duration.ofMillis(100)));
    for (boolean scanned : new boolean[] {true, false}) {
      try (TestPipeline pipeline = new TestPipeline(scoring, Timing.NONE.with(plan), A, true)) {
        pipe(pipeline, "k", 0, 5, 10, 15, 90, 180, 270);
        pipe(pipeline, "other", 320, 330, 340, 350);
        if (scanned) {
          pipeline.letPass(Duration.ofSeconds(1));
        }
        pipe(pipeline, "k", 360, 460, 560, 660, 760);
        assertThat(
                pipeline.scoresSoFar().stream()
                    .filter(score -> score.key()[0] == 'k')
                    .map(score -> score.timestamp() + " " + score.value().get("frame")))
            .as("scanned %s", scanned)
            .containsExactly("0 0", "90 1", "460 2");
      }
    }
  }

  @Test
  void shouldTakeRecordsOfSeveralFrames() {
    InputMapping text =
        InputMapping.of(
            ChannelSpec.text("line", "line", TextTokens.bytes()), ChannelSpec.numeric("a", "a"));
    Schema schema =
        SchemaBuilder.record("Line")
            .fields()
            .requiredString("line")
            .requiredDouble("a")
            .endRecord();
    FramePlan marked = FramePlan.of(Channel.frames(text), new SinceLast(1, false));
    FramePlan counted =
        FramePlan.of(
            Channel.frames(text),
            Window.of(
                new Span.ByTime(10, 10, 0),
                Contents.Summary.of(Channel.frames(text), List.of(Statistic.of("sum")))));
    try (TestPipeline pipeline =
        new TestPipeline(scoring(marked), Timing.NONE.with(marked), text, false)) {
      pipeline.pipe("k", pipeline.encode(schema, "abc", 1.0), 5);
      pipeline.pipe("k", pipeline.encode(schema, "d", 1.0), 7);
      pipeline.pipe("k", pipeline.encode(schema, "", 1.0), 8);
      assertThat(times(pipeline)).containsExactly(5L, 5L, 5L, 7L);
      assertThat(pipeline.deadSoFar()).isEmpty();
    }
    try (TestPipeline pipeline =
        new TestPipeline(scoring(counted), Timing.NONE.with(counted), text, false)) {
      pipeline.pipe("k", pipeline.encode(schema, "abc", 1.0), 5);
      pipeline.pipe("k", pipeline.encode(schema, "d", 1.0), 17);
      assertThat(times(pipeline)).containsExactly(10L);
    }
  }
}
