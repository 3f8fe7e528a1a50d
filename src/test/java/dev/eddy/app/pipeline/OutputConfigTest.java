package dev.eddy.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.model.Model;
import dev.eddy.model.PackedModels;
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
        "emit: above(1) | output.emit: above needs the name of a column with numbers; there are"
            + " [value, b]",
        "emit: {when: change, column: c} | output.emit: change of the column \"c\"; there are"
            + " [value, b]",
        "classes: [a, b, c] | output.classes: model \"m\" version 1 gives 2 values, there are 3"
            + " classes: [a, b, c]",
        "classes: {names: [a b, a-b], each: true} | output.classes: model \"m\" version 1: outputs"
            + " [value, b]: column names must be distinct",
        "error: forecast | output.error: the error compares each output with the channel of the same"
            + " name; model \"m\" version 1 has the output \"b\"",
        "error: reconstruction | output.error: a reconstruction has the shape of its frame",
        "bands: {} | output.bands: bands are around forecasts or reconstructions",
        "surprise: {} | output.surprise: surprise needs the channel that holds the token; the"
            + " channels are [value, kind_a, kind_b]",
        "surprise: {channel: value} | output.surprise: the channel \"value\" has a mean, a std or a"
            + " logarithm, so it holds no token; leave them out",
        "forecast: {horizon: 2} | output.forecast: a forecast feeds each output to the channel of the"
            + " same name; model \"m\" version 1 has the output \"b\"",
        "'}\nanomaly: {' | anomaly: anomaly compares each output with the channel of the same name",
      })
  void shouldSayWhereOutputsDoNotFit(String yaml, String message) throws IOException {
    Files.writeString(
        folder.resolve("p.yaml"),
        LEAST.replace("value", "{field: value, std: 2}") + "output: {" + yaml + "}\n");
    PipelineConfig config = PipelineConfig.read(folder.resolve("p.yaml"));
    Model model =
        PackedModels.random(
                "m",
                1,
                "input: {channels: 3}\nlayers: [{dense: {units: 2}}]\noutputs: [value, b]\n",
                1,
                1)
            .model();
    int line = yaml.contains("anomaly") ? 7 : 6;
    assertThatThrownBy(() -> config.scoring(model))
        .hasMessageContaining("p.yaml:" + line + ": " + message);
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
        "classes: a | output.classes: \"a\" is not a list; write a name for each output",
        "forecast: {horizon: 2, every: 0s} | output.forecast.every: \"0s\" is too short; write 1ms or"
            + " more",
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
