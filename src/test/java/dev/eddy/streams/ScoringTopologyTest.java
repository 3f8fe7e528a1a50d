package dev.eddy.streams;

import static dev.eddy.streams.TestPipeline.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.InputMapping;
import dev.eddy.kernel.Activation;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Rnn;
import dev.eddy.model.Model;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoringTopologyTest {
  private static final Schema READING =
      SchemaBuilder.record("Reading").fields().requiredDouble("a").requiredDouble("b").endRecord();
  private static final InputMapping AB =
      InputMapping.of(ChannelSpec.numeric("a", "a"), ChannelSpec.numeric("b", "b"));
  private static final Model MODEL =
      Models.random(
          "pumps",
          7,
          2,
          List.of("x", "y"),
          Conv.overTime(5, 3, 2, 1, 1, Conv.Padding.CAUSAL, true),
          new Lstm(6, 1, true),
          Deconv.overTime(4, 3, 2, 1, true),
          new Dense(2, true));
  private static final Scoring SCORING = scoring("pumps", MODEL, AB);

  private static Scoring scoring(String name, Model model, InputMapping mapping) {
    return Scoring.of(name, model).with(Channel.of(mapping));
  }

  @ParameterizedTest
  @EnumSource(StateStore.Kind.class)
  void shouldScoreEachKeyAsItsOwnSequence(StateStore.Kind kind) {
    StateStore store = new StateStore(kind, true, StateStore.OtherLayout.FAIL);
    try (TestPipeline pipeline = new TestPipeline(SCORING.with(store), AB)) {
      SplittableRandom random = new SplittableRandom(3);
      Map<String, List<float[]>> frames = new HashMap<>();
      for (int i = 0; i < 60; i++) {
        String key = "key" + random.nextInt(3);
        double a = random.nextDouble();
        double b = random.nextDouble();
        frames.computeIfAbsent(key, k -> new ArrayList<>()).add(new float[] {(float) a, (float) b});
        pipeline.pipe(key, pipeline.encode(READING, a, b), i);
      }
      frames.keySet().forEach(key -> pipeline.pipe(key, null, 1000));

      Map<String, List<float[]>> scores = new HashMap<>();
      for (TestRecord<byte[], GenericRecord> score : pipeline.scoresSoFar()) {
        GenericRecord value = score.value();
        List<float[]> list =
            scores.computeIfAbsent(new String(score.key()), k -> new ArrayList<>());
        assertThat(value.get("frame")).isEqualTo((long) list.size());
        assertThat(value.get("model")).hasToString("pumps/7");
        assertThat(value.get("time")).isEqualTo(score.timestamp());
        list.add(new float[] {(float) value.get("x"), (float) value.get("y")});
      }
      frames.forEach(
          (key, list) -> assertThat(scores.get(key)).containsExactlyElementsOf(offline(list)));
      assertThat(pipeline.store().all()).isExhausted();
      assertThat(pipeline.deadSoFar()).isEmpty();
    }
  }

  private static List<float[]> offline(List<float[]> frames) {
    Network network = MODEL.network(KernelBackend.find().kernels());
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    List<float[]> out = new ArrayList<>();
    for (float[] frame : frames) {
      task.step(frame, 0, state, (v, at) -> out.add(Arrays.copyOfRange(v, at, at + 2)));
    }
    task.flush(state, (v, at) -> out.add(Arrays.copyOfRange(v, at, at + 2)));
    return out;
  }

  @Test
  void shouldGoOnFromTheChangelogAsIfNothingHadHappened() {
    List<String> whole;
    try (TestPipeline pipeline = new TestPipeline(SCORING, AB)) {
      feed(pipeline, 0, 50);
      whole = texts(pipeline);
    }
    List<String> parts;
    Map<byte[], byte[]> states;
    try (TestPipeline before = new TestPipeline(SCORING, AB)) {
      feed(before, 0, 23);
      parts = texts(before);
      states = before.changelog();
      assertThat(states).hasSize(3);
    }
    try (TestPipeline after = new TestPipeline(SCORING, AB, states)) {
      feed(after, 23, 50);
      parts.addAll(texts(after));
    }
    assertThat(parts).isEqualTo(whole);
  }

  private static void feed(TestPipeline pipeline, int from, int to) {
    for (int i = from; i < to; i++) {
      double value = new SplittableRandom(i).nextDouble();
      pipeline.pipe("key" + i % 3, pipeline.encode(READING, value, -value), i);
    }
  }

  private static List<String> texts(TestPipeline pipeline) {
    List<String> texts = new ArrayList<>();
    pipeline
        .scoresSoFar()
        .forEach(r -> texts.add(new String(r.key()) + r.timestamp() + r.value().toString()));
    return texts;
  }

  @Test
  void shouldMakeDeadLettersOfWhatCantBeUsedAndGoOn() {
    Schema other = SchemaBuilder.record("Reading").fields().requiredString("a").endRecord();
    try (TestPipeline pipeline = new TestPipeline(SCORING, AB)) {
      byte[] good = pipeline.encode(READING, 1.0, 2.0);
      byte[] unknownId = good.clone();
      unknownId[1] = 99;
      byte[] garbage = {1, 2, 3};
      pipeline.pipe("k", good, 10);
      pipeline.pipe("k", garbage, 11);
      pipeline.pipe("k", unknownId, 12);
      pipeline.pipe("k", pipeline.encode(other, "text"), 13);
      pipeline.pipe("k", pipeline.encode(READING, Double.NaN, 2.0), 14);
      pipeline.pipe("k", pipeline.encode(READING, 1e300, 2.0), 15);
      pipeline.pipe(null, good, 16);
      pipeline.pipe("k", good, 9);
      pipeline.pipe("k", Arrays.copyOf(good, good.length - 1), 17);
      pipeline.pipe("k", good, 18);

      List<TestRecord<byte[], byte[]>> dead = pipeline.deadSoFar();
      assertThat(dead).hasSize(8);
      assertThat(dead.get(0).value()).isEqualTo(garbage);
      assertThat(dead.get(1).value()).isEqualTo(unknownId);
      assertThat(dead.get(1).key()).isEqualTo(TestPipeline.bytes("k"));
      assertThat(dead.stream().map(TestPipeline::reason)).noneMatch(r -> r.contains("\n"));
      assertThat(reason(dead.get(2))).contains("\"a\"");
      assertThat(reason(dead.get(3))).contains("\"a\"").contains("NaN");
      assertThat(reason(dead.get(5))).isEqualTo("the record has no key");
      assertThat(reason(dead.get(6)))
          .isEqualTo(
              "late by 1 ms: the record is of 1970-01-01T00:00:00.009Z, its key has been scored up"
                  + " to 1970-01-01T00:00:00.010Z");
      for (TestRecord<byte[], byte[]> letter : dead) {
        assertThat(header(letter, "topic")).isEqualTo("in");
        assertThat(header(letter, "partition")).isEqualTo("0");
        assertThat(header(letter, "offset")).matches("\\d+");
      }
      // the two good ones are frames 0 and 1 of the key: nothing between has touched its state
      assertThat(texts(pipeline)).hasSize(2);
    }
  }

  private static String header(TestRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader("__streams.errors." + name).value());
  }

  @Test
  void shouldPutTheStateBackWhenItOrAnOutputIsNotFinite() {
    Model model =
        Models.random(
            "wild",
            1,
            2,
            List.of("x"),
            new Dense(16, true),
            new Rnn(16, 1, Activation.RELU, true),
            new Dense(1, true));
    try (TestPipeline pipeline = new TestPipeline(scoring("wild", model, AB), AB)) {
      byte[] key = TestPipeline.bytes("k");
      pipeline.pipe("k", pipeline.encode(READING, 1.0, 1.0), 1);
      byte[] before = pipeline.store().get(key);
      List<TestRecord<byte[], byte[]>> dead = new ArrayList<>();
      while (dead.isEmpty()) { // grows without bound, so this ends
        before = pipeline.store().get(key);
        pipeline.pipe("k", pipeline.encode(READING, 3e38, -3e38), 2);
        dead.addAll(pipeline.deadSoFar());
      }
      assertThat(reason(dead.get(0))).containsPattern("became (NaN|-?Infinity|infinite or NaN)");
      assertThat(pipeline.store().get(key)).isEqualTo(before);
      pipeline.scoresSoFar();
      pipeline.pipe("k", pipeline.encode(READING, 0.0, 0.0), 3);
      assertThat(pipeline.scoresSoFar().size() + pipeline.deadSoFar().size()).isEqualTo(1);
    }
  }

  @Test
  void shouldHoldTheLastValueWhereTheMappingSaysSo() {
    Schema holes =
        SchemaBuilder.record("Reading")
            .fields()
            .optionalDouble("a")
            .requiredDouble("b")
            .endRecord();
    InputMapping hold =
        InputMapping.of(
            ChannelSpec.numeric("a", "a").withBad(BadValue.HOLD), ChannelSpec.numeric("b", "b"));
    Scoring scoring = scoring("pumps", MODEL, hold);
    List<String> held;
    try (TestPipeline pipeline = new TestPipeline(scoring, hold)) {
      pipeline.pipe("k", pipeline.encode(holes, null, 1.0), 0);
      pipeline.pipe("k", pipeline.encode(holes, 0.5, 1.0), 1);
      pipeline.pipe("k", pipeline.encode(holes, null, 2.0), 2);
      pipeline.pipe("k", pipeline.encode(holes, Double.NaN, 3.0), 3);
      assertThat(reason(pipeline.deadSoFar().get(0)))
          .isEqualTo("channel \"a\": no last value to hold");
      held = texts(pipeline);
    }
    try (TestPipeline pipeline = new TestPipeline(scoring, hold)) {
      pipeline.pipe("k", pipeline.encode(holes, 0.5, 1.0), 1);
      pipeline.pipe("k", pipeline.encode(holes, 0.5, 2.0), 2);
      pipeline.pipe("k", pipeline.encode(holes, 0.5, 3.0), 3);
      assertThat(texts(pipeline)).isEqualTo(held).isNotEmpty();
    }
  }

  @Test
  void shouldStepLateRecordsAsTheyComeWithinTheTolerance() {
    Scoring tolerant = SCORING.withLateTolerance(Duration.ofMillis(5));
    try (TestPipeline pipeline = new TestPipeline(tolerant, AB)) {
      for (long time : new long[] {10, 5, 7, 4, 11, 6}) {
        pipeline.pipe("k", pipeline.encode(READING, 1.0, 2.0), time);
      }
      assertThat(pipeline.scoresSoFar())
          .extracting(r -> r.value().get("time"))
          .contains(10L, 7L, 6L);
      assertThat(pipeline.deadSoFar()).hasSize(1);
    }
  }

  @Test
  void shouldEndASequenceHoweverLateItIsSaid() {
    try (TestPipeline pipeline = new TestPipeline(SCORING, AB)) {
      byte[] reading = pipeline.encode(READING, 1.0, 2.0);
      long wrong = 4_102_444_800_000L; // the year 2100
      pipeline.pipe("k", reading, wrong);
      pipeline.pipe("k", reading, 2000);
      assertThat(pipeline.deadSoFar()).hasSize(1);
      pipeline.pipe("k", null, 3000);
      pipeline.pipe("k", reading, 4000);
      assertThat(pipeline.deadSoFar()).isEmpty();
      assertThat(pipeline.scoresSoFar())
          .last()
          .extracting(r -> r.value().get("time"))
          .isEqualTo(4000L);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"time", "frame", "model"})
  void shouldRefuseAnOutputNamedAsWhatEveryScoreHas(String name) {
    Model model = Models.random("named", 1, 2, List.of(name), new Dense(1, true));
    assertThatThrownBy(() -> Scoring.of("named", model))
        .hasMessageStartingWith(
            "model \"named\" version 1: outputs [" + name + "]: column \"" + name + "\"");
  }

  @Test
  void shouldStopAtAStateOfAnotherLayoutOrBeginAnew() {
    Map<byte[], byte[]> states;
    try (TestPipeline pipeline = new TestPipeline(SCORING, AB)) {
      feed(pipeline, 0, 5);
      states = pipeline.changelog();
    }
    Model other =
        Models.random("pumps", 8, 2, List.of("x", "y"), new Lstm(4, 1, true), new Dense(2, true));
    Scoring next = scoring("pumps", other, AB);
    try (TestPipeline pipeline = new TestPipeline(next, AB, states)) {
      assertThatThrownBy(() -> feed(pipeline, 5, 6))
          .rootCause()
          .message()
          .matches(
              "task 0_0, store \"pumps-state\", key 0x6b657932: written by model version 7 \\(layout"
                  + " [0-9a-f]{16}\\), which layout [0-9a-f]{16} can't continue");
    }
    StateStore reset = new StateStore(StateStore.Kind.ROCKSDB, true, StateStore.OtherLayout.RESET);
    try (TestPipeline pipeline = new TestPipeline(next.with(reset), AB, states)) {
      feed(pipeline, 5, 6);
      assertThat(pipeline.scoresSoFar().get(0).value().get("frame")).isEqualTo(0L);
    }
  }

  @Test
  void shouldStopRatherThanLoseABadRecordWithoutADeadLetterTopic() {
    DeadLetters handler = new DeadLetters();
    handler.configure(Map.of());
    assertThat(
            handler
                .handleError(
                    new NoContext(),
                    (org.apache.kafka.streams.processor.api.Record<?, ?>) null,
                    new dev.eddy.avro.BadRecordException("bad"))
                .result())
        .isEqualTo(org.apache.kafka.streams.errors.ProcessingExceptionHandler.Result.FAIL);
  }

  @Test
  void shouldSayWhatDoesntFit() {
    assertThatThrownBy(() -> Scoring.of("pumps", MODEL).with(List.of(Channel.of("a"))))
        .hasMessage("model \"pumps\" version 7 takes frames of 2 values, the input gives 1: [a]");
    assertThatThrownBy(() -> SCORING.with(Anomaly.standard()))
        .hasMessage(
            "anomaly compares each output with the channel of the same name; model \"pumps\" version"
                + " 7 has the output \"x\", the channels are [a, b]");
    assertThatThrownBy(() -> Scoring.of("a/b", MODEL)).hasMessageContaining("name \"a/b\"");
  }
}
