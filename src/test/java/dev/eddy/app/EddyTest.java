package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.eddy.app.pipeline.StreamStoppedException;
import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.UserException;
import dev.eddy.model.ModelException;
import dev.eddy.model.YamlException;
import dev.eddy.network.StateMismatchException;
import dev.eddy.streams.StreamFaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class EddyTest {

  @Test
  void shouldShowHelpWhenNoCommandIsNamed() {
    Invocation run = Invocation.of();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: eddy").contains("apply", "inspect");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void shouldShowHelpAndVersion() {
    assertThat(Invocation.of("apply", "--help").out()).contains("Usage: eddy apply", "--timing");
    assertThat(Invocation.of("--version").out()).startsWith("eddy ");
  }

  @Test
  void shouldTakeMisuseAsTheUsersMistake() {
    assertThat(Invocation.of("aply"))
        .isEqualTo(
            new Invocation(
                2,
                "",
                lines(
                    "eddy: Unmatched argument at index 0: 'aply'; similar: apply",
                    "see: eddy --help")));
    assertThat(Invocation.of("inspect", "--wide", "x"))
        .isEqualTo(
            new Invocation(
                2, "", lines("eddy: Unknown option: '--wide'", "see: eddy inspect --help")));
    assertThat(Invocation.of("apply").exitCode()).isEqualTo(2);
    assertThat(Invocation.of("apply", "a", "b", "--cut", "often").exitCode()).isEqualTo(2);
  }

  @Test
  void shouldTellOneLineOfAModelThatIsNotThere() {
    assertThat(Invocation.of("inspect", "nowhere.yaml"))
        .isEqualTo(new Invocation(2, "", lines("eddy: nowhere.yaml: no such file")));
  }

  @Test
  void shouldShowWhereAFailureComesFromWhenAskedOnly() {
    Logger all = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    Level before = all.getLevel();
    try {
      assertThat(Invocation.of("inspect", "nowhere.yaml", "--debug").err())
          .contains("\tat dev.eddy.model.");
      assertThat(all.getLevel()).isEqualTo(Level.INFO);
    } finally {
      all.setLevel(before); // for the other tests of this JVM
    }
  }

  @Test
  void shouldTellWhoseFaultAnExceptionIs() {
    assertThat(new Failure(2, " a\u001b[1m\u009b1m\r\n  \u202eb\u2066\tc").oneLine())
        .isEqualTo("a?[1m?1m ?b? c");
    assertThat(Failure.of(new UserException("u"))).isEqualTo(new Failure(2, "u"));
    assertThat(Failure.of(new ModelException("m"))).isEqualTo(new Failure(2, "m"));
    assertThat(Failure.of(new InvalidPathException("a\0b", "no")))
        .isEqualTo(new Failure(2, "\"a\\0b\" is not a file's name: no"));
    assertThat(Failure.of(new YamlException("y"))).isEqualTo(new Failure(2, "y"));
    assertThat(Failure.of(new StateMismatchException("s"))).isEqualTo(new Failure(2, "s"));
    assertThat(Failure.of(new OutsideException("o"))).isEqualTo(new Failure(3, "o"));
    assertThat(Failure.of(new UncheckedIOException("disk", new IOException())).exitCode())
        .isEqualTo(3);
    assertThat(Failure.of(stopped(new StateMismatchException("s")))).isEqualTo(new Failure(2, "s"));
    assertThat(Failure.of(stopped(new TopicAuthorizationException("no"))))
        .isEqualTo(new Failure(3, "TopicAuthorizationException: no"));
    assertThat(Failure.of(stopped(new OutOfMemoryError())).message()).contains("EDDY_JAVA_OPTS");
    assertThat(Failure.of(new OutOfMemoryError()).message()).contains("EDDY_JAVA_OPTS=-Xmx");
  }

  private static StreamStoppedException stopped(Throwable cause) {
    return new StreamStoppedException(StreamFaults.explain(new StreamsException("outer", cause)));
  }

  @Test
  void shouldKeepTheDetailsOfAFaultOfOursInAFile() throws IOException {
    IllegalStateException fault = new IllegalStateException("impossible");
    checkDetails(Failure.of(fault), "java.lang.IllegalStateException: impossible");
    checkDetails(Failure.of(stopped(fault)), "IllegalStateException: impossible");
  }

  private static void checkDetails(Failure failure, String what) throws IOException {
    assertThat(failure.exitCode()).isEqualTo(1);
    assertThat(failure.message())
        .startsWith("internal error: " + what + " (details in ")
        .matches(".*eddy-error-.*\\.txt, or with --debug\\)");
    Path details =
        Path.of(failure.message().replaceAll(".*details in (.*), or with --debug\\)", "$1"));
    assertThat(details).content().contains("\tat dev.eddy.app.EddyTest");
    Files.delete(details);
  }

  @Test
  void shouldMakeOneLineOfAMessage() {
    assertThat(new Failure(2, "one\n  two\r\nthree\n").oneLine()).isEqualTo("one two three");
  }

  private static String lines(String... lines) {
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }
}
