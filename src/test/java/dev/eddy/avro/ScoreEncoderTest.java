package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.avro.ScoreSchema.Column;
import dev.eddy.avro.ScoreSchema.Type;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class ScoreEncoderTest {
  private static final ScoreSchema EVERY_TYPE = ScoreSchema.of("Score", "test", everyType());

  private static List<Column> everyType() {
    List<Column> columns = new ArrayList<>();
    for (Type type : Type.values()) {
      columns.add(new Column("a_" + type, type, false, null));
      columns.add(new Column("b_" + type, type, true, null));
    }
    return columns;
  }

  @Test
  void shouldWriteWhatAvroWrites() throws IOException {
    ScoreEncoder encoder = new ScoreEncoder(EVERY_TYPE);
    SplittableRandom random = new SplittableRandom(11);
    byte[] prefix = {0, 1, 2, 3, 4};
    for (int i = 0; i < 2000; i++) {
      Score score = randomScore(random);
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      expected.write(prefix);
      BinaryEncoder avro = EncoderFactory.get().binaryEncoder(expected, null);
      new GenericDatumWriter<GenericRecord>(score.getSchema()).write(score, avro);
      avro.flush();
      assertThat(encoder.encode(prefix, score)).isEqualTo(expected.toByteArray());
    }
  }

  @Test
  void shouldNameTheFirstColumnThatIsMissing() {
    Score score = EVERY_TYPE.score(1, 2, "m/1");
    ScoreEncoder encoder = new ScoreEncoder(EVERY_TYPE);
    assertThat(encoder.missing(score)).isEqualTo("a_FLOAT");
    assertThat(encoder.missing(score.setFloat(0, 1))).isEqualTo("a_DOUBLE");
    assertThat(encoder.missing(randomScore(new SplittableRandom(1)))).isNull();
  }

  @Test
  void shouldGiveEveryScoreOfATopicTheHeaderOfItsFirst() {
    RegistrySettings registry = RegistrySettings.at("mock://score-encoder-test");
    ScoreSchema one = ScoreSchema.of("One", "test", List.of(Column.ofFloat("y")));
    ScoreSchema two = ScoreSchema.of("Two", "test", List.of(Column.ofDouble("y")));
    try (ScoreSerializer first = new ScoreSerializer(one, registry);
        ScoreSerializer second = new ScoreSerializer(two, registry);
        RecordDeserializer reader = new RecordDeserializer(registry)) {
      for (int i = 0; i < 3; i++) {
        for (String topic : List.of("a", "b")) {
          Score float32 = one.score(1000 + i, i, "m/1").setFloat(0, i);
          Score float64 = two.score(1000 + i, i, "m/1").setDouble(0, i);
          assertThat(float32).isEqualTo(reader.deserialize(topic, first.serialize(topic, float32)));
          assertThat(float64)
              .isEqualTo(reader.deserialize(topic, second.serialize("2" + topic, float64)));
        }
      }
      assertThat(first.serialize("a", null)).isNull();
    }
  }

  @Test
  void shouldNameTheColumnThatIsMissingInAnyScore() {
    ScoreSchema schema = ScoreSchema.of("Score", "test", List.of(Column.ofFloat("y")));
    RegistrySettings registry = RegistrySettings.at("mock://score-encoder-test-missing");
    try (ScoreSerializer serializer = new ScoreSerializer(schema, registry)) {
      for (int i = 0; i < 2; i++) {
        assertMissing(serializer, schema);
        serializer.serialize("a", schema.score(1, 2, "m/1").setFloat(0, 1));
      }
    }
  }

  private static void assertMissing(ScoreSerializer serializer, ScoreSchema schema) {
    assertThatThrownBy(() -> serializer.serialize("a", schema.score(1, 2, "m/1")))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("column \"y\" was never set");
  }

  @Test
  void shouldLeaveEveryRecordToConfluentWhereSettingsAskForMore() {
    ScoreSchema schema = ScoreSchema.of("Score", "test", List.of(Column.ofFloat("y")));
    RegistrySettings plain = RegistrySettings.at("mock://score-encoder-test-latest");
    RegistrySettings latest =
        RegistrySettings.of(
            Map.of(
                "url", "mock://score-encoder-test-latest",
                "auto.register.schemas", "false",
                "use.latest.version", "true"));
    Score score = schema.score(1, 2, "m/1").setFloat(0, 1);
    try (ScoreSerializer registering = new ScoreSerializer(schema, plain);
        ScoreSerializer following = new ScoreSerializer(schema, latest)) {
      byte[] expected = registering.serialize("a", score);
      assertThat(following.serialize("a", score)).isEqualTo(expected);
      assertThat(following.serialize("a", score)).isEqualTo(expected);
    }
  }

  private static Score randomScore(SplittableRandom random) {
    long number = random.nextLong() >> random.nextInt(64);
    String model = random.nextBoolean() ? "pumps/7" : "P\u00fcmp\u20ac\ud83d\ude00/1";
    Score score = EVERY_TYPE.score(Math.abs(number), random.nextLong(1L << 40), model);
    for (int i = 0; i < EVERY_TYPE.columns().size(); i++) {
      Column column = EVERY_TYPE.columns().get(i);
      if (!column.nullable() || random.nextBoolean()) {
        set(score, i, column.type(), random.nextLong() >> random.nextInt(64));
      }
    }
    return score;
  }

  private static void set(Score score, int column, Type type, long value) {
    switch (type) {
      case FLOAT -> score.setFloat(column, Float.intBitsToFloat((int) value));
      case DOUBLE -> score.setDouble(column, Double.longBitsToDouble(value));
      case INT -> score.setInt(column, (int) value);
      case LONG -> score.setLong(column, value);
      case BOOLEAN -> score.setBoolean(column, value % 2 == 0);
      case TIME -> score.setTime(column, value);
      case FLOATS -> score.setArray(column, floats(value));
      case STRING -> score.setText(column, value % 3 == 0 ? "" : value + "\u20ac\ud83d\ude00");
    }
  }

  /** None to 79 of them. */
  private static float[] floats(long value) {
    float[] floats = new float[(int) Math.floorMod(value, 80L)];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = value * 0.5f + i;
    }
    return floats;
  }
}
