package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.model.Timeline;
import dev.eddy.model.Timeline.Activation;
import dev.eddy.model.Timeline.Mode;
import dev.eddy.streams.VersionsPipeline.Made;
import dev.eddy.streams.models.MemoryTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever the timeline, scores are what {@link VersionsByHand} says, and the same bytes whether
 * one instance reads all of it at the start, or several follow each other and learn of it as it is
 * written. More of them: {@code -Deddy.randomTimelines=2000}.
 */
class RandomTimelinesTest {
  private static final int TIMELINES = Integer.getInteger("eddy.randomTimelines", 8);
  private static final long SEED = Long.getLong("eddy.randomTimelines.seed", 1);
  private static final int RECORDS = 120;
  private static final String LSTM = ChangingModelsTest.SMALL;
  private static final String CONV =
      """
      input: {channels: 1}
      layers:
        - conv: {filters: 3, kernel: 3, padding: causal}
        - conv: {filters: 2, kernel: 2, padding: causal, dilation: 2}
        - dense: {units: 1}
      outputs: [y]
      """;
  private static final String AHEAD =
      CONV.replace("kernel: 3, padding: causal", "kernel: 3, padding: 1");
  private static final String HALF =
      CONV.replace("kernel: 3, padding: causal", "kernel: 2, stride: 2");
  private static final List<String> PROMPT =
      List.of(LSTM, LSTM, LSTM.replace("units: 4", "units: 5"), CONV);
  private static final List<String> ALL = List.of(LSTM, CONV, AHEAD, AHEAD, HALF);

  private record Arrival(String key, Float value, long timeMs) {}

  /** What is drawn. */
  private static final class Drawn {
    final Random random;
    final List<PackedModel> models = new ArrayList<>();
    final List<Activation> activations = new ArrayList<>();
    final List<Arrival> arrivals = new ArrayList<>();
    final ModelUpdates updates;
    final Scoring scoring;

    Drawn(long seed, List<String> descriptions, int unpublished) {
      random = new Random(seed);
      for (int version = 1; version <= 6; version++) {
        String yaml = descriptions.get(random.nextInt(descriptions.size()));
        models.add(PackedModels.random("m", version, yaml, random.nextInt(), 1));
      }
      int count = 1 + random.nextInt(12);
      for (int i = 0; i < count; i++) {
        activations.add(activation(6 + 2 * unpublished));
      }
      for (int i = 0; i < RECORDS; i++) {
        String key = "k" + random.nextInt(5);
        boolean ends = random.nextInt(30) == 0;
        arrivals.add(
            new Arrival(
                key,
                ends ? null : (float) random.nextGaussian(),
                Math.max(0, i - random.nextInt(4))));
      }
      List<StatePolicy> policies = new ArrayList<>(Arrays.asList(StatePolicy.values()));
      Collections.shuffle(policies, random);
      updates =
          ModelUpdates.from("models")
              .onChange(policies.subList(0, 1 + random.nextInt(5)).toArray(StatePolicy[]::new))
              .warmUpFrames(random.nextInt(4))
              .dualRunFrames(random.nextInt(5))
              .keepStatesFor(Duration.ofMillis(random.nextBoolean() ? 0 : 30));
      scoring =
          Scoring.of("p", models.get(0).model())
              .with(updates)
              .withLateTolerance(Duration.ofMillis(5));
    }

    private Activation activation(int versions) {
      Mode[] modes = {
        Mode.LIVE, Mode.LIVE, Mode.LIVE, Mode.LIVE, Mode.SHADOW, Mode.ROLLBACK, Mode.RETIRED
      };
      Mode mode = modes[random.nextInt(modes.length)];
      int share =
          mode == Mode.LIVE && random.nextInt(3) == 0
              ? 1 + random.nextInt(Timeline.ALL)
              : Timeline.ALL;
      return new Activation(
          1 + random.nextInt(versions), random.nextInt(RECORDS) - 10, mode, share, 0, "test");
    }

    MemoryTopic topic() {
      MemoryTopic topic = new MemoryTopic();
      models.forEach(topic::publish);
      return topic;
    }

    /** So many activations are needed for a record of that time, and any before. */
    int needed(long timeMs) {
      int needed = 0;
      for (int i = 0; i < activations.size(); i++) {
        if (activations.get(i).fromMs() <= timeMs) {
          needed = i + 1;
        }
      }
      return needed;
    }
  }

  private static void write(MemoryTopic topic, List<Activation> activations) {
    activations.forEach(
        one -> topic.activate("m", one.version(), one.fromMs(), one.mode(), one.sharePermille()));
  }

  private static VersionsPipeline whole(Drawn drawn) {
    MemoryTopic topic = drawn.topic();
    write(topic, drawn.activations);
    VersionsPipeline pipeline = new VersionsPipeline(drawn.scoring, topic);
    drawn.arrivals.forEach(one -> pipeline.pipe(one.key, one.value, one.timeMs));
    return pipeline;
  }

  /** Instances follow each other; each learns of the timeline just in time. */
  private static void assertSameInParts(Drawn drawn, VersionsPipeline whole, String as) {
    List<Made> live = new ArrayList<>();
    List<Made> shadow = new ArrayList<>();
    Map<String, byte[]> states = Map.of();
    Map<String, byte[]> shadowStates = Map.of();
    MemoryTopic topic = drawn.topic();
    int written = 0;
    for (int at = 0; at < RECORDS; ) {
      int end = Math.min(RECORDS, at + 1 + drawn.random.nextInt(60));
      try (VersionsPipeline part =
          new VersionsPipeline(drawn.scoring, topic, states, shadowStates)) {
        for (; at < end; at++) {
          Arrival one = drawn.arrivals.get(at);
          int needed = drawn.needed(at);
          if (needed > written) {
            write(topic, drawn.activations.subList(written, needed));
            written = needed;
          }
          if (drawn.random.nextInt(3) == 0) {
            part.prepare();
          }
          part.pipe(one.key, one.value, one.timeMs);
        }
        assertThat(part.count("late-activations")).as(as).isZero();
        live.addAll(part.live);
        shadow.addAll(part.shadow);
        states = part.states();
        shadowStates = part.shadowStates();
      }
      topic.forget();
    }
    assertSame(live, whole.live, as);
    assertSame(shadow, whole.shadow, as);
    assertThat(states).as(as).containsExactlyInAnyOrderEntriesOf(whole.states());
    assertThat(shadowStates).as(as).containsExactlyInAnyOrderEntriesOf(whole.shadowStates());
  }

  /** Tells the first that differs. */
  private static void assertSame(List<Made> made, List<Made> expected, String as) {
    for (int i = 0; i < Math.min(made.size(), expected.size()); i++) {
      assertThat(made.get(i)).as("score %d, %s", i, as).isEqualTo(expected.get(i));
    }
    assertThat(made).as(as).hasSameSizeAs(expected);
  }

  @Test
  void shouldScoreAsByHandWhateverTheTimeline() {
    for (int i = 0; i < TIMELINES; i++) {
      Drawn drawn = new Drawn(SEED + i, PROMPT, i % 2);
      String as = "seed " + (SEED + i) + ", " + drawn.activations + ", " + drawn.updates;
      VersionsByHand hand = new VersionsByHand(drawn.models, 1, drawn.updates, drawn.activations);
      drawn.arrivals.forEach(one -> hand.record(one.key, one.value, one.timeMs));
      try (VersionsPipeline whole = whole(drawn)) {
        assertSame(whole.live, hand.live, as);
        assertSame(whole.shadow, hand.shadow, as);
        assertSameInParts(drawn, whole, as);
      }
    }
  }

  /** Versions that look ahead too, and that give fewer frames. */
  @Test
  void shouldScoreTheSameInPartsWhateverTheVersions() {
    for (int i = 0; i < TIMELINES; i++) {
      Drawn drawn = new Drawn(SEED + i, ALL, 1);
      String as = "seed " + (SEED + i) + ", " + drawn.activations + ", " + drawn.updates;
      try (VersionsPipeline whole = whole(drawn)) {
        assertSameInParts(drawn, whole, as);
      }
    }
  }
}
