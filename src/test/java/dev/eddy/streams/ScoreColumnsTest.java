package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.InputMapping;
import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.score.Bands;
import dev.eddy.score.Classes;
import dev.eddy.score.Comparison;
import dev.eddy.score.Forecast;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** Columns that are added later fit the schema that a topic has. */
class ScoreColumnsTest {
  private static final PackedModel MODEL =
      PackedModels.random(
          "m", 1, "input: {channels: 1}\nlayers: [{dense: {units: 1}}]\noutputs: [in0]\n", 1, 1);

  private static Schema schema(Scoring scoring) {
    return new OutputStages(scoring).schema().avro();
  }

  private static void assertReads(Scoring later, Scoring earlier) {
    assertThat(reads(schema(later), schema(earlier))).isTrue();
  }

  @Test
  void shouldReadWhatWasWrittenBeforeTheyWereThere() {
    Scoring plain = Scoring.of("p", MODEL.model());
    Outputs more = Outputs.standard().withEmitted().with(Forecast.arrays(3));
    assertReads(plain.with(more), plain);
    Scoring anomaly = plain.with(Anomaly.standard());
    assertReads(
        anomaly.with(more.with(Comparison.ofForecasts(1).withEach()).with(Bands.standard())),
        anomaly);
  }

  /** Versions alternate on one topic: each must be readable by who knows the other. */
  @Test
  void shouldBeReadableBothWaysOnlyWhereVersionsGiveTheSameOutputs() {
    Schema outputs = outputs("a", "b");
    assertThat(bothWays(outputs, outputs("a", "b"))).isTrue();
    assertThat(bothWays(outputs, outputs("a", "b", "c"))).as("one more").isFalse();
    assertThat(bothWays(outputs, outputs("a"))).as("one less").isFalse();
    assertThat(bothWays(outputs, outputs("a", "c"))).as("another name").isFalse();
  }

  private static Schema outputs(String... names) {
    String yaml =
        "input: {channels: 1}\nlayers: [{dense: {units: %d}}]\noutputs: %s\n"
            .formatted(names.length, List.of(names));
    return schema(Scoring.of("p", PackedModels.random("m", 1, yaml, 1, 1).model()));
  }

  private static boolean bothWays(Schema one, Schema other) {
    return reads(one, other) && reads(other, one);
  }

  private static boolean reads(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType()
        == SchemaCompatibilityType.COMPATIBLE;
  }

  @Test
  void shouldBeTheSameAsBeforeWhereNothingIsAskedFor() {
    assertThat(schema(Scoring.of("p", MODEL.model()).with(Anomaly.standard())).getFields())
        .extracting(Schema.Field::name)
        .containsExactly(
            "time", "frame", "model", "forecast", "actual", "error", "anomaly_likelihood");
  }

  @Test
  void shouldComeBackFromAvroAsTheyWent() {
    InputMapping mapping = InputMapping.of(ChannelSpec.numeric("in0", "v"));
    Schema reading = SchemaBuilder.record("R").fields().requiredDouble("v").endRecord();
    Outputs outputs = Outputs.standard().withEmitted().with(Forecast.arrays(3));
    Scoring scoring = Scoring.of("p", MODEL.model()).with(outputs);
    try (TestPipeline pipeline = new TestPipeline(scoring, mapping)) {
      pipeline.pipe("k", pipeline.encode(reading, 0.5), 1000);
      pipeline.pipe("k", pipeline.encode(reading, 0.25), 1300);
      List<TestRecord<byte[], GenericRecord>> scores = pipeline.scoresSoFar();
      assertThat(pipeline.deadSoFar()).isEmpty();
      assertThat(scores).hasSize(2);
      GenericRecord second = scores.get(1).value();
      assertThat(second.get("emitted")).isEqualTo(1300L);
      assertThat(second.get("forecast_step_ms")).isEqualTo(300L);
      assertThat((List<?>) second.get("forecasts")).hasSize(3);
      assertThat(((List<?>) second.get("forecasts")).get(0)).isEqualTo(second.get("in0"));
      assertThat(scores.get(0).value().get("forecast_step_ms")).isNull();
    }
  }

  @Test
  void shouldBeLabelsAsTextInAvro() {
    PackedModel two =
        PackedModels.random("m", 1, "input: {channels: 1}\nlayers: [{dense: {units: 2}}]\n", 1, 1);
    InputMapping mapping = InputMapping.of(ChannelSpec.numeric("in0", "v"));
    Schema reading = SchemaBuilder.record("R").fields().requiredDouble("v").endRecord();
    Scoring scoring =
        Scoring.of("p", two.model())
            .with(Outputs.standard().with(Classes.of("walk", "sit").ofLogits()));
    try (TestPipeline pipeline = new TestPipeline(scoring, mapping)) {
      pipeline.pipe("k", pipeline.encode(reading, 0.5), 1000);
      GenericRecord score = pipeline.scoresSoFar().get(0).value();
      assertThat(score.get("label").toString()).isIn("walk", "sit");
      assertThat((float) score.get("probability")).isBetween(0.5f, 1f);
    }
  }
}
