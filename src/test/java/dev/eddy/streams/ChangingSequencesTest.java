package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.model.Timeline;
import dev.eddy.model.Timeline.Mode;
import dev.eddy.streams.VersionsPipeline.Made;
import dev.eddy.streams.models.MemoryTopic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChangingSequencesTest {
  /** Looks two frames ahead. */
  private static final String AHEAD =
      """
      input: {channels: 1}
      layers:
        - conv: {filters: 3, kernel: 5, padding: 2}
        - dense: {units: 1}
      outputs: [y]
      """;

  private static final PackedModel ONE = PackedModels.random("m", 1, AHEAD, 1, 1);
  private static final PackedModel TWO = PackedModels.random("m", 2, AHEAD, 2, 1);

  private static MemoryTopic topic() {
    MemoryTopic topic = new MemoryTopic();
    topic.publish(ONE);
    topic.publish(TWO);
    topic.activate("m", 1, Timeline.ALWAYS, Mode.LIVE, Timeline.ALL);
    topic.activate("m", 2, Timeline.ALWAYS, Mode.SHADOW, Timeline.ALL);
    return topic;
  }

  /** The second version is in the shadow from 10 to before 20. */
  private static MemoryTopic topicWithAShadowForAWhile() {
    MemoryTopic topic = new MemoryTopic();
    topic.publish(ONE);
    topic.publish(TWO);
    topic.activate("m", 1, Timeline.ALWAYS, Mode.LIVE, Timeline.ALL);
    topic.activate("m", 2, 10, Mode.SHADOW, Timeline.ALL);
    topic.activate("m", 2, 20, Mode.RETIRED, Timeline.ALL);
    return topic;
  }

  private static Scoring scoring(Sequences sequences) {
    return Scoring.of("p", ONE.model())
        .with(ModelUpdates.from("models").warmUpFrames(3))
        .with(sequences);
  }

  private static List<String> shadowKeys(VersionsPipeline pipeline, Scoring scoring) {
    try (var all =
        pipeline.driver.<String, byte[]>getKeyValueStore(scoring.shadowStoreName()).all()) {
      return List.of(all.next().key, all.hasNext() ? all.next().key : "no more");
    }
  }

  @Test
  void shouldChangeNothingInTheShadowByARecordThatIsLateForWhatScores() {
    Scoring scoring = scoring(Sequences.OPEN);
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring, topicWithAShadowForAWhile())) {
      for (int timeMs = 5; timeMs < 16; timeMs++) {
        pipeline.pipe("k", 0.1f * timeMs, timeMs);
      }
      Map<String, byte[]> states = pipeline.shadowStates();
      assertThat(states).containsOnlyKeys("k");
      pipeline.pipe("k", VersionsPipeline.ENDS, 6); // nothing was in the shadow then
      assertThat(pipeline.shadowStates()).isEqualTo(states);
      pipeline.pipe("k", 1f, 25); // nor now
      int scored = pipeline.shadow.size();
      pipeline.pipe("k", 1f, 17);
      pipeline.pipe("k", VersionsPipeline.ENDS, 18);
      assertThat(pipeline.shadowStates()).isEqualTo(states);
      assertThat(pipeline.shadow).hasSize(scored);
      pipeline.pipe("k", VersionsPipeline.ENDS, 26);
      assertThat(pipeline.shadowStates()).isEmpty();
    }
  }

  @Test
  void shouldEndIdleSequencesOfWhatScoresAndOfTheShadow() {
    Scoring scoring = scoring(Sequences.OPEN.endingWhenIdleFor(Duration.ofMillis(15)));
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring, topic())) {
      for (int i = 0; i < 5; i++) {
        pipeline.pipe("k", 0.5f * i, i);
      }
      pipeline.pipe("other", 1f, 19);
      assertThat(pipeline.live).hasSize(3);
      pipeline.pipe("other", 1f, 20);
      for (List<Made> made : List.of(pipeline.live, pipeline.shadow)) {
        assertThat(made).extracting(Made::frame).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(made).extracting(Made::key).containsOnly("k");
      }
      assertThat(pipeline.live).extracting(Made::model).containsOnly("m/1");
      assertThat(pipeline.shadow).extracting(Made::model).containsOnly("m/2");
      assertThat(pipeline.states()).containsOnlyKeys("other");
      assertThat(shadowKeys(pipeline, scoring)).containsExactly("other", "no more");
    }
  }

  @Test
  void shouldForgetExpiredKeysOfWhatScoresAndOfTheShadow() {
    Scoring scoring = scoring(Sequences.OPEN.expiringAfter(Duration.ofDays(7)));
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring, topic())) {
      pipeline.pipe("k", 1f, 5);
      pipeline.pipe("other", 1f, Duration.ofDays(7).toMillis() + 6);
      pipeline.driver.advanceWallClockTime(Duration.ofSeconds(1));
      assertThat(pipeline.states()).containsOnlyKeys("other");
      assertThat(shadowKeys(pipeline, scoring)).containsExactly("other", "no more");
      assertThat(pipeline.count("expired-keys")).isEqualTo(1);
      assertThat(pipeline.live).isEmpty();
    }
  }
}
