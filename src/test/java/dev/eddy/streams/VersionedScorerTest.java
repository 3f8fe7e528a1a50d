package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.model.PackedModels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionedScorerTest {
  private static final String YAML =
      """
      input: {channels: 1}
      layers:
        - conv: {filters: 3, kernel: 3, padding: causal}
        - dense: {units: 1}
      outputs: [y]
      """;
  private static final ModelUpdates UPDATES =
      ModelUpdates.from("models").onChange(StatePolicy.TRANSFER, StatePolicy.RESET);

  private final List<ScoringPlan> plans = new ArrayList<>(); // of version i + 1
  private final VersionedScorer scorer =
      new VersionedScorer(
          plan(1),
          UPDATES,
          new VersionedScorer.Versions() {
            @Override
            public ScoringPlan find(long version) {
              return plans.get((int) version - 1);
            }

            @Override
            public VersionOutline outline(long version) {
              return find(version).outline;
            }
          },
          null);

  private static ScoringPlan plan(int version) {
    Scoring scoring = Scoring.of("p", PackedModels.random("m", version, YAML, version, 1).model());
    return new ScoringPlan(scoring.with(UPDATES), VersionsPipeline.KERNELS);
  }

  /** One key goes through the versions, each as its plan is now. */
  private void scoreWithAll() {
    byte[] state = null;
    for (int i = 0; i < plans.size(); i++) {
      scorer.begin(state);
      scorer.consume(new float[] {i}, 0, i, plans.get(i));
      state = scorer.save();
    }
  }

  @Test
  void shouldLetGoOfTheVersionsOfALongStretchWhenThereAreFewer() {
    for (int version = 1; version <= 12; version++) {
      plans.add(plan(version));
    }
    scorer.expect(12);
    scoreWithAll();
    assertThat(plans).allMatch(scorer::holds);
    scorer.expect(1);
    assertThat(plans.subList(0, 7)).noneMatch(scorer::holds);
    assertThat(plans.subList(8, 12)).allMatch(scorer::holds);
  }

  @Test
  void shouldLetGoOfWhatWasLoadedAgain() {
    List<ScoringPlan> first = List.of(plan(1), plan(2));
    plans.addAll(first);
    scoreWithAll();
    assertThat(first).allMatch(scorer::holds);
    plans.clear();
    plans.addAll(List.of(plan(1), plan(2)));
    scoreWithAll();
    assertThat(first).noneMatch(scorer::holds);
    assertThat(plans).allMatch(scorer::holds);
  }
}
