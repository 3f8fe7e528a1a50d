package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker that stays, until it is told to end. */
@Timeout(120)
class BrokerCommandIT {
  private static final Pattern READY =
      Pattern.compile("broker (127\\.0\\.0\\.1:\\d+), registry (http://127\\.0\\.0\\.1:\\d+), .*");

  @TempDir Path folder;

  @Test
  void shouldServeRunsUntilItIsToldToEnd() throws Exception {
    Path data = folder.resolve("data");
    Process broker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Eddy.class.getName(),
                "broker",
                "--port=0",
                "--registry-port=0",
                "--data",
                data.toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out = broker.inputReader(StandardCharsets.UTF_8)) {
      Matcher ready = READY.matcher("");
      while (!ready.matches()) {
        ready = READY.matcher(String.valueOf(out.readLine()));
      }
      Path config =
          Files.writeString(
              folder.resolve("config.yaml"),
              Files.readString(Path.of("config/machine-temperature.yaml"))
                  .replace("../models", Path.of("models").toAbsolutePath().toString())
                  .replace("localhost:9092", ready.group(1))
                  .replace("http://localhost:8081", ready.group(2))
                  .replace("kafka:", "kafka:\n  state.dir: " + folder.resolve("state")));
      Path rows =
          Files.writeString(folder.resolve("rows.csv"), "timestamp,value\n2014-01-01 00:00,70\n");
      Invocation missing = Invocation.of("run", config, "--input", rows);
      assertThat(missing.exitCode()).isEqualTo(3);
      assertThat(missing.err()).contains("; or let eddy run --create-topics do it");
      Invocation run = Invocation.of("run", config, "--create-topics", "--input", rows);
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.err()).contains("1 in machine-temperature-scores");

      broker.toHandle().destroy();
      List<String> rest = out.lines().toList();
      assertThat(broker.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(rest).isEmpty();
    } finally {
      broker.destroyForcibly();
    }
  }

  @Test
  void shouldRefuseWhatItCantHave() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Invocation run =
          Invocation.of("broker", "--data", folder.resolve("d"), "--port", taken.getLocalPort());
      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.err())
          .hasLineCount(1)
          .contains("127.0.0.1:" + taken.getLocalPort() + " can't be listened at: ");
    }
    Invocation run = Invocation.of("broker", "--data", folder.resolve("d"), "--port", 70_000);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).isEqualToIgnoringNewLines("eddy: --port must be 0..65535, got 70000");
  }
}
