package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.app.demo.Findings.Finding;
import dev.eddy.app.demo.PumpFleet.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
  @TempDir Path folder;

  @Test
  void shouldWriteWhatTrainingReads() throws IOException {
    Path made = folder.resolve("data").resolve("faulty");
    Invocation run = Invocation.of("demo", "--write-csv", made, "--pumps", 2, "--ticks", 3000);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(Files.readAllLines(made.resolve("readings.csv"))).hasSize(1 + 2 * 3000);
    assertThat(Files.readAllLines(made.resolve("faults.csv"))).startsWith("pump,kind,from,to");
  }

  @Test
  void shouldRefuseASizeThatIsNone() {
    assertRefused("--pumps must be 1..100,000, got 0", "--pumps", "0");
    assertRefused("--ticks must be 1..1,000,000, got -1", "--ticks=-1");
    assertRefused("--fault-rate must be 0..2, got 3.0", "--fault-rate", "3");
  }

  private static void assertRefused(String message, Object... options) {
    Object[] args = new Object[options.length + 1];
    args[0] = "demo";
    System.arraycopy(options, 0, args, 1, options.length);
    assertThat(Invocation.of(args))
        .isEqualTo(new Invocation(2, "", "eddy: " + message + System.lineSeparator()));
  }

  @Test
  void shouldSayOfAFindingWhenWhereAndWhatItWas() {
    Fault fault = new Fault(7, "seal leak", 420, 560);
    assertThat(DemoView.line(new Finding(7, 433, 0.99612, Optional.of(fault))))
        .isEqualTo(
            "2026-01-01 07:13  tick   433  pump-007  likelihood 0.9961  seal leak since tick 420");
    assertThat(DemoView.line(new Finding(7, 433, 0.99612, Optional.empty())))
        .endsWith("likelihood 0.9961  false alarm");
  }
}
