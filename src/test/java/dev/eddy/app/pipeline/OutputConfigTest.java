package dev.eddy.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.score.Bands;
import dev.eddy.score.Classes;
import dev.eddy.score.Comparison;
import dev.eddy.score.Emit;
import dev.eddy.score.Forecast;
import dev.eddy.score.Scaling;
import dev.eddy.score.Surprise;
import dev.eddy.streams.Anomaly;
import dev.eddy.streams.Outputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputConfigTest {
  private static final String LEAST =
      """
      name: pumps
      model: m.yaml
      input:
        topic: readings
        channels: [value, {field: kind, one-hot: [a, b]}]
      """;

  @TempDir Path folder;

  private PipelineConfig read(String more) throws IOException {
    Path file = folder.resolve("p.yaml");
    Files.writeString(file, LEAST + more);
    return PipelineConfig.read(file);
  }

  private Outputs outputs(String yaml) throws IOException {
    return read("output: {" + yaml + "}\n").output().outputs();
  }

  @Test
  void shouldTakeEveryKey() throws IOException {
    Outputs standard = Outputs.standard();
    assertThat(read("").output()).isEqualTo(new OutputConfig("pumps-scores", standard));
    assertThat(outputs("emit: nth(10), emitted: true, units: model"))
        .isEqualTo(standard.emit(new Emit.Nth(10)).withEmitted().inUnitsOfModel());
    assertThat(outputs("emit: {when: above(0.9), column: error}"))
        .isEqualTo(standard.emit(new Emit.Above(0.9, Optional.of("error"))));
    assertThat(outputs("classes: [walk, sit]")).isEqualTo(standard.with(Classes.of("walk", "sit")));
    assertThat(outputs("classes: {names: [walk, sit], softmax: true, each: true}"))
        .isEqualTo(standard.with(Classes.of("walk", "sit").ofLogits().withEach()));
    assertThat(outputs("error: reconstruction"))
        .isEqualTo(standard.with(Comparison.ofReconstructions()));
    assertThat(outputs("error: {of: forecast, horizon: 3, each: true}, bands: {coverage: 0.9}"))
        .isEqualTo(standard.with(Comparison.ofForecasts(3).withEach()).with(new Bands(0.9, 1000)));
    assertThat(outputs("surprise: {of: log-probabilities, unit: bits, channel: kind_a}"))
        .isEqualTo(
            standard.with(
                Surprise.ofLogits()
                    .of(Surprise.Of.LOG_PROBABILITIES)
                    .in(Surprise.Unit.BITS)
                    .channel("kind_a")));
    assertThat(outputs("forecast: {horizon: 24, as: records, every: 1h, others: hold}"))
        .isEqualTo(standard.with(Forecast.records(24).every(Duration.ofHours(1)).holdingOthers()));
  }

  @Test
  void shouldLetAnomalyFollowTheError() throws IOException {
    Anomaly standard = Anomaly.standard();
    assertThat(read("output: {error: {of: forecast, horizon: 4}}\nanomaly: {}\n").anomaly())
        .contains(new Anomaly(4, standard.shortTerm(), standard.longTerm(), standard.warmUp()));
    assertThatThrownBy(() -> read("output: {error: reconstruction}\nanomaly: {horizon: 2}\n"))
        .hasMessageContaining("anomaly.horizon: unknown key; accepted here: short-term");
  }

  @Test
  void shouldScaleTheChannelsThatAreNumbers() throws IOException {
    String input = LEAST.replace("readings\n", "readings\n  scaling: {learn: key, SET}\n");
    Files.writeString(folder.resolve("s.yaml"), input.replace(", SET", ""));
    assertThat(PipelineConfig.read(folder.resolve("s.yaml")).input().scaling())
        .contains(Scaling.perKey().of(List.of("value")));
    Files.writeString(folder.resolve("s.yaml"), input.replace("SET", "freeze-after: 1000"));
    assertThat(PipelineConfig.read(folder.resolve("s.yaml")).input().scaling())
        .contains(Scaling.perKey().of(List.of("value")).freezeAfter(1000));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "emit: often | output.emit: \"often\" is not accepted; accepted: every, change, end,"
            + " above(0.99), nth(10)",
        "emit: nth(0) | output.emit: nth must be 1..1000000, got 0",
        "classes: [a] | output.classes: there must be at least 2 classes, got [a]",
        "classes: [a, a] | output.classes: classes must be distinct, got [a, a]",
        "error: guess | output.error: \"guess\" is not one of forecast, reconstruction",
        "bands: {coverage: 2} | output.bands: coverage must be 0.5..0.9999, got 2.0",
        "forecast: {as: array} | output.forecast: the key \"horizon\" is missing",
        "'forecast: {horizon: 2}, classes: [a, b]' | output: a forecast needs outputs that name"
            + " channels, not classes or tokens",
        "'error: forecast, surprise: {}' | output: outputs are classes, or compared with inputs,"
            + " or foretell tokens: one of these",
      })
  void shouldSayWhatIsNotAccepted(String yaml, String message) {
    assertThatThrownBy(() -> outputs(yaml)).hasMessageContaining("p.yaml:6: " + message);
  }
}
