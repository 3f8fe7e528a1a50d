package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DemoIT {
  @TempDir Path folder;

  @Test
  void shouldScoreEachReadingOnceAndFindTheFaults() {
    Invocation run =
        Invocation.of("demo", "--pumps", 12, "--ticks", 1500, "--seed", 2, "--fault-rate", 1);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("(?m)^records +18,000$")
        .containsPattern("(?m)^records per second +[1-9][\\d,]*$")
        .containsPattern("(?m)^false alarms +\\d+$")
        .containsPattern("(?m)^scores +18,000$")
        .containsPattern("(?m)^scores missing, twice or out of order +0$")
        .containsPattern("(?m)^dead letters +0$");

    Matcher all = Pattern.compile("(?m)^all +(\\d+) +(\\d+) ").matcher(run.out());
    assertThat(all.find()).isTrue();
    int injected = Integer.parseInt(all.group(1));
    int found = Integer.parseInt(all.group(2));
    assertThat(injected).isGreaterThan(5);
    assertThat(run.out())
        .containsPattern("(?m)^faults injected +" + injected + "$")
        .containsPattern("(?m)^found +" + found + "$");
    assertThat(found).isBetween(injected * 2 / 3, injected);
    assertThat(run.out().lines().filter(line -> line.contains(" since tick "))).hasSize(found);
    assertThat(run.err().lines()).hasSize(2);
  }

  @Test
  void shouldLeaveNothingBehindWhenItIsStopped() throws Exception {
    Process demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx700m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Eddy.class.getName(),
                "demo",
                "--ticks",
                "1000000")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(demo.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null && !line.contains("likelihood")) {
        line = out.readLine();
      }
      assertThat(line).isNotNull();
      assertThat(folders()).hasSize(1);

      demo.toHandle().destroy(); // as Ctrl-C; keeps the stream open
      List<String> rest = out.lines().filter(more -> !more.contains("likelihood")).toList();
      assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(rest).isEmpty();
      assertThat(folders()).isEmpty();
    } finally {
      demo.destroyForcibly();
    }
  }

  private List<Path> folders() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith("eddy-")).toList();
    }
  }
}
