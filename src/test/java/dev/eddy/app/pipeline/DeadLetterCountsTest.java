package dev.eddy.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLetterCountsTest {
  private final DeadLetterCounts counts = new DeadLetterCounts();

  @Test
  void shouldCountReasonsThatDifferInNumbersAsOne() {
    add("late by 300 ms: the record is of 2013-12-02T21:15:00Z, its key has been scored up to x");
    add("late by 5 ms: the record is of 2013-12-02T21:15:00Z, its key has been scored up to y");
    add("field \"value\": is null; accepted: a number");
    assertThat(counts.total()).isEqualTo(3);
    assertThat(counts.late()).isEqualTo(2);
    assertThat(counts.lines())
        .containsExactly(
            "2 late: older than what the key was scored up to", "1 field \"value\": is null");
  }

  @Test
  void shouldShowTheMostFrequentReasonsOnly() {
    for (String field : "abcdefg".split("")) {
      add("field \"" + field + "\": is null");
    }
    assertThat(counts.lines()).hasSize(6).last().isEqualTo("and 2 other reasons");
  }

  private void add(String message) {
    counts.add(
        new RecordHeaders()
            .add("__streams.errors.message", message.getBytes(StandardCharsets.UTF_8)));
  }
}
