package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before anything starts. */
class RunCommandTest {
  private static final Path CONFIG = Path.of("config/machine-temperature.yaml");

  @TempDir Path folder;

  @Test
  void shouldRefuseOptionsThatMakeNoSense() {
    refuses(2, "--data and --keep go with --embedded", CONFIG, "--keep");
    refuses(
        2,
        "--keep is for the temporary folder; what is in --data is kept",
        CONFIG,
        "--embedded",
        "--keep",
        "--data=x");
    refuses(2, "--timeout must be at least 1, got 0", CONFIG, "--timeout=0");
  }

  @Test
  void shouldRefuseAFileWithoutTheColumnsOfTheConfig() throws IOException {
    Path input = Files.writeString(folder.resolve("x.csv"), "timestamp,temp\n2013-01-01,1\n");
    refuses(
        2,
        input + ":1: no column for the field \"value\" of " + CONFIG + "; found: timestamp, temp",
        CONFIG,
        "--embedded",
        "--input",
        input);
    Files.writeString(input, "1,2\n");
    refuses(
        2,
        input + ":1: the first row must name the columns",
        CONFIG,
        "--embedded",
        "--input",
        input);
    Files.writeString(input, "timestamp,value,value\n2013-01-01,1,2\n");
    refuses(
        2,
        input + ":1: column \"value\": there is a field \"value\" already",
        CONFIG,
        "--embedded",
        "--input",
        input);
  }

  @Test
  void shouldTellOfAMissingBrokerAfterTheStatedTime() throws IOException {
    Path config = config("localhost:1", "http://localhost:1");
    refuses(
        3,
        "no broker answers at localhost:1 within 1 s; start one, set kafka.bootstrap.servers, or"
            + " add --embedded",
        config,
        "--timeout=1");
  }

  @Test
  void shouldTellOfAHostThatIsUnknown() throws IOException {
    Path config = config("no.such.host.invalid:9092", "http://localhost:1");
    refuses(
        3,
        "kafka.bootstrap.servers no.such.host.invalid:9092: No resolvable bootstrap urls given in"
            + " bootstrap.servers",
        config);
  }

  @Test
  void shouldNeedABrokerAndARegistryOrBringThem() throws IOException {
    Path config = folder.resolve("c.yaml");
    String text = Files.readString(config("x:1", "http://x:1"));
    Files.writeString(config, text.replace("bootstrap.servers", "client.id"));
    refuses(
        2,
        config + ": the key kafka.bootstrap.servers is missing; set it or add --embedded",
        config);
    Files.writeString(config, text.replace("url: ", "proxy.host: "));
    refuses(
        2, config + ": the key schema.registry.url is missing; set it or add --embedded", config);
  }

  @Test
  void shouldTellWhyAFolderOfDataCantBeUsed() throws IOException {
    Path file = Files.writeString(folder.resolve("plain"), "");
    refuses(2, "--data " + file + ": not a folder", CONFIG, "--embedded", "--data", file);
    Path below = file.resolve("a/b");
    refuses(
        2,
        "--data " + below + ": " + file + " is not a folder",
        CONFIG,
        "--embedded",
        "--data",
        below);
    Invocation run = Invocation.of("run", CONFIG, "--embedded", "--data=/proc/eddy/data");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("eddy: --data /proc/eddy/data: can't be made: ");
    assertThat(run.err()).hasLineCount(1);
  }

  private Path config(String servers, String registry) throws IOException {
    String text =
        Files.readString(CONFIG)
            .replace("../models", Path.of("models").toAbsolutePath().toString())
            .replace("localhost:9092", servers)
            .replace("http://localhost:8081", registry);
    return Files.writeString(folder.resolve("config.yaml"), text);
  }

  private static void refuses(int exitCode, String message, Object... args) {
    Object[] all = new Object[args.length + 1];
    all[0] = "run";
    System.arraycopy(args, 0, all, 1, args.length);
    assertThat(Invocation.of(all))
        .isEqualTo(new Invocation(exitCode, "", "eddy: " + message + System.lineSeparator()));
  }
}
