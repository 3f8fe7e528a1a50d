package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.model.Timeline;
import dev.eddy.model.Timeline.Mode;
import dev.eddy.score.Emit;
import dev.eddy.streams.VersionsPipeline.Made;
import dev.eddy.streams.models.MemoryTopic;
import org.junit.jupiter.api.Test;

/** A row that waits for the end of its sequence is by the version that made it. */
class HeldRowsTest {
  private static final String EACH =
      """
      input: {channels: 1}
      layers:
        - conv: {filters: 3, kernel: 3, padding: causal}
        - dense: {units: 1}
      outputs: [y]
      """;
  private static final String STRIDED =
      EACH.replace("3, padding: causal", "4, stride: 4, padding: 0");

  /** Scores frames by version 1, from {@code fromMs} on by version 2, and ends. */
  private static Made last(String yaml, Emit emit, ModelUpdates updates, int frames, int fromMs) {
    PackedModel one = PackedModels.random("m", 1, yaml, 1, 1);
    MemoryTopic topic = new MemoryTopic();
    topic.publish(PackedModels.random("m", 2, yaml, 2, 1));
    topic.activate("m", 2, fromMs, Mode.LIVE, Timeline.ALL);
    Scoring scoring =
        Scoring.of("p", one.model()).with(updates).with(Outputs.standard().emit(emit));
    try (VersionsPipeline pipeline = new VersionsPipeline(scoring, topic)) {
      for (int i = 0; i < frames; i++) {
        pipeline.pipe("k", (float) Math.sin(i + 1), i);
      }
      if (emit instanceof Emit.End) {
        assertThat(pipeline.live).isEmpty();
      }
      assertThat(pipeline.count("states-dual-run") + pipeline.count("states-reset")).isEqualTo(1);
      pipeline.pipe("k", null, frames);
      return pipeline.live.get(pipeline.live.size() - 1);
    }
  }

  private static void assertSameEnd(String yaml, StatePolicy policy, int frames, int fromMs) {
    ModelUpdates updates = ModelUpdates.from("models").onChange(policy).dualRunFrames(3);
    Made expected = last(yaml, new Emit.Every(), updates, frames, fromMs);
    assertThat(expected.model()).isEqualTo("m/1");
    assertThat(last(yaml, new Emit.End(), updates, frames, fromMs)).isEqualTo(expected);
  }

  @Test
  void shouldNameTheOldVersionWhereTheNewOneTookOverWithTheLastRecord() {
    assertSameEnd(EACH, StatePolicy.DUAL_RUN, 13, 10);
  }

  @Test
  void shouldNameTheOldVersionWhereTheNewOneHasGivenNothingYet() {
    assertSameEnd(STRIDED, StatePolicy.RESET, 10, 8);
  }
}
