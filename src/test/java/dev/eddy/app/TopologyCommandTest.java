package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TopologyCommandTest {
  private static final String CONFIG = "config/machine-temperature.yaml";

  @Test
  void shouldShowWhatWouldRun() {
    Invocation run = Invocation.of("topology", CONFIG);
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("Source: machine-temperature-input (topics: [machine-temperature])")
        .contains("Processor: machine-temperature-score (stores: [machine-temperature-state])")
        .contains("Sink: machine-temperature-output (topic: machine-temperature-scores)")
        .contains("Dead letters: topic: machine-temperature-dead-letters");
  }

  @Test
  void shouldShowItAsMermaid() {
    assertThat(Invocation.of("topology", CONFIG, "--mermaid").out().lines())
        .containsExactly(
            "flowchart LR",
            "  node0[\"machine-temperature-input\"]",
            "  topic1([\"machine-temperature\"])",
            "  topic1 --> node0",
            "  node2[\"machine-temperature-score\"]",
            "  node0 --> node2",
            "  store3[(\"machine-temperature-state\")]",
            "  node2 <--> store3",
            "  topic4([\"machine-temperature-dead-letters\"])",
            "  node2 -. dead letters .-> topic4",
            "  node5[\"machine-temperature-output\"]",
            "  node2 --> node5",
            "  topic6([\"machine-temperature-scores\"])",
            "  node5 --> topic6");
  }
}
