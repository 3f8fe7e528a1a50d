package dev.eddy.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command leaves when it is asked to end. */
@Timeout(120)
class InterruptionIT {
  @TempDir Path folder;

  @Test
  void shouldNotWaitForABrokerAnyMore() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      silent.setSoTimeout(60_000);
      String broker = "127.0.0.1:" + silent.getLocalPort();
      Path config =
          Files.writeString(
              folder.resolve("config.yaml"),
              Files.readString(Path.of("config/machine-temperature.yaml"))
                  .replace("../models", Path.of("models").toAbsolutePath().toString())
                  .replace("localhost:9092", broker));
      Process run = start("run", config.toString(), "--timeout", "100");
      try (BufferedReader out = run.inputReader(UTF_8);
          Socket asks = silent.accept()) {
        assertThat(asks.getInputStream().read()).isNotNegative(); // and waits for an answer
        run.toHandle().destroy();
        List<String> rest = out.lines().filter(line -> line.startsWith("eddy")).toList();
        assertThat(run.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(rest).containsExactly("eddy: interrupted before a broker answered at " + broker);
        assertThat(run.exitValue()).isEqualTo(3);
      } finally {
        run.destroyForcibly();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"network", "topology"})
  void shouldLeaveNothingOfApply(String through) throws Exception {
    Path home = Path.of("src/test/resources/torch/causal-conv-lstm");
    List<String> lines = Files.readAllLines(home.resolve("input.csv"));
    Path input = folder.resolve("input.csv");
    byte[] rows = String.join("\n", lines.subList(1, lines.size())).concat("\n").getBytes(UTF_8);
    try (var out = new BufferedOutputStream(Files.newOutputStream(input))) {
      out.write((lines.get(0) + "\n").getBytes(UTF_8));
      for (int i = 0; i < 2_000_000; i += lines.size() - 1) {
        out.write(rows);
      }
    }
    Process apply =
        start(
            "apply",
            home.resolve("model.yaml").toString(),
            input.toString(),
            "--through=" + through,
            "--output",
            folder.resolve("output.csv").toString());
    try (BufferedReader out = apply.inputReader(UTF_8)) {
      Path part = folder.resolve(".output.csv.part");
      while (apply.isAlive() && (!Files.exists(part) || Files.size(part) == 0)) {
        Thread.sleep(10);
      }
      apply.toHandle().destroy();
      List<String> rest = out.lines().filter(line -> line.startsWith("eddy")).toList();
      assertThat(apply.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(rest).containsExactly("eddy: interrupted before the last row was applied");
      assertThat(apply.exitValue()).isEqualTo(3);
      assertThat(files()).containsExactly(input);
    } finally {
      apply.destroyForcibly();
    }
  }

  @Test
  void shouldEndTheBenchAtOnceWhenATerminalInterruptsItsChildToo() throws Exception {
    Process bench = start("bench", "--records", "10000000");
    try (BufferedReader out = bench.inputReader(UTF_8)) {
      String line = out.readLine();
      while (line != null && !line.contains("writing the input")) {
        line = out.readLine();
      }
      assertThat(line).isNotNull();
      List<String> kill = new ArrayList<>(List.of("kill", "-INT"));
      bench.descendants().forEach(child -> kill.add(Long.toString(child.pid())));
      kill.add(Long.toString(bench.pid()));
      assertThat(new ProcessBuilder(kill).start().waitFor()).isZero();
      List<String> rest = out.lines().toList();
      assertThat(bench.waitFor(15, TimeUnit.SECONDS)).isTrue();
      assertThat(rest).isEmpty();
      assertThat(files()).isEmpty();
    } finally {
      bench.descendants().forEach(ProcessHandle::destroyForcibly);
      bench.destroyForcibly();
    }
  }

  private Process start(String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx700m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Eddy.class.getName()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.getFileName().toString().startsWith("hsperf")).toList();
    }
  }
}
