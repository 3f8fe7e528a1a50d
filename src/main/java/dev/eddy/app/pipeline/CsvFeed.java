package dev.eddy.app.pipeline;

import dev.eddy.app.csv.CsvRows;
import dev.eddy.app.csv.CsvTime;
import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.Progress;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.EventTime;
import dev.eddy.avro.RecordSerializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.RowSchema;
import dev.eddy.avro.ScoreSchema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Feeds a CSV file to a pipeline's input topic: each row an Avro record of the header's fields, the
 * columns that the pipeline reads as numbers as doubles or arrays of them, the time as a timestamp,
 * the rest as text.
 *
 * <p>The feed doesn't judge rows, the pipeline does: a cell that is empty is null, and so is one
 * that is neither a number nor a time where one is needed; of the latter the first few are told.
 */
public final class CsvFeed implements AutoCloseable {
  private static final int ROWS_PER_REPORT = 256;
  private static final int TOLD = 5;

  private final PipelineConfig config;
  private final CsvRows rows;
  private final Terminal terminal;
  private final RowSchema schema;
  private final RowSchema.Kind[] kinds;
  private final CsvTime times; // null where the config names no time
  private final int timeColumn;
  private final int keyColumn;
  private final byte[] constantKey;
  private int textColumn = -1;
  private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
  private final AtomicReference<Exception> unsent = new AtomicReference<>();
  private long count;
  private long strange;

  private CsvFeed(PipelineConfig config, CsvRows rows, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
    this.rows = rows;
    if (!rows.hasHeader()) {
      throw new UserException(rows.file() + ":1: the first row must name the columns");
    }
    List<String> names = fieldNames();
    EventTime time = config.input().mapping().time().orElse(null);
    this.times = time == null ? null : new CsvTime(time);
    this.timeColumn = time == null ? -1 : column(names, time.field());
    this.keyColumn = config.input().keyColumn().map(key -> keyColumn(names, key)).orElse(-1);
    this.constantKey = config.name().getBytes(StandardCharsets.UTF_8);
    this.kinds = kinds(names);
    List<RowSchema.Column> columns = new ArrayList<>();
    for (int i = 0; i < kinds.length; i++) {
      columns.add(new RowSchema.Column(rows.columns().get(i), kinds[i]));
    }
    try {
      this.schema =
          RowSchema.of("Reading", "dev.eddy." + ScoreSchema.columnName(config.name()), columns);
    } catch (IllegalArgumentException e) {
      throw new UserException(rows.file() + ":1: " + e.getMessage(), e);
    }
  }

  /**
   * Opens a file and looks whether it has what the pipeline reads.
   *
   * @throws UserException if it hasn't
   */
  public static CsvFeed open(PipelineConfig config, Path file, Terminal terminal) {
    CsvRows rows = CsvRows.open(file, List.of());
    try {
      return new CsvFeed(config, rows, terminal);
    } catch (RuntimeException e) {
      rows.close();
      throw e;
    }
  }

  private List<String> fieldNames() {
    List<String> names = new ArrayList<>();
    for (String column : rows.columns()) {
      if (column.isEmpty()) {
        throw new UserException(rows.file() + ":1: column " + (names.size() + 1) + " has no name");
      }
      names.add(ScoreSchema.columnName(column));
    }
    return names;
  }

  private int column(List<String> names, String field) {
    int index = names.indexOf(field);
    if (index < 0) {
      throw new UserException(
          rows.file()
              + ":1: no column for the field \""
              + field
              + "\" of "
              + config.file()
              + "; found: "
              + String.join(", ", names));
    }
    return index;
  }

  private int keyColumn(List<String> names, String key) {
    int index = rows.columns().indexOf(key);
    return index >= 0 ? index : column(names, key);
  }

  private RowSchema.Kind[] kinds(List<String> names) {
    RowSchema.Kind[] kinds = new RowSchema.Kind[names.size()];
    Arrays.fill(kinds, RowSchema.Kind.STRING);
    for (ChannelSpec channel : config.input().mapping().channels()) {
      int column = column(names, channel.field());
      if (channel instanceof ChannelSpec.Numeric) {
        kinds[column] = RowSchema.Kind.DOUBLE;
      } else if (channel instanceof ChannelSpec.NumericArray) {
        kinds[column] = RowSchema.Kind.DOUBLES;
      } else if (channel instanceof ChannelSpec.Text) {
        textColumn = column;
      }
    }
    config.input().mapping().end().ifPresent(end -> column(names, end.field()));
    if (timeColumn >= 0) {
      kinds[timeColumn] = RowSchema.Kind.TIMESTAMP_MILLIS;
    }
    return kinds;
  }

  /**
   * Sends all rows, and returns when the broker has them.
   *
   * @param wellBeing called now and then; ends the feeding by what it throws
   */
  void send(Producer<byte[], byte[]> producer, RegistrySettings registry, Runnable wellBeing) {
    String topic = config.input().topic();
    try (RecordSerializer serializer = new RecordSerializer(registry);
        Progress progress = new Progress(terminal, "feed", size())) {
      serializer.register(topic, schema.avro());
      Object[] cells = new Object[kinds.length];
      while (rows.next()) {
        for (int i = 0; i < cells.length; i++) {
          cells[i] = cell(i);
        }
        Long timeMs = timeColumn < 0 ? null : (Long) cells[timeColumn];
        byte[] value = serializer.serialize(topic, schema.row(cells));
        producer.send(
            new ProducerRecord<>(topic, null, timeMs, key(), value),
            (sent, e) -> {
              if (e != null) {
                unsent.compareAndSet(null, e);
              } else {
                ends.merge(
                    new TopicPartition(sent.topic(), sent.partition()),
                    sent.offset() + 1,
                    Math::max);
              }
            });
        if (++count % ROWS_PER_REPORT == 0) {
          wellBeing.run();
          progress.at(rows.position());
        }
      }
      producer.flush();
    }
    if (count == 0) {
      throw new UserException(rows.file() + ": a header and no rows");
    }
    if (unsent.get() != null) {
      throw new OutsideException(
          "the topic " + topic + " doesn't take records: " + unsent.get().getMessage(),
          unsent.get());
    }
    if (strange > TOLD) {
      terminal.err().println(rows.file() + ": " + strange + " such cells in all");
    }
  }

  private byte[] key() {
    if (keyColumn < 0) {
      return constantKey;
    }
    String key = rows.cell(keyColumn);
    return key.isEmpty() ? null : key.getBytes(StandardCharsets.UTF_8);
  }

  private Object cell(int column) {
    String text = rows.cell(column);
    if (column == textColumn) {
      return text; // an empty one is one
    }
    if (text.isBlank()) {
      return null;
    }
    return switch (kinds[column]) {
      case STRING -> text;
      case DOUBLE -> number(column, text.strip());
      case DOUBLES -> numbers(column, text.strip());
      case TIMESTAMP_MILLIS -> {
        OptionalLong millis = times.millis(text);
        yield millis.isPresent() ? (Object) millis.getAsLong() : tell(column, "a time since 1970");
      }
    };
  }

  private Object number(int column, String text) {
    double value = CsvRows.parse(text);
    if (!Double.isNaN(value) || CsvRows.isNotFinite(text)) {
      return value;
    }
    return tell(column, "a number");
  }

  /** A list of numbers with spaces between. */
  private Object numbers(int column, String text) {
    List<Double> values = new ArrayList<>();
    for (String word : text.split("\\s+")) {
      double value = CsvRows.parse(word);
      if (Double.isNaN(value) && !CsvRows.isNotFinite(word)) {
        return tell(column, "a list of numbers with spaces between");
      }
      values.add(value);
    }
    return values;
  }

  private Object tell(int column, String accepted) {
    if (strange++ < TOLD) {
      String message = "\"" + rows.cell(column) + "\" is not " + accepted + "; fed as null";
      terminal.err().println(rows.error(column, message).getMessage());
    }
    return null;
  }

  private long size() {
    try {
      return Files.size(rows.file());
    } catch (IOException e) {
      return 0; // not known, such as a pipe's
    }
  }

  Path file() {
    return rows.file();
  }

  /** Rows sent. */
  long count() {
    return count;
  }

  /** Behind the last row in each partition that got one. */
  Map<TopicPartition, Long> ends() {
    return new HashMap<>(ends);
  }

  @Override
  public void close() {
    rows.close();
  }
}
