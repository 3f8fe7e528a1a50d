package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.ModelRecords;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.model.Provenance;
import dev.eddy.model.Timeline;
import dev.eddy.model.Timeline.Activation;
import dev.eddy.model.Timeline.Mode;
import dev.eddy.streams.VersionsPipeline.Made;
import dev.eddy.streams.models.MemoryTopic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A models topic to which anybody writes anything: what can be used scores, the rest stops nothing.
 */
class HostileModelsTest {
  private static final String YAML =
      """
      input: {channels: 1}
      layers:
        - lstm: {units: 3}
        - dense: {units: 1}
      outputs: [y]
      """;
  private static final PackedModel ONE = PackedModels.random("m", 1, YAML, 1, 1);
  private static final PackedModel TWO = PackedModels.random("m", 2, YAML, 2, 1);
  private static final PackedModel THREE = PackedModels.random("m", 3, YAML, 3, 1);
  private static final Scoring SCORING =
      Scoring.of("p", ONE.model())
          .with(ModelUpdates.from("models"))
          .with(new StateStore(StateStore.Kind.MEMORY, true, StateStore.OtherLayout.FAIL));

  private static MemoryTopic topic(PackedModel... models) {
    MemoryTopic topic = new MemoryTopic();
    for (PackedModel model : models) {
      topic.publish(model);
    }
    return topic;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Activation at(long version, long fromMs, Mode mode) {
    return new Activation(version, fromMs, mode, Timeline.ALL, 0, "anybody");
  }

  private static void timeline(MemoryTopic topic, Activation... activations) {
    topic.write(bytes("m"), ModelRecords.encode("m", new Timeline(List.of(activations))));
  }

  private static String versions(List<Made> made) {
    StringBuilder text = new StringBuilder();
    made.forEach(one -> text.append(one.model().substring(2)));
    return text.toString();
  }

  private static void feed(VersionsPipeline pipeline, int from, int to) {
    for (int i = from; i < to; i++) {
      pipeline.pipe("k", (float) Math.sin(i), i);
    }
  }

  /**
   * Which version scored each of ten records; what is written comes before the fifth or at first.
   */
  private static void assertScored(
      String live, String shadow, MemoryTopic topic, Consumer<MemoryTopic> writing) {
    try (VersionsPipeline pipeline = new VersionsPipeline(SCORING, topic)) {
      feed(pipeline, 0, 5);
      writing.accept(topic);
      feed(pipeline, 5, 10);
      assertThat(versions(pipeline.live)).isEqualTo(live);
      assertThat(versions(pipeline.shadow)).isEqualTo(shadow);
      assertThat(pipeline.live).extracting(Made::frame).isSorted().hasSize(10);
    }
    try (VersionsPipeline pipeline = new VersionsPipeline(SCORING, topic)) {
      feed(pipeline, 0, 10); // a replay knows all from the start
      assertThat(versions(pipeline.live)).isEqualTo(live);
      assertThat(versions(pipeline.shadow)).isEqualTo(shadow);
    }
  }

  @Test
  void shouldScoreWithVersionsWhoseChunksComeInAnyOrderAndTwice() {
    byte[] file = ONE.chunks().get(0);
    List<byte[]> pieces = new ArrayList<>();
    for (int at = 0; at < file.length; at += 100) {
      pieces.add(java.util.Arrays.copyOfRange(file, at, Math.min(file.length, at + 100)));
    }
    ModelManifest two = inPieces(2, pieces);
    ModelManifest three = inPieces(3, pieces);
    assertScored(
        "1111112223",
        "",
        topic(ONE),
        topic -> {
          for (int i = pieces.size() - 1; i >= 0; i--) {
            topic.chunk(two, i, ModelRecords.chunk(i, pieces.get(i)));
            topic.chunk(three, i, bytes("garbage, to be replaced"));
            topic.chunk(two, i, ModelRecords.chunk(i, pieces.get(i)));
          }
          topic.chunk(two, pieces.size(), ModelRecords.chunk(pieces.size(), new byte[9]));
          for (int i = 0; i < pieces.size(); i++) {
            topic.chunk(three, i, ModelRecords.chunk(i, pieces.get(i)));
          }
          topic.manifest(two, ModelRecords.encode(two));
          topic.manifest(three, ModelRecords.encode(three));
          topic.manifest(two, ModelRecords.encode(two));
          timeline(topic, at(2, 6, Mode.LIVE), at(3, 9, Mode.LIVE));
        });
  }

  private static ModelManifest inPieces(long version, List<byte[]> pieces) {
    ModelManifest one = ONE.manifest();
    return manifest(version, one.tensorBytes(), pieces.size(), one.tensorsSha256());
  }

  private static ModelManifest manifest(long version, long tensorBytes, int chunks, String sha256) {
    Provenance provenance = new Provenance("anybody", Instant.EPOCH, "x", Map.of());
    return new ModelManifest("m", version, YAML, tensorBytes, chunks, sha256, "", provenance, "");
  }

  @Test
  void shouldRefuseAManifestThatClaimsMoreThanThereIs() {
    MemoryTopic topic = topic(ONE);
    List<ModelManifest> claims =
        List.of(
            manifest(2, 1 << 20, Integer.MAX_VALUE, ""),
            manifest(3, Long.MAX_VALUE, 1, ""),
            manifest(4, 0, 0, ""),
            manifest(5, 500L << 20, 1, "0".repeat(64)),
            manifest(6, ONE.manifest().tensorBytes() - 1, 1, ONE.manifest().tensorsSha256()));
    try (VersionsPipeline pipeline = new VersionsPipeline(SCORING, topic)) {
      for (ModelManifest claim : claims) {
        topic.chunk(claim, 0, ModelRecords.chunk(0, ONE.chunks().get(0)));
        topic.manifest(claim, ModelRecords.encode(claim));
        topic.activate("m", claim.version(), claim.version(), Mode.LIVE, Timeline.ALL);
      }
      feed(pipeline, 0, 10);
      assertThat(versions(pipeline.live)).isEqualTo("1111111111");
      assertThat(pipeline.refusals).hasSize(claims.size()).noneMatch(text -> text.contains("\n"));
      assertThat(pipeline.refusals.get(0)).contains("chunk 1 of 2147483647 is missing");
      assertThat(pipeline.refusals.get(1)).contains("models.max-bytes is 536870912");
      assertThat(pipeline.refusals.get(3)).contains("bytes, 524288000 were published");
      assertThat(pipeline.refusals.get(4)).contains(" bytes or more, ").contains(" were published");
    }
  }

  @Test
  void shouldGoByEventTimeHoweverActivationsAreOrdered() {
    MemoryTopic topic = topic(ONE, TWO, THREE);
    assertScored(
        "1111111223",
        "",
        topic,
        now ->
            timeline(
                now,
                at(3, Long.MAX_VALUE, Mode.LIVE),
                at(3, 9, Mode.LIVE),
                at(2, 7, Mode.LIVE),
                at(1, Long.MIN_VALUE, Mode.LIVE),
                at(3, Long.MIN_VALUE + 1, Mode.LIVE),
                at(1, -5_000_000_000_000L, Mode.LIVE)));
  }

  @Test
  void shouldTakeWhatMakesNoSenseOnATimelineForWhatItSays() {
    MemoryTopic all = topic(ONE, TWO, THREE);
    // retired while it is live for all: stays until another comes
    assertScored(
        "1111112223",
        "",
        all,
        topic -> timeline(topic, at(2, 6, Mode.LIVE), at(2, 7, Mode.RETIRED), at(3, 9, Mode.LIVE)));
    // rolled back twice to the same, and to what was never published
    assertScored(
        "1111112111",
        "",
        topic(ONE, TWO),
        topic ->
            timeline(
                topic,
                at(1, Timeline.ALWAYS, Mode.LIVE),
                at(2, 6, Mode.LIVE),
                at(1, 7, Mode.ROLLBACK),
                at(1, 8, Mode.ROLLBACK),
                at(77, 9, Mode.ROLLBACK)));
    // in the shadow of itself, then in the shadow of a shadow
    assertScored(
        "1111111111",
        "1123",
        topic(ONE, TWO, THREE),
        topic ->
            timeline(
                topic,
                at(1, 6, Mode.SHADOW),
                at(2, 8, Mode.SHADOW),
                at(3, 9, Mode.SHADOW),
                at(88, 10, Mode.SHADOW)));
  }

  @Test
  void shouldKeepTheTimelineWhereALaterOneCantBeRead() {
    MemoryTopic topic = topic(ONE, TWO);
    assertScored(
        "1111112222",
        "",
        topic,
        now -> {
          timeline(now, at(2, 6, Mode.LIVE));
          byte[] good = ModelRecords.encode("m", new Timeline(List.of(at(1, 7, Mode.LIVE))));
          SplittableRandom random = new SplittableRandom(11);
          for (int i = 0; i < 200; i++) {
            byte[] cut = java.util.Arrays.copyOf(good, random.nextInt(good.length));
            now.write(bytes("m"), cut);
          }
          byte[] noShare = ModelRecords.encode("m", new Timeline(List.of(at(1, 7, Mode.LIVE))));
          noShare[noShare.length - 1] ^= 0x55;
          now.write(bytes("other"), noShare);
        });
  }

  /** As after a topic was made anew, or by hand: the newest timeline holds, be it shorter. */
  @Test
  void shouldFollowATimelineThatIsShorterOrGone() {
    MemoryTopic topic = topic(ONE, TWO);
    timeline(topic, at(2, 0, Mode.LIVE), at(1, 100, Mode.LIVE));
    try (VersionsPipeline pipeline = new VersionsPipeline(SCORING, topic)) {
      feed(pipeline, 0, 3);
      timeline(topic, at(2, 0, Mode.LIVE));
      feed(pipeline, 3, 5);
      topic.write(bytes("m"), null);
      feed(pipeline, 5, 7);
      timeline(topic);
      feed(pipeline, 7, 8);
      timeline(topic, at(2, 9, Mode.LIVE));
      feed(pipeline, 8, 10);
      assertThat(versions(pipeline.live)).isEqualTo("2222211112");
      assertThat(pipeline.refusals).isEmpty();
    }
  }

  @Test
  void shouldUseAVersionOnceWhatWasMissingHasCome() {
    MemoryTopic topic = topic(ONE);
    try (VersionsPipeline pipeline = new VersionsPipeline(SCORING, topic)) {
      timeline(topic, at(2, 2, Mode.LIVE));
      feed(pipeline, 0, 4);
      topic.publish(TWO);
      timeline(topic, at(2, 2, Mode.LIVE), at(2, 5, Mode.LIVE));
      feed(pipeline, 4, 8);
      assertThat(versions(pipeline.live)).startsWith("1111").endsWith("222");
      assertThat(pipeline.refusals).hasSize(1);
      assertThat(pipeline.refusals.get(0)).contains("version 2 was never published");
    }
  }
}
