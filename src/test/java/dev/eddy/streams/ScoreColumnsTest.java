package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.score.Bands;
import dev.eddy.score.Comparison;
import dev.eddy.score.Forecast;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
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
    assertThat(
            SchemaCompatibility.checkReaderWriterCompatibility(schema(later), schema(earlier))
                .getType())
        .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
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

  @Test
  void shouldBeTheSameAsBeforeWhereNothingIsAskedFor() {
    assertThat(schema(Scoring.of("p", MODEL.model()).with(Anomaly.standard())).getFields())
        .extracting(Schema.Field::name)
        .containsExactly(
            "time", "frame", "model", "forecast", "actual", "error", "anomaly_likelihood");
  }
}
