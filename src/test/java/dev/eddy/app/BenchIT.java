package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class BenchIT {

  @Test
  void shouldRunBothTopologiesOverAllRecords() {
    Invocation run =
        Invocation.of(
            "bench",
            "--records",
            5000,
            "--keys",
            100,
            "--runs",
            1,
            "--units",
            7,
            "--values",
            "floats");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().lines().map(line -> line.split(" ")[0]))
        .startsWith("run", "warm-up", "1", "medians");
    assertThat(run.out()).contains("LSTM of 7 units", "5,000 records of floats");
  }

  @Test
  void shouldScoreWindowsOfRecordsOutOfOrderBesideThem() {
    Invocation run =
        Invocation.of(
            "bench",
            "--records",
            5000,
            "--keys",
            100,
            "--runs",
            1,
            "--units",
            7,
            "--time",
            "both",
            "--window",
            3,
            "--hop",
            1,
            "--values",
            "avro");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().lines().map(line -> line.split(" ")[0]))
        .startsWith("run", "warm-up", "1", "medians");
    assertThat(run.out()).contains("order, windows, records/s", "5,000 records of avro");
  }

  @Test
  void shouldRefuseASizeThatIsNone() {
    assertThat(Invocation.of("bench", "--runs", 0))
        .isEqualTo(
            new Invocation(2, "", "eddy: --runs must be 1..1,000, got 0" + System.lineSeparator()));
    assertThat(Invocation.of("bench", "--values", "json").err())
        .isEqualTo("eddy: --values must be floats or avro, got json" + System.lineSeparator());
    assertThat(Invocation.of("bench", "--time", "grace").err())
        .isEqualTo(
            "eddy: --time must be none, order, windows, both or all, got grace"
                + System.lineSeparator());
  }
}
