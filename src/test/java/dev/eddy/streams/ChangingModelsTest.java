package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.model.ModelSignature;
import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.model.Timeline;
import dev.eddy.model.Timeline.Mode;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import dev.eddy.streams.VersionsPipeline.Made;
import dev.eddy.streams.models.MemoryTopic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChangingModelsTest {
  static final String SMALL =
      """
      input: {channels: 1}
      layers:
        - conv: {filters: 3, kernel: 3, padding: causal}
        - lstm: {units: 4}
        - dense: {units: 1}
      outputs: [y]
      """;
  private static final String LARGE = SMALL.replace("units: 4", "units: 7");
  private static final String CONV =
      """
      input: {channels: 1}
      layers:
        - conv: {filters: 3, kernel: 5, padding: causal}
        - dense: {units: 1}
      outputs: [y]
      """;

  /** Looks two frames ahead. */
  private static final String AHEAD =
      """
      input: {channels: 1}
      layers:
        - conv: {filters: 3, kernel: 5, padding: 2}
        - dense: {units: 1}
      outputs: [y]
      """;

  private static final PackedModel ONE = PackedModels.random("m", 1, SMALL, 1, 1);
  private static final PackedModel TWO = PackedModels.random("m", 2, SMALL, 2, 1);
  private static final PackedModel OTHER = PackedModels.random("m", 2, LARGE, 3, 1);
  private static final ModelUpdates UPDATES = ModelUpdates.from("models");

  private static Scoring scoring(PackedModel base, ModelUpdates updates) {
    return Scoring.of("p", base.model()).with(updates);
  }

  private static MemoryTopic topic(PackedModel... models) {
    MemoryTopic topic = new MemoryTopic();
    for (PackedModel model : models) {
      topic.publish(model);
    }
    return topic;
  }

  private static void live(MemoryTopic topic, long version, long fromMs) {
    topic.activate("m", version, fromMs, Mode.LIVE, Timeline.ALL);
  }

  /** A network and a state, stepped by hand. */
  private static final class Hand {
    private final Network network;
    private final NetworkTask task;
    float[] state;

    Hand(PackedModel packed) {
      network = packed.model().network(VersionsPipeline.KERNELS);
      task = network.newTask();
      state = network.newState();
    }

    float step(float value) {
      float[] out = {Float.NaN};
      task.step(new float[] {value}, 0, state, (values, at) -> out[0] = values[at]);
      return out[0];
    }
  }

  private static float value(int i) {
    return (float) Math.sin(i * 0.7) * (1 + i % 5);
  }

  private static void feed(VersionsPipeline pipeline, int from, int to) {
    for (int i = from; i < to; i++) {
      pipeline.pipe("k", value(i), i);
    }
  }

  private static void assertNumbered(List<Made> made) {
    assertThat(made)
        .extracting(Made::frame)
        .containsExactlyElementsOf(LongStream.range(0, made.size()).boxed().toList());
  }

  private static void assertScores(List<Made> made, String model, int from, float... values) {
    for (int i = 0; i < values.length; i++) {
      assertThat(made.get(from + i).model()).isEqualTo(model);
      assertThat(made.get(from + i).value()).as("score %d", from + i).isEqualTo(values[i]);
    }
  }

  @Test
  void shouldKeepTheStateWhereTheLayoutIsTheSame() {
    MemoryTopic topic = topic(ONE, TWO);
    live(topic, 1, Timeline.ALWAYS);
    live(topic, 2, 10);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic)) {
      feed(pipeline, 0, 20);
      Hand one = new Hand(ONE);
      Hand two = new Hand(TWO);
      for (int i = 0; i < 20; i++) {
        two.state = i == 10 ? one.state : two.state;
        float expected = i < 10 ? one.step(value(i)) : two.step(value(i));
        assertScores(pipeline.live, i < 10 ? "m/1" : "m/2", i, expected);
      }
      assertNumbered(pipeline.live);
      assertThat(pipeline.count("states-kept")).isEqualTo(1);
      assertThat(pipeline.shadow).isEmpty();
      assertThat(pipeline.refusals).isEmpty();
    }
  }

  @Test
  void shouldScoreWithTheGivenModelBeforeTheFirstActivation() {
    MemoryTopic topic = topic(TWO);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic)) {
      feed(pipeline, 0, 5);
      live(topic, 2, 7);
      feed(pipeline, 5, 10);
      assertThat(pipeline.live)
          .extracting(Made::model)
          .containsExactly("m/1", "m/1", "m/1", "m/1", "m/1", "m/1", "m/1", "m/2", "m/2", "m/2");
      assertThat(pipeline.count("late-activations")).isZero();
    }
  }

  @Test
  void shouldTransferTheStateOfLayersThatAreTheSame() {
    MemoryTopic topic = topic(OTHER);
    live(topic, 2, 10);
    ModelUpdates updates = UPDATES.onChange(StatePolicy.KEEP, StatePolicy.TRANSFER);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, updates), topic)) {
      feed(pipeline, 0, 20);
      Hand one = new Hand(ONE);
      Hand other = new Hand(OTHER);
      for (int i = 0; i < 20; i++) {
        if (i == 10) { // the conv's part comes first
          int conv = other.network.parts().get(0).stateLength();
          System.arraycopy(one.state, 0, other.state, 0, conv);
        }
        float expected = i < 10 ? one.step(value(i)) : other.step(value(i));
        assertScores(pipeline.live, i < 10 ? "m/1" : "m/2", i, expected);
      }
      assertNumbered(pipeline.live);
      assertThat(pipeline.count("states-transferred")).isEqualTo(1);
    }
  }

  @Test
  void shouldWarmUpWithTheFramesThatAreKept() {
    MemoryTopic topic = topic(OTHER);
    live(topic, 2, 10);
    ModelUpdates updates = UPDATES.onChange(StatePolicy.WARM_UP).warmUpFrames(6);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, updates), topic)) {
      feed(pipeline, 0, 20);
      Hand other = new Hand(OTHER);
      for (int i = 4; i < 20; i++) {
        float expected = other.step(value(i));
        if (i >= 10) {
          assertScores(pipeline.live, "m/2", i, expected);
        }
      }
      assertNumbered(pipeline.live);
      assertThat(pipeline.count("states-warmed-up")).isEqualTo(1);
    }
  }

  @Test
  void shouldRunBothVersionsUntilTheNewOneHasSeenEnough() {
    PackedModel conv = PackedModels.random("m", 2, CONV, 5, 1);
    MemoryTopic topic = topic(conv);
    live(topic, 2, 10);
    ModelUpdates updates = UPDATES.onChange(StatePolicy.DUAL_RUN);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, updates), topic)) {
      feed(pipeline, 0, 20);
      Hand one = new Hand(ONE);
      Hand two = new Hand(conv);
      for (int i = 0; i < 20; i++) {
        float old = one.step(value(i));
        float expected = i < 10 ? old : two.step(value(i));
        boolean takenOver = i >= 15; // five frames: the receptive field
        assertScores(pipeline.live, takenOver ? "m/2" : "m/1", i, takenOver ? expected : old);
      }
      assertNumbered(pipeline.live);
      assertThat(pipeline.count("states-dual-run")).isEqualTo(1);
    }
  }

  @Test
  void shouldResetAndGoOnCounting() {
    MemoryTopic topic = topic(OTHER);
    live(topic, 2, 10);
    ModelUpdates updates = UPDATES.onChange(StatePolicy.KEEP, StatePolicy.RESET);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, updates), topic)) {
      feed(pipeline, 0, 20);
      Hand other = new Hand(OTHER);
      for (int i = 10; i < 20; i++) {
        assertScores(pipeline.live, "m/2", i, other.step(value(i)));
      }
      assertNumbered(pipeline.live);
      assertThat(pipeline.count("states-reset")).isEqualTo(1);
    }
  }

  @Test
  void shouldTakeTheFirstPolicyThatIsPossible() {
    PackedModel conv = PackedModels.random("m", 2, CONV, 5, 1);
    Map<PackedModel, String> expected = new LinkedHashMap<>();
    expected.put(TWO, "states-kept");
    expected.put(OTHER, "states-transferred");
    expected.put(conv, "states-dual-run"); // no frames are kept
    expected.forEach(
        (packed, count) -> {
          MemoryTopic topic = topic(packed);
          live(topic, 2, 10);
          try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic)) {
            feed(pipeline, 0, 20);
            assertThat(pipeline.count(count)).as(count).isEqualTo(1);
          }
        });
    MemoryTopic topic = topic(OTHER);
    live(topic, 2, 10);
    ModelUpdates updates = UPDATES.onChange(StatePolicy.KEEP, StatePolicy.DUAL_RUN);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, updates), topic)) {
      feed(pipeline, 0, 20); // the receptive field is unbounded, no number is given
      assertThat(pipeline.count("states-reset")).isEqualTo(1);
    }
  }

  @Test
  void shouldRestoreTheOldStateOnARollBackIfItIsStillKept() {
    MemoryTopic topic = topic(ONE, OTHER);
    live(topic, 1, Timeline.ALWAYS);
    live(topic, 2, 10);
    topic.activate("m", 1, 15, Mode.ROLLBACK, Timeline.ALL);
    ModelUpdates updates = UPDATES.onChange(StatePolicy.RESET).keepStatesFor(Duration.ofMillis(5));
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, updates), topic)) {
      feed(pipeline, 0, 20);
      Hand one = new Hand(ONE);
      for (int i = 0; i < 20; i++) {
        if (i < 10 || i >= 15) {
          assertScores(pipeline.live, "m/1", i, one.step(value(i)));
        }
      }
      assertNumbered(pipeline.live);
      assertThat(pipeline.count("states-restored")).isEqualTo(1);
      assertThat(pipeline.count("states-reset")).isEqualTo(1);
    }
    ModelUpdates shorter = updates.keepStatesFor(Duration.ofMillis(4));
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, shorter), topic)) {
      feed(pipeline, 0, 20);
      assertThat(pipeline.count("states-restored")).isZero();
      assertThat(pipeline.count("states-reset")).isEqualTo(2);
    }
  }

  @Test
  void shouldTakeALateActivationAtOnceAndCountIt() {
    MemoryTopic topic = topic(ONE, TWO);
    live(topic, 1, Timeline.ALWAYS);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic)) {
      feed(pipeline, 0, 10);
      live(topic, 2, 5);
      feed(pipeline, 10, 12);
      assertThat(pipeline.live.get(9).model()).isEqualTo("m/1");
      assertThat(pipeline.live.get(10).model()).isEqualTo("m/2");
      assertThat(pipeline.count("late-activations")).isEqualTo(1);
    }
  }

  @Test
  void shouldNotGoBackWithARecordThatIsOutOfOrder() {
    MemoryTopic topic = topic(ONE, TWO);
    live(topic, 1, Timeline.ALWAYS);
    live(topic, 2, 10);
    Scoring tolerant = scoring(ONE, UPDATES).withLateTolerance(Duration.ofSeconds(1));
    try (VersionsPipeline pipeline = new VersionsPipeline(tolerant, topic)) {
      pipeline.pipe("k", 1f, 8);
      pipeline.pipe("k", 1f, 12);
      pipeline.pipe("k", 1f, 9);
      pipeline.pipe("k", 1f, 13);
      assertThat(pipeline.live).extracting(Made::model).containsExactly("m/1", "m/2", "m/2", "m/2");
      assertThat(pipeline.count("states-kept")).isEqualTo(1);
    }
  }

  @Test
  void shouldGiveAShareOfTheKeysANewVersionAndLetEachKeyStay() {
    MemoryTopic topic = topic(ONE, TWO);
    live(topic, 1, Timeline.ALWAYS);
    topic.activate("m", 2, 10, Mode.LIVE, 100);
    topic.activate("m", 2, 20, Mode.LIVE, 300);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic)) {
      Map<Integer, java.util.Set<String>> byTen = new HashMap<>();
      for (int i = 0; i < 30; i++) {
        for (int key = 0; key < 400; key++) {
          pipeline.pipe("key" + key, value(i), i);
        }
      }
      for (Made made : pipeline.live) {
        if (made.model().equals("m/2")) {
          byTen
              .computeIfAbsent((int) made.timeMs() / 10, k -> new java.util.HashSet<>())
              .add(made.key());
        }
      }
      assertThat(byTen).containsOnlyKeys(1, 2);
      assertThat(byTen.get(1)).hasSizeBetween(20, 60);
      assertThat(byTen.get(2)).hasSizeBetween(90, 150).containsAll(byTen.get(1));
      assertThat(pipeline.count("states-kept")).isEqualTo(byTen.get(2).size());
    }
  }

  /** Not the versions of the share for all keys, though that scored just before. */
  @Test
  void shouldLeaveKeysToTheirVersionsWhereALaterOneIsRefused() {
    MemoryTopic topic = topic(ONE, TWO);
    live(topic, 1, Timeline.ALWAYS);
    topic.activate("m", 2, 1, Mode.LIVE, 300);
    live(topic, 3, 10); // there is none
    assertSameVersionsBeforeAndAfter(10, topic);
  }

  /** Also the keys of a smaller share that the refused one would have taken in all. */
  @Test
  void shouldLeaveKeysToAShareThatARefusedOneCovers() {
    MemoryTopic topic = topic(ONE, TWO);
    live(topic, 1, Timeline.ALWAYS);
    topic.activate("m", 2, 1, Mode.LIVE, 300);
    topic.activate("m", 3, 10, Mode.LIVE, 600); // there is none
    assertSameVersionsBeforeAndAfter(10, topic);
  }

  /** Each of many keys, of which some have another version than others. */
  private static void assertSameVersionsBeforeAndAfter(long timeMs, MemoryTopic topic) {
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic)) {
      for (int i = 0; i < 2 * timeMs; i++) {
        for (int key = 0; key < 40; key++) {
          pipeline.pipe("key" + key, value(i), i);
        }
      }
      assertThat(byKeyAt(pipeline, timeMs + 5)).isEqualTo(byKeyAt(pipeline, timeMs - 5));
      assertThat(byKeyAt(pipeline, timeMs - 5).values()).contains("m/1", "m/2");
    }
  }

  private static Map<String, String> byKeyAt(VersionsPipeline pipeline, long timeMs) {
    Map<String, String> models = new HashMap<>();
    pipeline.live.stream()
        .filter(made -> made.timeMs() == timeMs)
        .forEach(made -> models.put(made.key(), made.model()));
    return models;
  }

  @Test
  void shouldScoreWithTheGivenModelAgainWhenAShareIsRetired() {
    MemoryTopic topic = topic(TWO);
    topic.activate("m", 2, 5, Mode.LIVE, 999);
    topic.activate("m", 2, 10, Mode.RETIRED, Timeline.ALL);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic)) {
      feed(pipeline, 0, 15);
      assertThat(pipeline.live.subList(5, 10)).extracting(Made::model).containsOnly("m/2");
      assertThat(pipeline.live.subList(10, 15)).extracting(Made::model).containsOnly("m/1");
    }
  }

  @Test
  void shouldScoreTheSameRecordsInTheShadowWithAStateOfItsOwn() {
    MemoryTopic topic = topic(ONE, OTHER);
    live(topic, 1, Timeline.ALWAYS);
    topic.activate("m", 2, 5, Mode.SHADOW, Timeline.ALL);
    topic.activate("m", 2, 15, Mode.RETIRED, Timeline.ALL);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic)) {
      feed(pipeline, 0, 20);
      Hand one = new Hand(ONE);
      Hand other = new Hand(OTHER);
      assertThat(pipeline.live).hasSize(20);
      assertThat(pipeline.shadow).hasSize(10);
      for (int i = 0; i < 20; i++) {
        assertScores(pipeline.live, "m/1", i, one.step(value(i)));
      }
      for (int i = 0; i < 10; i++) {
        assertScores(pipeline.shadow, "m/2", i, other.step(value(5 + i)));
        assertThat(pipeline.shadow.get(i).timeMs()).isEqualTo(5 + i);
      }
    }
  }

  /** What it has not seen it doesn't go on from, and a sequence that ended meanwhile has ended. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldBeginAnewInTheShadowAfterATimeWithout(boolean ends) {
    MemoryTopic topic = topic(ONE, OTHER);
    live(topic, 1, Timeline.ALWAYS);
    topic.activate("m", 2, 5, Mode.SHADOW, Timeline.ALL);
    topic.activate("m", 2, 10, Mode.RETIRED, Timeline.ALL);
    topic.activate("m", 2, 15, Mode.SHADOW, Timeline.ALL);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic)) {
      feed(pipeline, 0, 12);
      assertThat(pipeline.shadowStates()).containsOnlyKeys("k");
      if (ends) {
        pipeline.pipe("k", null, 12);
        assertThat(pipeline.shadowStates()).isEmpty();
      }
      feed(pipeline, 13, 20);
      assertThat(pipeline.shadow).hasSize(10);
      Hand other = new Hand(OTHER);
      for (int i = 0; i < 5; i++) {
        assertScores(pipeline.shadow, "m/2", 5 + i, other.step(value(15 + i)));
        assertThat(pipeline.shadow.get(5 + i).frame()).isEqualTo(ends ? i : 5 + i);
      }
    }
  }

  @Test
  void shouldRefuseWhatCantBeUsedAndScoreOn() {
    ModelSignature.Keys keys = ModelSignature.newKeys();
    PackedModel bad = PackedModels.random("m", 2, SMALL, 2, 1);
    Map<String, java.util.function.Consumer<MemoryTopic>> cases = new LinkedHashMap<>();
    cases.put(
        "2: model \"m\" version 2: the tensors' checksum is ",
        topic -> {
          byte[] piece = bad.chunks().get(0).clone();
          piece[piece.length - 1] ^= 1;
          topic.chunk(bad.manifest(), 0, dev.eddy.avro.ModelRecords.chunk(0, piece));
          topic.manifest(bad.manifest(), dev.eddy.avro.ModelRecords.encode(bad.manifest()));
        });
    cases.put(
        "2: model \"m\" version 2: chunk 0 of 1 is missing",
        topic -> topic.manifest(bad.manifest(), dev.eddy.avro.ModelRecords.encode(bad.manifest())));
    cases.put(
        "2: model \"m\" version 2: chunk 0: not a record of a models topic: ",
        topic -> {
          topic.chunk(bad.manifest(), 0, new byte[] {1, 2});
          topic.manifest(bad.manifest(), dev.eddy.avro.ModelRecords.encode(bad.manifest()));
        });
    cases.put(
        "2: not a record of a models topic: ",
        topic -> topic.manifest(bad.manifest(), new byte[] {1, 2}));
    cases.put(
        "2: m/2:4: layers[1].attention: \"attention\" can't stream: ",
        topic ->
            topic.publish(
                PackedModels.of("m", 2, SMALL.replace("lstm", "attention"), new byte[9])));
    cases.put(
        "2: m/2 tensors: not a safetensors file: ",
        topic -> topic.publish(PackedModels.of("m", 2, SMALL, new byte[9])));
    cases.put(
        "2: model \"m\" version 2 takes frames of [2], the pipeline \"p\" gives frames of [1]",
        topic ->
            topic.publish(
                PackedModels.random("m", 2, SMALL.replace("channels: 1", "channels: 2"), 2, 1)));
    cases.put(
        "2: model \"m\" version 2 gives the columns [z], the scores of the pipeline \"p\" have [y]",
        topic -> topic.publish(PackedModels.random("m", 2, SMALL.replace("[y]", "[z]"), 2, 1)));
    cases.put(
        "2: model \"m\" version 2 gives ",
        topic -> topic.publish(PackedModels.random("m", 2, CONV, 2, 1e30f)));
    cases.put(
        "2: model \"m\" version 2 has ",
        topic -> topic.publish(PackedModels.random("m", 2, SMALL.replace("4", "400"), 2, 1)));
    cases.forEach(
        (reason, publish) -> {
          MemoryTopic topic = topic(ONE);
          live(topic, 1, Timeline.ALWAYS);
          ModelUpdates updates = UPDATES.maxBytes(100_000);
          try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, updates), topic)) {
            feed(pipeline, 0, 5);
            publish.accept(topic);
            live(topic, 2, 7);
            feed(pipeline, 5, 10);
            assertThat(pipeline.refusals).as(reason).hasSize(1);
            assertThat(pipeline.refusals.get(0)).startsWith(reason).doesNotContain("\n");
            assertThat(pipeline.live).hasSize(10).extracting(Made::model).containsOnly("m/1");
          }
        });
    // and the same found on the topic at the start
    cases.forEach(
        (reason, publish) -> {
          MemoryTopic topic = topic(ONE);
          publish.accept(topic);
          live(topic, 1, Timeline.ALWAYS);
          live(topic, 2, 7);
          ModelUpdates updates = UPDATES.maxBytes(100_000);
          try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, updates), topic)) {
            feed(pipeline, 0, 10);
            assertThat(pipeline.refusals).as(reason).hasSize(1);
            assertThat(pipeline.refusals.get(0)).startsWith(reason);
            assertThat(pipeline.live).hasSize(10).extracting(Made::model).containsOnly("m/1");
          }
        });
    // signatures
    ModelUpdates signing =
        UPDATES.publicKeys(List.of(ModelSignature.publicKey(keys.publicKey(), "pub")));
    MemoryTopic topic = topic(bad);
    live(topic, 2, 5);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, signing), topic)) {
      feed(pipeline, 0, 6);
      assertThat(pipeline.refusals.get(0)).startsWith("2: model \"m\" version 2 is not signed");
      topic.publish(bad.signed(ModelSignature.sign(bad.manifest(), keys.privateKey(), "private")));
      feed(pipeline, 6, 8);
      assertThat(pipeline.refusals).hasSize(1);
      assertThat(pipeline.live.get(5).model()).isEqualTo("m/1");
    }
  }

  @Test
  void shouldGoOnWhereTheTopicHoldsGarbage() {
    MemoryTopic topic = new MemoryTopic();
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 300; i++) {
      byte[] key = new byte[random.nextInt(12)];
      byte[] value = new byte[random.nextInt(40)];
      random.nextBytes(key);
      random.nextBytes(value);
      topic.write(random.nextInt(4) == 0 ? bytes("m") : key, value);
      topic.write(null, value);
    }
    topic.publish(TWO);
    live(topic, 2, 5);
    topic.write(bytes("m"), bytes("not a timeline"));
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic)) {
      feed(pipeline, 0, 10);
      assertThat(pipeline.live.get(4).model()).isEqualTo("m/1");
      assertThat(pipeline.live.get(5).model()).isEqualTo("m/2");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Cut anywhere, whatever is going on: another instance goes on with the same bytes. */
  @ParameterizedTest
  @EnumSource(StatePolicy.class)
  void shouldGoOnElsewhereAsIfNothingHadHappened(StatePolicy policy) {
    MemoryTopic topic = topic(ONE, OTHER, PackedModels.random("m", 3, AHEAD, 4, 1));
    live(topic, 1, Timeline.ALWAYS);
    live(topic, 2, 7);
    live(topic, 3, 14);
    topic.activate("m", 2, 22, Mode.ROLLBACK, Timeline.ALL);
    ModelUpdates updates =
        UPDATES
            .onChange(policy)
            .warmUpFrames(3)
            .dualRunFrames(4)
            .keepStatesFor(Duration.ofMillis(100));
    Scoring scoring = scoring(ONE, updates);
    List<Made> whole;
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring, topic)) {
      feed(pipeline, 0, 30);
      pipeline.pipe("k", null, 31);
      whole = pipeline.live;
      assertNumbered(whole);
      assertThat(whole).hasSize(30);
    }
    for (int cut = 1; cut < 30; cut++) {
      List<Made> parts = new ArrayList<>();
      Map<String, byte[]> states;
      try (VersionsPipeline pipeline = new VersionsPipeline(scoring, topic)) {
        feed(pipeline, 0, cut);
        parts.addAll(pipeline.live);
        states = pipeline.states();
      }
      try (VersionsPipeline pipeline = new VersionsPipeline(scoring, topic, states)) {
        feed(pipeline, cut, 30);
        pipeline.pipe("k", null, 31);
        parts.addAll(pipeline.live);
      }
      assertThat(parts).as("cut at %d", cut).isEqualTo(whole);
    }
  }

  /** A frame out for each frame in, once, in order, whatever looks ahead and however far. */
  @ParameterizedTest
  @EnumSource(StatePolicy.class)
  void shouldLoseAndDoubleNoFrameBetweenVersionsThatLookAhead(StatePolicy policy) {
    PackedModel ahead = PackedModels.random("m", 1, AHEAD, 4, 1);
    PackedModel further =
        PackedModels.random("m", 3, AHEAD.replace("5, padding: 2", "9, padding: 4"), 6, 1);
    MemoryTopic topic = topic(ahead, TWO, further);
    live(topic, 1, Timeline.ALWAYS);
    live(topic, 2, 10);
    live(topic, 3, 20);
    live(topic, 1, 30);
    ModelUpdates updates = UPDATES.onChange(policy).warmUpFrames(12).dualRunFrames(6);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ahead, updates), topic)) {
      feed(pipeline, 0, 50);
      pipeline.pipe("k", null, 50);
      assertNumbered(pipeline.live);
      assertThat(pipeline.live).hasSize(50);
      assertThat(pipeline.live).extracting(Made::model).contains("m/1", "m/2", "m/3");
    }
  }

  @Test
  void shouldStoreAStateAsWithoutAModelsTopicWhereNothingMoreIsToBeKept() {
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic())) {
      feed(pipeline, 0, 5);
      KeyScorer plain =
          new KeyScorer(new ScoringPlan(scoring(ONE, UPDATES), VersionsPipeline.KERNELS));
      byte[] state = null;
      for (int i = 0; i < 5; i++) {
        plain.begin(state);
        plain.consume(new float[] {value(i)}, 0, i);
        state = plain.save();
      }
      assertThat(pipeline.store().get("k")).isEqualTo(state);
    }
  }

  /** A thousand versions don't stay compiled, and a replay finds them all the same. */
  @Test
  void shouldReplayAThousandChangeOvers() {
    MemoryTopic topic = new MemoryTopic();
    for (int version = 1; version <= 20; version++) {
      topic.publish(PackedModels.random("m", version, SMALL, version, 1));
    }
    for (int i = 0; i < 1000; i++) {
      live(topic, 1 + i % 20, i);
    }
    List<Made> first;
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic)) {
      feed(pipeline, 0, 1000);
      first = pipeline.live;
      for (int i = 0; i < 1000; i++) {
        assertThat(first.get(i).model()).isEqualTo("m/" + (1 + i % 20));
      }
    }
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring(ONE, UPDATES), topic)) {
      feed(pipeline, 0, 1000);
      assertThat(pipeline.live).isEqualTo(first);
      assertThat(pipeline.refusals).isEmpty();
    }
  }

  /** What is to come is fetched by whoever reads the topic, not by a task that gets there. */
  @Test
  void shouldMakeReadyWhatComesNextBeforeATaskGetsThere() {
    MemoryTopic topic = topic(ONE, TWO);
    for (int version = 3; version <= 7; version++) {
      topic.publish(PackedModels.random("m", version, SMALL, version, 1));
    }
    for (int version = 1; version <= 7; version++) {
      live(topic, version, 10 * version);
    }
    Map<Long, Integer> fetched = new HashMap<>();
    ModelCatalogue catalogue = catalogue(topic, fetched);
    catalogue.caughtUp();
    VersionView<String> view = view(catalogue, false);
    assertThat(view.at(10, "k").version).isEqualTo(1); // the first record says where the task is
    for (int version = 2; version <= 7; version++) {
      catalogue.prepare();
      fetched.clear();
      assertThat(view.at(10 * version, "k").version).isEqualTo(version);
      assertThat(fetched).as("by a task that comes to version %d", version).isEmpty();
    }
  }

  /**
   * What it was scored by last is long let go, and not asked for where there is nothing to be had
   * of its weights.
   */
  @ParameterizedTest
  @EnumSource(StatePolicy.class)
  void shouldNotFetchTheVersionThatAKeyWasSilentSince(StatePolicy policy) {
    MemoryTopic topic = topic(ONE);
    live(topic, 1, Timeline.ALWAYS);
    for (int version = 2; version <= 9; version++) {
      String yaml = SMALL.replace("units: 4", "units: " + (4 + version));
      topic.publish(PackedModels.random("m", version, yaml, version, 1));
      live(topic, version, 10 * version);
    }
    ModelUpdates updates = UPDATES.onChange(policy).warmUpFrames(3).dualRunFrames(2);
    Scoring scoring = scoring(ONE, updates);
    List<Made> alone;
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring, topic)) {
      feed(pipeline, 0, 5);
      feed(pipeline, 95, 100);
      alone = pipeline.live;
    }
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring, topic)) {
      feed(pipeline, 0, 5);
      for (int i = 5; i < 95; i++) {
        pipeline.pipe("other", value(i), i);
        pipeline.prepare();
      }
      pipeline.fetched.clear();
      feed(pipeline, 95, 100);
      assertThat(pipeline.live).filteredOn(made -> made.key().equals("k")).isEqualTo(alone);
      if (policy == StatePolicy.DUAL_RUN) { // the old one goes on scoring
        assertThat(pipeline.fetched).containsExactly(1L);
      } else {
        assertThat(pipeline.fetched).isEmpty();
      }
      pipeline.pipe("k", null, 101);
    }
  }

  /** However many versions score some of the keys: each is fetched once while it does. */
  @Test
  void shouldKeepAllVersionsThatScoreNowOrNext() {
    MemoryTopic topic = new MemoryTopic();
    for (int version = 1; version <= 14; version++) {
      topic.publish(PackedModels.random("m", version, SMALL, version, 1));
    }
    for (int stretch = 0; stretch < 2; stretch++) {
      int first = 1 + 6 * stretch;
      live(topic, first, 10 * stretch);
      for (int i = 1; i <= 4; i++) {
        topic.activate("m", first + i, 10 * stretch, Mode.LIVE, 1000 - 200 * i);
      }
      topic.activate("m", first + 5, 10 * stretch, Mode.SHADOW, Timeline.ALL);
    }
    live(topic, 13, 1000);
    live(topic, 14, 2000);
    Map<Long, Integer> fetched = new java.util.TreeMap<>();
    ModelCatalogue catalogue = catalogue(topic, fetched);
    catalogue.caughtUp();
    VersionView<String> live = view(catalogue, false);
    VersionView<String> shadow = view(catalogue, true);
    java.util.Set<Long> scored = new java.util.TreeSet<>();
    for (int i = 0; i < 20; i++) {
      for (int key = 0; key < 50; key++) {
        scored.add(live.at(i, "key" + key).version);
      }
      scored.add(shadow.at(i, "k").version);
      catalogue.prepare();
    }
    assertThat(scored).hasSize(12);
    assertThat(fetched).hasSize(14);
    assertThat(fetched.values()).containsOnly(1);
    assertThat(catalogue.compiled()).isEqualTo(6 + 2 + CompiledVersions.MAX_SPARE);
    live.close();
    shadow.close();
    catalogue.prepare();
    assertThat(catalogue.compiled()).isEqualTo(3 + CompiledVersions.MAX_SPARE); // 12 in the shadow
  }

  @Test
  void shouldNotFetchAVersionAgainThatIsPublishedTwice() {
    MemoryTopic topic = topic(ONE);
    live(topic, 1, Timeline.ALWAYS);
    Map<Long, Integer> fetched = new HashMap<>();
    ModelCatalogue catalogue = catalogue(topic, fetched);
    catalogue.caughtUp();
    topic.publish(ONE);
    topic.publish(ONE);
    assertThat(view(catalogue, false).at(5, "k").version).isEqualTo(1);
    assertThat(fetched).containsExactly(Map.entry(1L, 1));
  }

  private static ModelCatalogue catalogue(MemoryTopic topic, Map<Long, Integer> fetched) {
    ModelCatalogue catalogue =
        new ModelCatalogue(
            new ScoringPlan(scoring(ONE, UPDATES), VersionsPipeline.KERNELS),
            VersionsPipeline.KERNELS,
            "test",
            (manifest, offsets) -> {
              fetched.merge(manifest.version(), 1, Integer::sum);
              return topic.fetch(manifest, offsets);
            },
            refusal -> {});
    topic.read(catalogue::accept);
    return catalogue;
  }

  private static VersionView<String> view(ModelCatalogue catalogue, boolean shadow) {
    return new VersionView<>(
        catalogue, new org.apache.kafka.common.serialization.StringSerializer(), shadow);
  }

  /** What the old version gives when it is left counts for which scores go out, once. */
  @ParameterizedTest
  @EnumSource(StatePolicy.class)
  void shouldLetOutEveryThirdScoreThroughChanges(StatePolicy policy) {
    PackedModel ahead = PackedModels.random("m", 1, AHEAD, 4, 1);
    MemoryTopic topic = topic(ahead, TWO, PackedModels.random("m", 3, AHEAD, 6, 1));
    live(topic, 1, Timeline.ALWAYS);
    live(topic, 2, 10);
    live(topic, 3, 21);
    live(topic, 1, 30);
    ModelUpdates updates = UPDATES.onChange(policy).warmUpFrames(12).dualRunFrames(6);
    Scoring scoring =
        scoring(ahead, updates).with(Outputs.standard().emit(new dev.eddy.score.Emit.Nth(3)));
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring, topic)) {
      feed(pipeline, 0, 51);
      pipeline.pipe("k", null, 51);
      assertThat(pipeline.live)
          .extracting(Made::frame)
          .containsExactlyElementsOf(LongStream.range(0, 17).map(i -> 3 * i + 2).boxed().toList());
      assertThat(pipeline.live).extracting(Made::model).contains("m/1", "m/2", "m/3");
    }
  }

  /** Two frames in, one out: after a change of version frames just go on counting. */
  @Test
  void shouldGoOnCountingWhereFramesAreFewer() {
    String half = CONV.replace("kernel: 5", "kernel: 4, stride: 2");
    PackedModel one = PackedModels.random("m", 1, half, 7, 1);
    PackedModel two = PackedModels.random("m", 2, half.replace("filters: 3", "filters: 5"), 8, 1);
    MemoryTopic topic = topic(one, two, PackedModels.random("m", 3, CONV, 9, 1));
    live(topic, 1, Timeline.ALWAYS);
    live(topic, 2, 11);
    live(topic, 3, 21);
    for (StatePolicy policy : StatePolicy.values()) {
      ModelUpdates updates = UPDATES.onChange(policy).warmUpFrames(3).dualRunFrames(4);
      try (VersionsPipeline pipeline = new VersionsPipeline(scoring(one, updates), topic)) {
        feed(pipeline, 0, 30);
        pipeline.pipe("k", null, 31);
        assertNumbered(pipeline.live);
        assertThat(pipeline.live).extracting(Made::model).contains("m/1", "m/2", "m/3");
        assertThat(pipeline.live).hasSizeBetween(17, 22);
      }
    }
  }
}
