package dev.eddy.app.pipeline;

import dev.eddy.app.csv.CsvTime;
import dev.eddy.app.csv.FloatText;
import dev.eddy.app.csv.ResultFile;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.RowReader;
import dev.eddy.avro.ScoreSchema;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes scores as CSV, one row each: the key, then the record's fields. Times are UTC, nulls are
 * empty, float32 values have nine digits, a space stands between those of an array.
 */
final class ScoreTable implements AutoCloseable {
  private final ResultFile results;
  private final String topic;
  private final RowReader reader;

  /**
   * Writes the header.
   *
   * @param schema says which fields there are; scores of another schema give theirs of these names
   */
  ScoreTable(
      ResultFile results,
      String keyColumn,
      ScoreSchema schema,
      String topic,
      RegistrySettings registry) {
    this.results = results;
    this.topic = topic;
    this.reader = new RowReader(schema.fieldNames(), registry);
    List<String> columns = new ArrayList<>(List.of(keyColumn));
    columns.addAll(schema.fieldNames());
    results.row(columns);
  }

  void row(byte[] key, byte[] value) {
    results.cell(key(key));
    for (Object cell : reader.read(topic, value)) {
      results.cell(text(cell));
    }
    results.endRow();
  }

  private static String text(Object cell) {
    if (cell == null) {
      return "";
    }
    if (cell instanceof Float number) {
      return FloatText.of(number);
    }
    if (cell instanceof List<?> values) {
      return values.stream().map(ScoreTable::text).collect(Collectors.joining(" "));
    }
    return cell instanceof Instant time ? CsvTime.text(time.toEpochMilli()) : cell.toString();
  }

  /** Text where the bytes are, else hexadecimal digits. */
  private static String key(byte[] key) {
    if (key == null) {
      return "";
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
    } catch (CharacterCodingException e) {
      return "0x" + HexFormat.of().formatHex(key);
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
