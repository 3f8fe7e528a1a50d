package dev.eddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.Observation;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.model.Model;
import dev.eddy.streams.Scoring;
import dev.eddy.streams.ScoringProcessorSupplier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.junit.jupiter.api.Test;

/** The README's Java, as it stands there. */
class ReadmeTest {
  @Test
  void shouldForecastInTenLinesWithoutABroker() {
    // begin
    Model model = Model.read(Path.of("models/machine-temperature/model.yaml"));
    var scoring = Scoring.of("oven", model);
    var kernels = KernelBackend.find().kernels();
    var builder = new StreamsBuilder();
    builder.stream("readings", Consumed.with(Serdes.String(), Serdes.Float()))
        .mapValues(degrees -> Observation.of((degrees - 79.4475f) / 9.30017f))
        .processValues(new ScoringProcessorSupplier<>(scoring, Serdes.String(), kernels))
        .mapValues(score -> score.getFloat(0) * 9.30017f + 79.4475f)
        .to("forecasts", Produced.with(Serdes.String(), Serdes.Float()));

    try (var driver = new TopologyTestDriver(builder.build(), new Properties())) {
      var in =
          driver.createInputTopic(
              "readings", Serdes.String().serializer(), Serdes.Float().serializer());
      var out =
          driver.createOutputTopic(
              "forecasts", Serdes.String().deserializer(), Serdes.Float().deserializer());
      List.of(73.97f, 74.94f, 76.12f).forEach(degrees -> in.pipeInput("oven 1", degrees));
      System.out.println(out.readValuesToList()); // one forecast after each reading
    }
    // end
  }

  @Test
  void shouldTakeVersionsFromATopic() {
    var model = Model.read(Path.of("models/machine-temperature/model.yaml"));
    var kernels = KernelBackend.find().kernels();
    var builder = new StreamsBuilder();
    var readings =
        builder.stream("readings", Consumed.with(Serdes.String(), Serdes.Float()))
            .mapValues(degrees -> Observation.of(degrees));
    // begin
    var scoring = Scoring.of("oven", model).withModels("oven-models");
    var versions = new ScoringProcessorSupplier<>(scoring, Serdes.String(), kernels);
    var live = readings.processValues(versions);
    var shadow = readings.processValues(versions.inTheShadow()); // if you want to compare
    // end
    live.foreach((key, score) -> {});
    shadow.foreach((key, score) -> {});
    assertThat(builder.build().describe().toString()).contains("oven-state", "oven-shadow-state");
  }

  @Test
  void shouldShowThisCode() throws IOException {
    List<String> source = Files.readAllLines(Path.of("src/test/java/dev/eddy/ReadmeTest.java"));
    String readme = Files.readString(Path.of("README.md"));
    for (int at = 0; at < source.size(); at++) {
      if (source.get(at).equals("    // begin")) {
        int end = at + source.subList(at, source.size()).indexOf("    // end");
        assertThat(readme).contains(String.join("\n", source.subList(at + 1, end)).stripIndent());
      }
    }
    assertThat(readme).doesNotContainPattern("@[A-Z]+@");
  }
}
