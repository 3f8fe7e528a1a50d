package dev.eddy.streams;

import static dev.eddy.streams.TestPipeline.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.EventTime;
import dev.eddy.avro.InputMapping;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Lstm;
import dev.eddy.model.Model;
import dev.eddy.model.PackedModels;
import dev.eddy.streams.time.Grace;
import dev.eddy.streams.time.OrderProcessorSupplier;
import dev.eddy.streams.time.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

class OrderTopologyTest {
  private static final Schema READING =
      SchemaBuilder.record("Reading").fields().requiredDouble("a").endRecord();
  private static final InputMapping A = InputMapping.of(ChannelSpec.numeric("a", "a"));
  private static final Model MODEL =
      Models.random("oven", 1, 1, List.of("x"), new Lstm(5, 1, true), new Dense(1, true));
  private static final Scoring SCORING = Scoring.of("oven", MODEL).with(Channel.of(A));
  private static final Timing TEN_MS = Timing.NONE.with(Grace.of(Duration.ofMillis(10)));

  /** A reading; null for the end of its key's sequence. */
  private record Reading(String key, long timeMs, Double value) {}

  @Property(tries = 25)
  void shouldGiveTheSameBytesForAnyOrderOfArrivalWithinGrace(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int grace) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Reading> readings = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      boolean end = random.nextInt(10) == 0;
      readings.add(new Reading("k" + random.nextInt(3), i, end ? null : random.nextDouble()));
    }
    Timing timing = Timing.NONE.with(Grace.of(Duration.ofMillis(grace)));
    assertThat(scores(timing, Shuffle.withinGrace(grace, readings, Reading::timeMs, random)))
        .as("seed %d", seed)
        .isEqualTo(scores(Timing.NONE, readings));
  }

  private static Map<String, List<String>> scores(Timing timing, List<Reading> readings) {
    Scoring scoring = TestPipeline.inMemory(SCORING);
    try (TestPipeline pipeline = new TestPipeline(scoring, timing, A, false)) {
      readings.forEach(reading -> pipe(pipeline, reading));
      pipeline.letPass(Duration.ofMinutes(2));
      assertThat(pipeline.deadSoFar()).isEmpty();
      return byKey(pipeline);
    }
  }

  private static void pipe(TestPipeline pipeline, Reading reading) {
    byte[] value = reading.value == null ? null : pipeline.encode(READING, reading.value);
    pipeline.pipe(reading.key, value, reading.timeMs);
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

  @Test
  void shouldStepEqualTimesInOrderOfArrival() {
    List<Reading> readings =
        List.of(
            new Reading("k", 5, 0.1),
            new Reading("k", 3, 0.2),
            new Reading("k", 5, 0.3),
            new Reading("k", 3, 0.4));
    List<Reading> ordered =
        readings.stream().sorted(Comparator.comparingLong(Reading::timeMs)).toList();
    assertThat(scores(TEN_MS, readings)).isEqualTo(scores(Timing.NONE, ordered));
  }

  @Test
  void shouldHoldUntilStreamTimeHasPassedByGrace() {
    try (TestPipeline pipeline = new TestPipeline(SCORING, TEN_MS, A, false)) {
      pipe(pipeline, new Reading("k", 100, 0.5));
      pipe(pipeline, new Reading("other", 109, 0.5));
      assertThat(pipeline.scoresSoFar()).isEmpty();
      pipe(pipeline, new Reading("other", 110, 0.5));
      assertThat(pipeline.scoresSoFar()).extracting(TestRecord::timestamp).containsExactly(100L);
    }
  }

  @Test
  void shouldSendLateRecordsToTheirTopicWithHowLateTheyAre() {
    try (TestPipeline pipeline = new TestPipeline(SCORING, TEN_MS, A, true)) {
      pipe(pipeline, new Reading("k", 100, 0.5));
      pipe(pipeline, new Reading("k", 120, 0.5));
      byte[] value = pipeline.encode(READING, 0.75);
      pipeline.pipe("k", value, 93);
      pipe(pipeline, new Reading("k", 105, 0.5)); // out of grace, but still in order
      assertThat(pipeline.scoresSoFar())
          .extracting(TestRecord::timestamp)
          .containsExactly(100L, 105L);
      assertThat(pipeline.deadSoFar()).isEmpty();
      List<TestRecord<byte[], byte[]>> late = pipeline.lateSoFar();
      assertThat(late).hasSize(1);
      assertThat(late.get(0).value()).isEqualTo(value);
      assertThat(late.get(0).key()).isEqualTo(TestPipeline.bytes("k"));
      assertThat(late.get(0).timestamp()).isEqualTo(93);
      assertThat(reason(late.get(0))).startsWith("late by 7 ms: ");
      assertThat(header(late.get(0), "eddy.late.ms")).isEqualTo("7");
      assertThat(header(late.get(0), "__streams.errors.offset")).isEqualTo("2");
    }
    try (TestPipeline pipeline = new TestPipeline(SCORING, TEN_MS, A, false)) {
      pipe(pipeline, new Reading("k", 100, 0.5));
      pipe(pipeline, new Reading("k", 120, 0.5));
      pipe(pipeline, new Reading("k", 93, 0.5));
      assertThat(header(pipeline.deadSoFar().get(0), "eddy.late.ms")).isEqualTo("7");
    }
  }

  private static String header(TestRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value());
  }

  @Test
  void shouldLetAKeyGoOnWhenItsPartitionFallsSilent() {
    Timing timing = Timing.NONE.with(new Grace(Duration.ofHours(1), Duration.ofSeconds(20), 1_000));
    try (TestPipeline pipeline = new TestPipeline(SCORING, timing, A, false)) {
      pipe(pipeline, new Reading("k", 2000, 0.5));
      pipe(pipeline, new Reading("k", 1000, 0.5));
      pipeline.letPass(Duration.ofSeconds(19));
      assertThat(pipeline.scoresSoFar()).isEmpty();
      pipeline.letPass(Duration.ofSeconds(2));
      assertThat(pipeline.scoresSoFar())
          .extracting(TestRecord::timestamp)
          .containsExactly(1000L, 2000L);
    }
  }

  @Test
  void shouldLetTheEarliestOfAKeyGoOnAtTheBound() {
    Timing timing = Timing.NONE.with(new Grace(Duration.ofHours(1), Duration.ofMinutes(1), 2));
    try (TestPipeline pipeline = new TestPipeline(SCORING, timing, A, true)) {
      pipe(pipeline, new Reading("other", 1, 0.5));
      for (long time : new long[] {30, 10, 20, 40, 5}) {
        pipe(pipeline, new Reading("k", time, 0.5));
      }
      assertThat(pipeline.scoresSoFar())
          .extracting(TestRecord::timestamp)
          .containsExactly(10L, 20L);
      assertThat(reason(pipeline.lateSoFar().get(0))).startsWith("late by 15 ms: ");
      assertThat(pipeline.driver.<byte[], byte[]>getKeyValueStore("oven-order").all())
          .toIterable()
          .hasSize(3);
    }
  }

  @Test
  void shouldGoOnFromTheChangelogsInTheMiddleOfGrace() {
    SplittableRandom random = new SplittableRandom(7);
    List<Reading> readings = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      readings.add(new Reading("k" + i % 3, i, random.nextDouble()));
    }
    readings = Shuffle.withinGrace(10, readings, Reading::timeMs, random);
    Map<String, List<String>> scores;
    Map<String, Map<byte[], byte[]>> changelogs;
    try (TestPipeline before = new TestPipeline(SCORING, TEN_MS, A, false)) {
      readings.subList(0, 31).forEach(reading -> pipe(before, reading));
      scores = byKey(before);
      changelogs = before.changelogs();
      assertThat(changelogs.get("oven-order")).isNotEmpty();
    }
    try (TestPipeline after = new TestPipeline(SCORING, TEN_MS, A, false, changelogs)) {
      readings.subList(31, 60).forEach(reading -> pipe(after, reading));
      after.letPass(Duration.ofMinutes(2));
      byKey(after).forEach((key, list) -> scores.get(key).addAll(list));
      assertThat(after.driver.<byte[], byte[]>getKeyValueStore("oven-order").all()).isExhausted();
    }
    assertThat(scores).isEqualTo(scores(TEN_MS, readings));
  }

  @Test
  void shouldNameTheRecordAtFaultWhereItFailsAfterItWaited() {
    Model model = // the exponential of what is large is infinite, however sums are made
        PackedModels.random(
                "wild", 1, "input: {channels: 1}\nlayers: [abs, exp]\noutputs: [x]\n", 1, 1)
            .model();
    Scoring scoring = Scoring.of("oven", model).with(Channel.of(A));
    try (TestPipeline pipeline = new TestPipeline(scoring, TEN_MS, A, false)) {
      byte[] wild = pipeline.encode(READING, 3e38);
      pipeline.pipe("wild", wild, 5);
      for (int i = 6; i < 60; i++) {
        pipeline.pipe("wild", wild, i);
      }
      pipe(pipeline, new Reading("calm", 1000, 0.5));
      List<TestRecord<byte[], byte[]>> dead = pipeline.deadSoFar();
      assertThat(dead).isNotEmpty();
      for (TestRecord<byte[], byte[]> letter : dead) {
        assertThat(letter.value()).isEqualTo(wild);
        assertThat(letter.key()).isEqualTo(TestPipeline.bytes("wild"));
        assertThat(header(letter, "__streams.errors.topic")).isEqualTo("in");
        assertThat(header(letter, "__streams.errors.offset"))
            .isEqualTo(String.valueOf(letter.timestamp() - 5));
      }
    }
  }

  @Test
  void shouldKeepTheHeadersOfARecordThatWaits() {
    try (TestPipeline pipeline = new TestPipeline(SCORING, TEN_MS, A, false)) {
      TestRecord<byte[], byte[]> record =
          new TestRecord<>(TestPipeline.bytes("k"), pipeline.encode(READING, 0.5));
      record.headers().add("trace", new byte[] {1, 2}).add("empty", null);
      pipeline.pipe(record);
      pipe(pipeline, new Reading("k", 1000, 0.5));
      var headers = pipeline.scoresSoFar().get(0).headers();
      assertThat(headers.lastHeader("trace").value()).isEqualTo(new byte[] {1, 2});
      assertThat(headers.lastHeader("empty").value()).isNull();
    }
  }

  @Test
  void shouldBeNowhereInTheTopologyWithoutGrace() {
    try (TestPipeline pipeline = new TestPipeline(SCORING, Timing.NONE, A, false)) {
      assertThat(pipeline.driver.getAllStateStores()).containsOnlyKeys("oven-state");
    }
    assertThatThrownBy(() -> new OrderProcessorSupplier<>("oven", Serdes.String(), Grace.NONE))
        .hasMessage("without grace there is nothing to put in order");
  }

  @Test
  void shouldRefuseWhatCantBeUsedBeforeItIsHeld() {
    try (TestPipeline pipeline = new TestPipeline(SCORING, TEN_MS, A, false)) {
      pipeline.pipe("k", new byte[] {1, 2, 3}, 10);
      pipeline.pipe(null, pipeline.encode(READING, 0.5), 11);
      assertThat(pipeline.deadSoFar()).hasSize(2);
      assertThat(pipeline.driver.<byte[], byte[]>getKeyValueStore("oven-order").all())
          .isExhausted();
    }
  }

  /** Records may be old and are refused now, so Kafka's time is far ahead of theirs. */
  @Test
  void shouldTakeNoTimeFromARecordWhoseOwnCannotBeRead() {
    Schema schema =
        SchemaBuilder.record("Reading")
            .fields()
            .requiredDouble("a")
            .name("t")
            .type()
            .nullable()
            .longType()
            .noDefault()
            .endRecord();
    InputMapping mapping =
        new InputMapping(List.of(ChannelSpec.numeric("a", "a")), Optional.of(EventTime.of("t")));
    Scoring scoring = Scoring.of("oven", MODEL).with(Channel.of(mapping));
    long nowMs = 1_800_000_000_000L;
    try (TestPipeline pipeline = new TestPipeline(scoring, TEN_MS, mapping, true)) {
      pipeline.pipe("k", pipeline.encode(schema, 1.0, 100L), nowMs);
      pipeline.pipe("k", new byte[] {0, 0, 0, 0, 77, 1}, nowMs);
      pipeline.pipe("k", pipeline.encode(schema, 1.0, null), nowMs);
      pipeline.pipe("k", pipeline.encode(schema, Double.NaN, 104L), nowMs);
      pipeline.pipe("k", pipeline.encode(schema, 1.0, 95L), nowMs);
      pipeline.pipe("k", pipeline.encode(schema, 1.0, 120L), nowMs);
      assertThat(pipeline.scoresSoFar())
          .extracting(TestRecord::timestamp)
          .containsExactly(95L, 100L);
      assertThat(pipeline.lateSoFar()).isEmpty();
      assertThat(pipeline.deadSoFar())
          .extracting(TestRecord::timestamp)
          .containsExactly(100L, 100L, 104L);
    }
  }
}
