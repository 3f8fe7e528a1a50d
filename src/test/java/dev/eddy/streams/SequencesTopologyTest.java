package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.EndMarker;
import dev.eddy.avro.InputMapping;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.model.Model;
import dev.eddy.model.PackedModels;
import dev.eddy.streams.StateStore.Kind;
import dev.eddy.streams.time.Grace;
import dev.eddy.streams.time.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SequencesTopologyTest {
  /** Gives infinities for large values, and looks ahead. */
  private static final Model WILD =
      PackedModels.random(
              "wild",
              1,
              """
              input: {channels: 1}
              layers:
                - conv: {filters: 1, kernel: 3, padding: 1}
                - exp
              outputs: [y]
              """,
              1,
              1)
          .model();

  private static final Schema READING =
      SchemaBuilder.record("Reading")
          .fields()
          .optionalDouble("a")
          .optionalString("status")
          .endRecord();
  private static final EndMarker CLOSED = new EndMarker("status", "closed", true);
  private static final InputMapping A =
      InputMapping.of(ChannelSpec.numeric("a", "a")).withEnd(CLOSED);

  /** Looks two frames ahead, and remembers. */
  private static final Model MODEL =
      PackedModels.random(
              "oven",
              1,
              """
              input: {channels: 1}
              layers:
                - conv: {filters: 3, kernel: 5, padding: 2}
                - lstm: {units: 4}
                - dense: {units: 1}
              outputs: [y]
              """,
              1,
              1)
          .model();

  private static final Sequences IDLE = Sequences.OPEN.endingWhenIdleFor(Duration.ofMillis(15));
  private static final Scoring OPEN = Scoring.of("oven", MODEL).with(Channel.of(A));
  private static final Scoring SCORING = OPEN.with(IDLE);

  /** A reading; without a value, the end of its key's sequence. */
  private record Reading(String key, long timeMs, Double value, String status) {
    Reading(String key, long timeMs, double value) {
      this(key, timeMs, value, "open");
    }
  }

  private static List<Reading> readings(SplittableRandom random) {
    List<Reading> readings = new ArrayList<>();
    long timeMs = 0;
    for (int i = 0; i < 60; i++) {
      timeMs += random.nextInt(12) == 0 ? random.nextInt(1, 60) : 1;
      String key = "k" + random.nextInt(3);
      readings.add(
          switch (random.nextInt(12)) {
            case 0 -> new Reading(key, timeMs, null, null);
            case 1 -> new Reading(key, timeMs, random.nextDouble(), "closed");
            default -> new Reading(key, timeMs, random.nextDouble());
          });
    }
    return readings;
  }

  private static void pipe(TestPipeline pipeline, Reading reading) {
    byte[] value =
        reading.value == null && reading.status == null
            ? null
            : pipeline.encode(READING, reading.value, reading.status);
    pipeline.pipe(reading.key, value, reading.timeMs);
  }

  private static void fallSilent(TestPipeline pipeline) {
    for (int i = 0; i < 4; i++) {
      pipeline.letPass(Duration.ofMinutes(1));
    }
  }

  private static Map<String, List<String>> byKey(TestPipeline pipeline) {
    Map<String, List<String>> scores = new TreeMap<>();
    for (TestRecord<byte[], byte[]> score : pipeline.scoreBytesSoFar()) {
      scores
          .computeIfAbsent(new String(score.key()), key -> new ArrayList<>())
          .add(score.timestamp() + " " + HexFormat.of().formatHex(score.value()));
    }
    return scores;
  }

  private static Map<String, List<String>> scores(Timing timing, List<Reading> readings) {
    Scoring scoring = TestPipeline.inMemory(SCORING);
    try (TestPipeline pipeline = new TestPipeline(scoring, timing, A, false)) {
      readings.forEach(reading -> pipe(pipeline, reading));
      fallSilent(pipeline);
      assertThat(pipeline.deadSoFar()).isEmpty();
      assertThat(pipeline.store().all()).isExhausted();
      return byKey(pipeline);
    }
  }

  private static Timing grace(int graceMs) {
    return Timing.NONE.with(Grace.of(Duration.ofMillis(graceMs)));
  }

  @Property(tries = 20)
  void shouldGiveTheSameBytesForAnyOrderOfArrivalWithinGrace(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int grace) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Reading> readings = readings(random);
    Map<String, List<String>> inOrder = scores(Timing.NONE, readings);
    long frames = readings.stream().filter(reading -> reading.value != null).count();
    assertThat(inOrder.values().stream().mapToInt(List::size).sum()).isEqualTo((int) frames);
    assertThat(scores(grace(grace), Shuffle.withinGrace(grace, readings, Reading::timeMs, random)))
        .as("seed %d", seed)
        .isEqualTo(inOrder);
  }

  @Test
  void shouldGoOnFromTheChangelogsInTheMiddleOfSequences() {
    SplittableRandom random = new SplittableRandom(5);
    List<Reading> readings = Shuffle.withinGrace(10, readings(random), Reading::timeMs, random);
    Map<String, List<String>> whole = scores(grace(10), readings);
    for (int cut = 3; cut < readings.size(); cut += 11) {
      Map<String, List<String>> scores;
      Map<String, Map<byte[], byte[]>> changelogs;
      try (TestPipeline before = new TestPipeline(SCORING, grace(10), A, false)) {
        readings.subList(0, cut).forEach(reading -> pipe(before, reading));
        scores = byKey(before);
        changelogs = before.changelogs();
      }
      try (TestPipeline after = new TestPipeline(SCORING, grace(10), A, false, changelogs)) {
        readings.subList(cut, readings.size()).forEach(reading -> pipe(after, reading));
        fallSilent(after);
        byKey(after)
            .forEach(
                (key, list) -> scores.computeIfAbsent(key, k -> new ArrayList<>()).addAll(list));
      }
      assertThat(scores).as("cut after %d", cut).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldEndASequenceAtItsMarker(boolean include) {
    InputMapping mapping =
        InputMapping.of(ChannelSpec.numeric("a", "a"))
            .withEnd(new EndMarker("status", "closed", include));
    try (TestPipeline pipeline = new TestPipeline(OPEN, mapping)) {
      pipe(pipeline, new Reading("k", 1, 0.5));
      pipe(pipeline, new Reading("k", 2, 0.25));
      Double last = include ? 0.75 : null; // what isn't a frame needs no value
      pipe(pipeline, new Reading("k", 3, last, "closed"));
      assertThat(frames(pipeline))
          .containsExactlyElementsOf(
              include ? List.of("0 at 1", "1 at 2", "2 at 3") : List.of("0 at 1", "1 at 2"));
      assertThat(pipeline.store().all()).isExhausted();
      pipe(pipeline, new Reading("k", 2, 0.5)); // begins anew, so it is not late
      assertThat(pipeline.store().all()).toIterable().hasSize(1);
      assertThat(pipeline.deadSoFar()).isEmpty();
    }
  }

  private static List<String> frames(TestPipeline pipeline) {
    return pipeline.scoresSoFar().stream()
        .map(score -> score.value().get("frame") + " at " + score.timestamp())
        .toList();
  }

  @Test
  void shouldEndAnIdleSequenceByStreamTime() {
    try (TestPipeline pipeline = new TestPipeline(SCORING, Timing.NONE, A, false)) {
      pipe(pipeline, new Reading("k", 100, 0.5));
      pipe(pipeline, new Reading("k", 115, 0.5)); // just in time
      pipe(pipeline, new Reading("other", 130, 0.5));
      assertThat(frames(pipeline)).isEmpty();
      pipe(pipeline, new Reading("other", 131, 0.5));
      assertThat(frames(pipeline)).containsExactly("0 at 100", "1 at 115");
      assertThat(pipeline.store().get(TestPipeline.bytes("k"))).isNull();
      pipe(pipeline, new Reading("k", 140, 0.5));
      pipe(pipeline, new Reading("k", 200, 0.5)); // finds its own sequence idle
      assertThat(frames(pipeline)).contains("0 at 140");
    }
  }

  @Test
  void shouldEndIdleSequencesByTheWallClockWhenThePartitionIsSilent() {
    Scoring scoring = OPEN.with(Sequences.OPEN.endingWhenIdleFor(Duration.ofSeconds(10)));
    try (TestPipeline pipeline = new TestPipeline(scoring, Timing.NONE, A, false)) {
      pipe(pipeline, new Reading("k", 100, 0.5));
      pipe(pipeline, new Reading("other", 100, 0.5));
      pipeline.letPass(Duration.ofMillis(500));
      pipeline.letPass(Duration.ofSeconds(10));
      assertThat(frames(pipeline)).isEmpty();
      pipeline.letPass(Duration.ofSeconds(1));
      assertThat(frames(pipeline)).containsExactly("0 at 100", "0 at 100");
      assertThat(pipeline.store().all()).isExhausted();
    }
  }

  @Test
  void shouldNotTakeRecordsThatAreHeldForSilence() {
    Scoring scoring = OPEN.with(Sequences.OPEN.endingWhenIdleFor(Duration.ofSeconds(5)));
    Timing timing = Timing.NONE.with(Grace.of(Duration.ofSeconds(20)));
    try (TestPipeline pipeline = new TestPipeline(scoring, timing, A, false)) {
      pipe(pipeline, new Reading("k", 9_000, 0.5));
      pipe(pipeline, new Reading("k", 13_000, 0.5));
      pipe(pipeline, new Reading("other", 29_500, 0.5)); // lets the first go
      pipeline.letPass(Duration.ofSeconds(50));
      pipe(pipeline, new Reading("other", 29_000, 0.5)); // moves no time
      pipeline.letPass(Duration.ofMinutes(3));
      assertThat(frames(pipeline)).contains("0 at 9000", "1 at 13000");
    }
  }

  /** A record that is refused lets others go, and none waits then that would be no silence. */
  @Test
  void shouldNotTakeForSilenceThatNothingIsHeldForNow() {
    try (TestPipeline pipeline = new TestPipeline(SCORING, grace(10), A, false)) {
      pipe(pipeline, new Reading("k", 5, 0.5));
      pipe(pipeline, new Reading("k", 16, Double.NaN));
      pipeline.letPass(Duration.ofSeconds(2));
      pipe(pipeline, new Reading("k", 12, 0.5));
      pipeline.letPass(Duration.ofMinutes(4));
      assertThat(frames(pipeline)).containsExactly("0 at 5", "1 at 12");
    }
  }

  @Test
  void shouldNotTakeATaskThatWasBlockedForSilence() {
    Scoring scoring = OPEN.with(Sequences.OPEN.endingWhenIdleFor(Duration.ofSeconds(10)));
    try (TestPipeline pipeline = new TestPipeline(scoring, Timing.NONE, A, false)) {
      pipe(pipeline, new Reading("k", 100, 0.5));
      pipeline.letPass(Duration.ofSeconds(1));
      pipeline.driver.advanceWallClockTime(Duration.ofHours(1)); // no tick for so long
      assertThat(frames(pipeline)).isEmpty();
      pipe(pipeline, new Reading("k", 101, 0.5)); // waited meanwhile
      pipeline.letPass(Duration.ofSeconds(10));
      assertThat(frames(pipeline)).isEmpty();
    }
  }

  @Test
  void shouldGoOnAfterAnIdleSequenceThatCantEndWell() {
    Scoring scoring = Scoring.of("oven", WILD).with(Channel.of(A)).with(IDLE);
    try (TestPipeline pipeline = new TestPipeline(scoring, Timing.NONE, A, false)) {
      for (double sign : new double[] {1e30, -1e30}) {
        pipe(pipeline, new Reading("k" + sign, 1, sign));
      }
      pipe(pipeline, new Reading("calm", 100, 0.5));
      assertThat(pipeline.deadSoFar()).isEmpty();
      assertThat(pipeline.store().all()).toIterable().hasSize(1);
    }
  }

  @Test
  void shouldEndASequenceThatCantEndWellWhereItIsAskedTo() {
    Scoring scoring = Scoring.of("oven", WILD).with(Channel.of(A));
    try (TestPipeline pipeline = new TestPipeline(scoring, Timing.NONE, A, false)) {
      for (double sign : new double[] {1e30, -1e30}) {
        pipe(pipeline, new Reading("k" + sign, 1, sign));
        pipe(pipeline, new Reading("k" + sign, 2, null, null));
      }
      assertThat(pipeline.deadSoFar()).hasSize(1);
      assertThat(pipeline.store().all()).isExhausted();
    }
  }

  @Test
  void shouldCallARecordLateOrNotHoweverFarAScanHasCome() {
    Scoring scoring = OPEN.with(Sequences.OPEN.expiringAfter(Duration.ofMillis(100)));
    for (boolean scanned : new boolean[] {true, false}) {
      try (TestPipeline pipeline = new TestPipeline(scoring, Timing.NONE, A, true)) {
        pipe(pipeline, new Reading("k", 100, 0.5));
        pipe(pipeline, new Reading("other", 300, 0.5));
        if (scanned) {
          pipeline.letPass(Duration.ofSeconds(1));
        }
        pipe(pipeline, new Reading("k", 90, 0.5));
        assertThat(pipeline.lateSoFar()).as("scanned %s", scanned).isEmpty();
      }
    }
  }

  @Test
  void shouldMakeEachRecordASequence() {
    Scoring scoring = OPEN.with(Sequences.OPEN.ofOneRecord());
    try (TestPipeline pipeline = new TestPipeline(scoring, Timing.NONE, A, false)) {
      pipe(pipeline, new Reading("k", 5, 0.5));
      pipe(pipeline, new Reading("k", 4, 0.5));
      pipe(pipeline, new Reading("k", 6, null, null));
      List<TestRecord<byte[], org.apache.avro.generic.GenericRecord>> scores =
          pipeline.scoresSoFar();
      assertThat(scores).extracting(TestRecord::timestamp).containsExactly(5L, 4L);
      assertThat(scores.get(0).value().get("y")).isEqualTo(scores.get(1).value().get("y"));
      assertThat(pipeline.store().all()).isExhausted();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldForgetExpiredKeysAFewAtATime(Kind kind) {
    Scoring scoring =
        OPEN.with(new StateStore(kind, true, StateStore.OtherLayout.FAIL))
            .with(Sequences.OPEN.expiringAfter(Duration.ofDays(7)));
    try (TestPipeline pipeline = new TestPipeline(scoring, Timing.NONE, A, false)) {
      for (int i = 0; i < 2_500; i++) {
        pipe(pipeline, new Reading("k" + i, i, 0.5));
      }
      long week = Duration.ofDays(7).toMillis();
      pipe(pipeline, new Reading("young", week + 2_000, 0.5)); // k2000 to k2499 are young too
      List<Integer> left = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        pipeline.driver.advanceWallClockTime(Duration.ofSeconds(1)); // one call
        left.add(size(pipeline));
      }
      assertThat(left.get(0)).isGreaterThanOrEqualTo(1_501);
      assertThat(left.get(3)).isEqualTo(501);
      assertThat(pipeline.changelog()).hasSize(501);
      assertThat(count(pipeline, "expired-keys")).isEqualTo(2_000);
      assertThat(pipeline.scoresSoFar()).isEmpty();
      pipe(pipeline, new Reading("k2499", week + 2_500, 0.5)); // the scan doesn't come so soon
      pipe(pipeline, new Reading("k2499", week + 2_501, 0.5));
      assertThat(pipeline.scoresSoFar()).isEmpty();
      assertThat(count(pipeline, "expired-keys")).isEqualTo(2_001);
    }
  }

  private static int size(TestPipeline pipeline) {
    int[] size = {0};
    try (var all = pipeline.store().all()) {
      all.forEachRemaining(entry -> size[0]++);
    }
    return size[0];
  }

  private static double count(TestPipeline pipeline, String what) {
    return pipeline.driver.metrics().entrySet().stream()
        .filter(metric -> metric.getKey().name().equals(what + "-total"))
        .mapToDouble(metric -> (double) metric.getValue().metricValue())
        .sum();
  }

  @Test
  void shouldForgetByTheWallClockWhereItIsAskedTo() {
    Scoring scoring =
        OPEN.with(Sequences.OPEN.expiringAfter(Duration.ofDays(1), Sequences.Clock.WALL_CLOCK));
    try (TestPipeline pipeline = new TestPipeline(scoring, Timing.NONE, A, false)) {
      pipe(pipeline, new Reading("k", 1000, 0.5));
      pipeline.driver.advanceWallClockTime(Duration.ofHours(24));
      assertThat(size(pipeline)).isEqualTo(1);
      pipeline.driver.advanceWallClockTime(Duration.ofHours(4));
      assertThat(size(pipeline)).isZero();
    }
  }

  @Test
  void shouldRefuseWhatExcludesEachOther() {
    Duration day = Duration.ofDays(1);
    assertThatThrownBy(() -> IDLE.ofOneRecord())
        .hasMessage(
            "where each record is a sequence, no state is kept that could be idle or expire");
    assertThatThrownBy(() -> Sequences.OPEN.endingWhenIdleFor(day).expiringAfter(day))
        .hasMessageContaining("a state would expire after 86400000 ms and never end");
    assertThatThrownBy(() -> Sequences.OPEN.expiringAfter(Duration.ZERO))
        .hasMessage("expire must be 1 ms to 3650 days, got PT0S");
    ScoringProcessorSupplier<String> supplier =
        new ScoringProcessorSupplier<>(SCORING, Serdes.String(), KernelBackend.find().kernels());
    assertThatThrownBy(supplier::get).hasMessageContaining("write process(supplier.sequences())");
  }
}
