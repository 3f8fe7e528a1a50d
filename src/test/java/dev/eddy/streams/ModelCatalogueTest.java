package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.model.Timeline;
import dev.eddy.model.Timeline.Mode;
import dev.eddy.streams.models.MemoryTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class ModelCatalogueTest {
  private static final String YAML =
      "input: {channels: 1}\nlayers: [{dense: {units: 1}}]\noutputs: [y]\n";
  private static final String OTHER_OUTPUT = YAML.replace("[y]", "[z]"); // is refused

  private final MemoryTopic topic = new MemoryTopic();
  private final List<Long> fetched = new ArrayList<>();
  private int failures; // of the fetches to come
  private long nowNs;

  private static PackedModel model(long version, String yaml) {
    return PackedModels.random("m", version, yaml, (int) version, 1);
  }

  /** Versions from 1 on, and before their time one that is not on the topic. */
  private ModelCatalogue catalogue(int versions) {
    Scoring scoring = Scoring.of("p", model(100, YAML).model()).with(ModelUpdates.from("models"));
    for (int version = 1; version <= versions; version++) {
      topic.publish(model(version, YAML));
    }
    return new ModelCatalogue(
        new ScoringPlan(scoring, VersionsPipeline.KERNELS),
        VersionsPipeline.KERNELS,
        "test",
        (manifest, offsets) -> {
          if (failures > 0) {
            failures--;
            throw new TimeoutException("no answer");
          }
          fetched.add(manifest.version());
          return topic.fetch(manifest, offsets);
        },
        refusal -> {},
        Runnable::run,
        () -> nowNs);
  }

  private void live(long version, long fromMs) {
    topic.activate("m", version, fromMs, Mode.LIVE, Timeline.ALL);
  }

  private static VersionView<String> view(ModelCatalogue catalogue) {
    return new VersionView<>(catalogue, new StringSerializer(), false);
  }

  @Test
  void shouldShowTheTimelineOnceABrokerAnswersThatDidNotAtTheStart() {
    ModelCatalogue catalogue = catalogue(1);
    live(1, 0);
    topic.read(catalogue::accept);
    failures = 1;
    assertThatThrownBy(catalogue::caughtUp).isInstanceOf(TimeoutException.class);
    assertThat(catalogue.current().timeline()).isEqualTo(Timeline.EMPTY); // not before it is ready
    catalogue.prepare();
    catalogue.caughtUp();
    assertThat(catalogue.current().timeline().activations()).hasSize(1);
    assertThat(view(catalogue).at(5, "k").version).isEqualTo(1);
  }

  @Test
  void shouldShowALaterTimelineOnceABrokerAnswers() {
    ModelCatalogue catalogue = catalogue(2);
    live(1, 0);
    topic.read(catalogue::accept);
    catalogue.caughtUp();
    failures = 1;
    assertThatThrownBy(() -> live(2, 10)).isInstanceOf(TimeoutException.class);
    assertThat(view(catalogue).at(15, "k").version).isEqualTo(1);
    catalogue.prepare();
    assertThat(view(catalogue).at(15, "k").version).isEqualTo(2);
  }

  @Test
  void shouldLookAheadOfATaskThatHasSeenARecordOfFarInTheFuture() {
    ModelCatalogue catalogue = catalogue(7);
    for (int version = 1; version <= 7; version++) {
      live(version, 10 * version);
    }
    topic.read(catalogue::accept);
    catalogue.caughtUp();
    VersionView<String> view = view(catalogue);
    view.at(1_000_000, "k");
    view.at(10, "k");
    for (int version = 2; version <= 7; version++) {
      catalogue.prepare();
      fetched.clear();
      assertThat(view.at(10 * version, "k").version).isEqualTo(version);
      assertThat(fetched).as("by a task that comes to version %d", version).isEmpty();
    }
  }

  /** What scored before them scores on, and is there before a task asks. */
  @Test
  void shouldMakeReadyWhatScoresInThePlaceOfRefusedVersions() {
    ModelCatalogue catalogue = catalogue(2);
    for (int version = 3; version <= 5; version++) {
      topic.publish(model(version, OTHER_OUTPUT));
    }
    for (int version = 1; version <= 5; version++) {
      live(version, 10 * version);
    }
    topic.read(catalogue::accept);
    catalogue.caughtUp();
    assertThat(fetched).contains(5L, 4L, 3L, 2L).doesNotContain(1L);
    fetched.clear();
    assertThat(view(catalogue).at(1_000, "k").version).isEqualTo(2);
    assertThat(fetched).isEmpty();
  }

  /** What the config names, and the topic too, is in memory once. */
  @Test
  void shouldTakeTheGivenModelForTheSameVersionOnTheTopic() {
    PackedModel given = model(1, YAML);
    PackedModel others = PackedModels.random("m", 1, YAML, 5, 1);
    Scoring scoring = Scoring.of("p", given.model()).with(ModelUpdates.from("models"));
    for (PackedModel published : List.of(given, others)) {
      MemoryTopic models = new MemoryTopic();
      models.publish(published);
      models.activate("m", 1, 0, Mode.LIVE, Timeline.ALL);
      ModelCatalogue catalogue =
          new ModelCatalogue(
              ScoringPlan.base(scoring, VersionsPipeline.KERNELS),
              VersionsPipeline.KERNELS,
              "test",
              models::fetch,
              refusal -> {});
      models.read(catalogue::accept);
      catalogue.caughtUp();
      ScoringPlan before = view(catalogue).at(-1, "k");
      ScoringPlan live = view(catalogue).at(5, "k");
      assertThat(live == before).isEqualTo(published == given);
      assertThat(live.version).isEqualTo(1);
    }
  }

  /** A task waits for what it needs, not for what the reader is at. */
  @Test
  void shouldNotLetATaskWaitForWhatTheReaderMakesReady() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    Scoring scoring = Scoring.of("p", model(100, YAML).model()).with(ModelUpdates.from("models"));
    ModelCatalogue catalogue =
        new ModelCatalogue(
            new ScoringPlan(scoring, VersionsPipeline.KERNELS),
            VersionsPipeline.KERNELS,
            "test",
            (manifest, offsets) -> {
              if (manifest.version() == 3) {
                asked.countDown();
                Waiting.on(answer);
              }
              return topic.fetch(manifest, offsets);
            },
            refusal -> {});
    topic.publish(model(1, YAML));
    topic.publish(model(2, YAML));
    live(2, 0);
    topic.read(catalogue::accept);
    catalogue.caughtUp();
    VersionView<String> view = view(catalogue);
    CompletableFuture<Void> reader =
        CompletableFuture.runAsync(() -> topic.publish(model(3, YAML)));
    Waiting.on(asked);
    assertThat(catalogue.find(1).version).isEqualTo(1);
    assertThat(catalogue.outline(1).version()).isEqualTo(1);
    assertThat(view.at(5, "k").version).isEqualTo(2);
    assertThat(reader).isNotDone();
    answer.countDown();
    reader.get(30, TimeUnit.SECONDS);
    assertThat(catalogue.compiled()).isEqualTo(3);
  }

  /** A nanosecond clock may go from its largest number on to its smallest. */
  @Test
  void shouldLetTheVersionGoThatWasAskedForLongestAgo() {
    ModelCatalogue catalogue = catalogue(9);
    live(9, 0);
    topic.read(catalogue::accept);
    catalogue.caughtUp();
    int most = CompiledVersions.MAX_SPARE;
    nowNs = Long.MAX_VALUE - 2;
    for (int version = 1; version <= most + 1; version++) {
      assertThat(catalogue.find(version)).isNotNull();
      nowNs++;
    }
    assertThat(nowNs).isNegative();
    catalogue.prepare();
    assertThat(catalogue.compiled()).isEqualTo(1 + most);
    fetched.clear();
    for (int version = 2; version <= most + 1; version++) {
      assertThat(catalogue.find(version)).isNotNull();
    }
    assertThat(fetched).isEmpty();
    catalogue.find(1);
    assertThat(fetched).containsExactly(1L);
  }
}
