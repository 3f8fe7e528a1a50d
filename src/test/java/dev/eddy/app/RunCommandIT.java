package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.app.embedded.EmbeddedBroker;
import dev.eddy.app.pipeline.Clients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole run: a broker in the process, a CSV file in, scores out. */
@Timeout(180)
class RunCommandIT {
  @TempDir Path folder;

  @Test
  void shouldScoreEveryRowAndGoOnWithTheKeysInTheNextRun() throws IOException {
    Path config = config("");
    Path data = folder.resolve("data");
    Path output = folder.resolve("scores.csv");
    Path first = rows("first.csv", 0, 40);
    Invocation run =
        Invocation.of(
            "run", config, "--embedded", "--data", data, "--input", first, "--output", output);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("80 from " + first + " to readings")
        .contains("80 in pumps-scores, written to " + output)
        .contains("0 in pumps-dead-letters")
        .contains("kept in " + data);
    List<String> scores = Files.readAllLines(output);
    assertThat(scores).hasSize(81);
    assertThat(scores.get(0))
        .isEqualTo("sensor,time,frame,model,forecast,actual,error,anomaly_likelihood");
    assertThat(scores.get(1)).startsWith("a,2014-01-01 00:00:00,0,machine-temperature/1,,");
    assertThat(scores.get(80)).startsWith("b,2014-01-01 00:39:00,39,machine-temperature/1,");

    Path second = rows("second.csv", 20, 60);
    Invocation next =
        Invocation.of(
            "run", config, "--embedded", "--data", data, "--input", second, "--output", output);
    assertThat(next.exitCode()).as(next.err()).isEqualTo(2);
    // the rows at the last time are not late: equal times are no step back
    assertThat(next.err())
        .contains("42 in pumps-scores")
        .contains("38 late: older than what the key was scored up to")
        .contains(
            "eddy: --output "
                + output
                + ": left as it was, since 38 rows were late: older than what an earlier run scored;"
                + " name another --output, or begin anew with another --data folder");
    assertThat(Files.readAllLines(output)).isEqualTo(scores);

    Path third = rows("third.csv", 58, 60);
    Path other = folder.resolve("other.csv");
    Invocation last =
        Invocation.of(
            "run", config, "--embedded", "--data", data, "--input", third, "--output", other);
    assertThat(last.exitCode()).as(last.err()).isZero();
    assertThat(last.err()).contains("each key goes on where an earlier run left it");
    assertThat(Files.readAllLines(other)).hasSize(3);
    assertThat(Files.readAllLines(other).get(2)).startsWith("b,2014-01-01 00:59:00,61,");

    Invocation changed =
        Invocation.of(
            "run",
            config("anomaly: {short-term: 5}\n"),
            "--embedded",
            "--data",
            data,
            "--input",
            rows("fourth.csv", 59, 60));
    assertThat(changed.exitCode()).as(changed.err()).isEqualTo(2);
    assertThat(changed.err().lines())
        .anyMatch(line -> line.matches("eddy: task 0_0, store \"pumps-state\", key 0x61: .*"));
    assertThat(changed.err()).doesNotContain("\tat ");
  }

  @Test
  void shouldSendWhatCantBeUsedToDeadLettersAndGoOn() throws IOException {
    Path input =
        Files.writeString(
            folder.resolve("bad.csv"),
            """
            at,sensor,value
            2014-01-01,a,80
            2014-01-02,a,
            2014-01-03,a,nan
            2014-01-04,a,hot
            sometime,a,80
            2014-01-05,,80
            2014-01-06,a,81
            """);
    Path output = folder.resolve("scores.csv");
    Invocation run =
        Invocation.of("run", config(""), "--embedded", "--input", input, "--output", output);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err())
        .contains(input + ":5:3: column \"value\": \"hot\" is not a number; fed as null")
        .contains(input + ":6:1: column \"at\": \"sometime\" is not a time since 1970; fed as null")
        .contains("2 in pumps-scores")
        .contains("5 in pumps-dead-letters")
        .contains("2 field \"value\": is null")
        .contains("1 the record has no key")
        .contains("removed; --data DIR keeps it");
    assertThat(Files.readAllLines(output)).hasSize(3);
  }

  @Test
  void shouldNeedTopicsAndARegistryOfABrokerOutside() throws IOException {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("outside"))) {
      String settings =
          "kafka: {bootstrap.servers: '%s'}\nschema.registry: {url: 'http://localhost:1'}\n"
              .formatted(broker.bootstrapServers());
      Path config = config(settings);
      Invocation run = Invocation.of("run", config);
      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.err())
          .startsWith(
              "eddy: no topic readings at %s; create it: kafka-topics.sh --bootstrap-server"
                  .formatted(broker.bootstrapServers()));
      Properties client = new Properties();
      client.putAll(
          Map.of("bootstrap.servers", broker.bootstrapServers(), "application.id", "test"));
      try (Clients clients = new Clients(client, Duration.ofSeconds(30), () -> false)) {
        clients.create(List.of("readings", "pumps-scores", "pumps-dead-letters"));
      }
      run = Invocation.of("run", config);
      assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
      assertThat(run.err()).startsWith("eddy: ").contains("http://localhost:1").hasLineCount(1);
    }
  }

  private Path config(String more) throws IOException {
    String anomaly = more.contains("anomaly") ? "" : "anomaly: {}\n";
    return Files.writeString(
        folder.resolve("config.yaml"),
        """
        name: pumps
        model: %s
        input:
          topic: readings
          time: at
          key: sensor
          channels: [{field: value, mean: 79.4475, std: 9.30017}]
        """
                .formatted(Path.of("models/machine-temperature/model.yaml").toAbsolutePath())
            + anomaly
            + more);
  }

  /** A row a minute for each of the keys a and b. */
  private Path rows(String name, int from, int to) throws IOException {
    StringBuilder text = new StringBuilder("at,sensor,value\n");
    for (int i = from; i < to; i++) {
      for (String key : List.of("a", "b")) {
        text.append("2014-01-01 00:%02d:00,%s,%d\n".formatted(i % 60, key, 75 + i % 7));
      }
    }
    return Files.writeString(folder.resolve(name), text);
  }
}
