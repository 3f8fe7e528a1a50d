package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From run to run a topic says what scores: a broker in the process, CSV files in, scores out. */
@Timeout(600)
class ChangingModelsIT {
  @TempDir Path folder;

  private Path config() throws IOException {
    return Files.writeString(
        folder.resolve("config.yaml"),
        """
        name: ovens
        model: %s
        input:
          topic: readings
          time: at
          channels: [value]
        models:
          topic: ovens-models
          on-change: [keep, reset]
          keep-states-for: 1d
        """
            .formatted(Path.of("models/machine-temperature/model.yaml").toAbsolutePath()));
  }

  private Path rows(int from, int to) throws IOException {
    StringBuilder text = new StringBuilder("at,value\n");
    for (int i = from; i < to; i++) {
      text.append("2014-01-01 %02d:%02d:00,%s\n".formatted(i / 60, i % 60, Math.sin(i / 3.0)));
    }
    return Files.writeString(folder.resolve("rows-" + from + ".csv"), text);
  }

  private List<String> run(Path data, int from, int to) throws IOException {
    Path output = folder.resolve("scores-" + from + "-" + data.getFileName() + ".csv");
    Invocation run =
        Invocation.of(
            "run",
            config(),
            "--embedded",
            "--data",
            data,
            "--input",
            rows(from, to),
            "--output",
            output);
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> scores = Files.readAllLines(output);
    return scores.subList(1, scores.size());
  }

  private String models(Path data, Object command, Object... args) throws IOException {
    Object[] all = new Object[args.length + 6];
    all[0] = "models";
    all[1] = command;
    all[2] = "--config";
    all[3] = config();
    all[4] = "--data";
    all[5] = data;
    System.arraycopy(args, 0, all, 6, args.length);
    Invocation run = Invocation.of(all);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.out().isEmpty() ? run.err() : run.out();
  }

  @Test
  void shouldScoreWithTheVersionThatTheTopicNamesAndReplayTheSame() throws IOException {
    Path data = folder.resolve("data");
    List<String> first = run(data, 0, 30);
    assertThat(first).hasSize(30).allMatch(row -> row.contains(",machine-temperature/1,"));
    assertThat(models(data, "list")).containsPattern("machine-temperature +1 .* live\\R");

    Path other = Path.of("models/nyc-taxi/model.yaml");
    Object[] two = {other, "--name=machine-temperature", "--version=2"};
    assertThat(models(data, "publish", two)).contains("version 2 is published to ovens-models");
    models(
        data,
        "activate",
        "--name=machine-temperature",
        "--version=2",
        "--from=2014-01-01 00:40:00");
    Path refused = Files.writeString(folder.resolve("broken.yaml"), "layers: [");
    Invocation broken =
        Invocation.of("models", "publish", refused, "--config", config(), "--data", data);
    assertThat(broken.exitCode()).isEqualTo(2);
    assertThat(broken.err()).startsWith("eddy: ").hasLineCount(1);

    List<String> second = run(data, 30, 60);
    assertThat(second.subList(0, 10)).allMatch(row -> row.contains(",machine-temperature/1,"));
    assertThat(second.subList(10, 30)).allMatch(row -> row.contains(",machine-temperature/2,"));
    assertThat(models(data, "rollback", "--name=machine-temperature", "--from=2014-01-01 01:10"))
        .contains("version 1 scores again from 2014-01-01 01:10:00 on");
    List<String> third = run(data, 60, 90);
    assertThat(third.subList(0, 10)).allMatch(row -> row.contains(",machine-temperature/2,"));
    assertThat(third.subList(10, 30)).allMatch(row -> row.contains(",machine-temperature/1,"));
    assertThat(third.get(29)).contains(",89,");

    // the same input and the same timeline in a new place give the same scores
    Path again = folder.resolve("again");
    assertThat(run(again, 0, 1)).isEqualTo(first.subList(0, 1));
    models(again, "publish", two);
    models(
        again,
        "activate",
        "--name=machine-temperature",
        "--version=2",
        "--from=2014-01-01 00:40:00");
    models(again, "rollback", "--name=machine-temperature", "--from=2014-01-01 01:10");
    List<String> whole = run(again, 1, 90);
    assertThat(whole.subList(0, 29)).isEqualTo(first.subList(1, 30));
    assertThat(whole.subList(29, 59)).isEqualTo(second);
    assertThat(whole.subList(59, 89)).isEqualTo(third);
  }

  /** Two versions score the same rows, one of them in the shadow. */
  @Test
  void shouldCompareALiveVersionWithOneInTheShadow() throws IOException {
    Path data = folder.resolve("compared");
    run(data, 0, 10);
    Object[] two = {
      Path.of("models/nyc-taxi/model.yaml"), "--name=machine-temperature", "--version=2"
    };
    models(data, "publish", two);
    models(
        data, "activate", "--name=machine-temperature", "--version=2", "--shadow", "--from=start");
    List<String> live = run(data, 10, 60);
    assertThat(live).allMatch(row -> row.contains(",machine-temperature/1,"));
    Path plot = folder.resolve("plot.svg");
    assertThat(models(data, "compare", 1, 2, "--plot", plot))
        .containsPattern("both +50  2014-01-01 00:10:00  2014-01-01 00:59:00\\R")
        .containsPattern("version 1 only +10\\R")
        .containsPattern("version 2 only +0\\R")
        .containsPattern("value +[0-9.]+ +[0-9.]+  2014-01-01 .* ovens\\R");
    assertThat(plot).content().contains("<svg");
    assertThat(models(data, "compare", 2, 1, "--from", "2014-01-01 00:30"))
        .containsPattern("both +30 ");
    Invocation none =
        Invocation.of("models", "compare", 1, 3, "--config", config(), "--data", data);
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err())
        .hasLineCount(1)
        .contains("model \"machine-temperature\" version 3 has no scores in ovens-scores, ")
        .contains("there are scores of machine-temperature/1, machine-temperature/2");
  }
}
