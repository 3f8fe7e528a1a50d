package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.avro.ScoreSchema.Column;
import dev.eddy.avro.ScoreSchema.Type;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

class ScoreTest {
  private static final ScoreSchema SCHEMA =
      ScoreSchema.of(
          "PumpScore",
          "dev.eddy.pumps",
          List.of(
              Column.ofFloat("temp").doc("degrees Celsius"),
              Column.ofFloat("flow").orNull(),
              Column.ofDouble("anomaly_likelihood").orNull(),
              new Column("i", Type.INT, false, null),
              new Column("n", Type.LONG, false, null),
              new Column("alarm", Type.BOOLEAN, false, null),
              new Column("label", Type.STRING, true, null)));

  private static Score score() {
    return SCHEMA
        .score(1234, 5, "pump/7")
        .setFloat(0, 1.5f)
        .setDouble(2, 0.25)
        .setInt(3, -3)
        .setLong(4, -4L)
        .setBoolean(5, true)
        .setText(6, "worn");
  }

  @Test
  void shouldHaveTimeFrameAndModelThenTheColumns() {
    Schema schema = SCHEMA.avro();
    assertThat(schema.getFullName()).isEqualTo("dev.eddy.pumps.PumpScore");
    assertThat(schema.getFields().stream().map(Schema.Field::name))
        .containsExactly(
            "time",
            "frame",
            "model",
            "temp",
            "flow",
            "anomaly_likelihood",
            "i",
            "n",
            "alarm",
            "label");
    assertThat(schema.getField("time").schema().getLogicalType().getName())
        .isEqualTo("timestamp-millis");
    assertThat(schema.getField("temp").schema().getType()).isEqualTo(Schema.Type.FLOAT);
    assertThat(schema.getField("temp").doc()).isEqualTo("degrees Celsius");
    assertThat(schema.getField("flow").schema().isNullable()).isTrue();
    assertThat(schema.getField("flow").hasDefaultValue()).isTrue();
    assertThat(SCHEMA.column("i")).hasValue(3);
    assertThat(SCHEMA.column("none")).isEmpty();
  }

  @Test
  void shouldBeTheRecordThatItsValuesMake() {
    GenericRecord plain = new GenericData.Record(SCHEMA.avro());
    plain.put("time", 1234L);
    plain.put("frame", 5L);
    plain.put("model", "pump/7");
    plain.put("temp", 1.5f);
    plain.put("anomaly_likelihood", 0.25);
    plain.put("i", -3);
    plain.put("n", -4L);
    plain.put("alarm", true);
    plain.put("label", "worn");
    assertThat(GenericData.get().validate(SCHEMA.avro(), score())).isTrue();
    assertThat(score()).isEqualTo(plain).hasToString(plain.toString());
    assertThat(score()).isEqualTo(score()).hasSameHashCodeAs(score());
    assertThat(score()).isNotEqualTo(score().setFloat(0, 2f)).isNotEqualTo("x");
    for (Schema.Field field : SCHEMA.avro().getFields()) {
      assertThat(score().get(field.pos())).isEqualTo(plain.get(field.pos()));
      assertThat(score().get(field.name())).isEqualTo(plain.get(field.pos()));
    }
    assertThat(score().get("none")).isNull();
  }

  @Test
  void shouldSetARowOfFloats() {
    Score score = SCHEMA.score(0, 0, "m/1").setFloats(0, new float[] {9, 1, 2, 9}, 1, 2);
    assertThat(score.getFloat(0)).isEqualTo(1f);
    assertThat(score.getFloat(1)).isEqualTo(2f);
    assertThat(score.isSet(1)).isTrue();
    assertThat(score.isSet(2)).isFalse();
    assertThat(score.get("anomaly_likelihood")).isNull();
  }

  @Test
  void shouldKeepEveryBitOfAFloat() {
    for (float value : new float[] {-0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN}) {
      assertThat(SCHEMA.score(0, 0, "m/1").setFloat(0, value).get("temp")).isEqualTo(value);
    }
  }

  @Test
  void shouldRefuseAValueOfAnotherType() {
    assertThatThrownBy(() -> score().setFloat(2, 1f))
        .hasMessage("column \"anomaly_likelihood\" is of type DOUBLE, got FLOAT");
    assertThatThrownBy(() -> score().setDouble(0, 1))
        .hasMessage("column \"temp\" is of type FLOAT, got DOUBLE");
    assertThatThrownBy(() -> score().put("temp", 1f))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void shouldRefuseNamesThatAreNone() {
    assertThatThrownBy(() -> Column.ofFloat("bed temp"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "column \"bed temp\" is not an Avro name; accepted: letters, digits and _,"
                + " no digit first, like bed_temp");
    assertThatThrownBy(() -> Column.ofFloat(""))
        .hasMessageStartingWith("column \"\" is not an Avro name");
    assertThatThrownBy(() -> Column.ofFloat("model"))
        .hasMessage(
            "column \"model\" has the name of a field that every score has: [time, frame, model]");
    assertThatThrownBy(
            () -> ScoreSchema.of("R", "", List.of(Column.ofFloat("x"), Column.ofDouble("x"))))
        .hasMessage("column names must be distinct, got \"x\" twice");
    assertThatThrownBy(() -> ScoreSchema.of("a-b", "n", List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("record name \"n.a-b\" is not an Avro name: ");
  }

  @Test
  void shouldMakeAvroNamesOfAny() {
    assertThat(ScoreSchema.columnName("temp")).isEqualTo("temp");
    assertThat(ScoreSchema.columnName("bed temp (°C)")).isEqualTo("bed_temp___C_");
    assertThat(ScoreSchema.columnName("3d")).isEqualTo("_3d");
    assertThatThrownBy(() -> ScoreSchema.columnName(""))
        .hasMessage("a column must have a name, got none");
  }
}
