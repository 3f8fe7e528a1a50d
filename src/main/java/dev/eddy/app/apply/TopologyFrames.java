package dev.eddy.app.apply;

import dev.eddy.app.embedded.TemporaryFolder;
import dev.eddy.app.pipeline.Pipeline;
import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.InputMapping;
import dev.eddy.avro.RecordSerializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.RowReader;
import dev.eddy.avro.RowSchema;
import dev.eddy.avro.ScoreSchema;
import dev.eddy.kernel.Kernels;
import dev.eddy.model.Model;
import dev.eddy.streams.Channel;
import dev.eddy.streams.Scoring;
import dev.eddy.streams.StateStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.StreamsException;

/**
 * Scores by a Kafka Streams topology in memory, without a broker: each frame is an Avro record that
 * is written and read as on a topic, each key's state goes through a store. A tombstone ends a
 * key's sequence.
 */
public final class TopologyFrames implements FrameStream {
  private static final String NAME = "apply";
  private static final String INPUT = "frames";
  private static final String OUTPUT = "scores";
  private static final StateStore STORE =
      new StateStore(StateStore.Kind.MEMORY, false, StateStore.OtherLayout.FAIL);

  private final Sink sink;
  private final TemporaryFolder folder;
  private final RowSchema rows;
  private final RecordSerializer encoder;
  private final RowReader decoder;
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> input;
  private final TestOutputTopic<byte[], byte[]> output;
  private final Object[] cells;
  private final float[] values;
  private long timeMs;

  public TopologyFrames(Model model, Kernels kernels, Sink sink) {
    this.sink = sink;
    this.cells = new Object[model.graph().input().size()];
    this.values = new float[model.outputs().size()];
    List<String> fields = IntStream.range(0, cells.length).mapToObj(i -> "x" + i).toList();
    this.rows =
        RowSchema.of(
            "Frame",
            "dev.eddy.apply",
            fields.stream().map(f -> new RowSchema.Column(f, RowSchema.Kind.DOUBLE)).toList());
    InputMapping mapping =
        new InputMapping(
            fields.stream().<ChannelSpec>map(f -> ChannelSpec.numeric(f, f)).toList(),
            Optional.empty());
    RegistrySettings registry = RegistrySettings.at("mock://" + UUID.randomUUID());
    this.encoder = new RecordSerializer(registry);
    Scoring scoring = Scoring.of(NAME, model).with(Channel.of(mapping)).with(STORE);
    Pipeline pipeline = new Pipeline(scoring, mapping, registry, kernels, INPUT, OUTPUT);
    this.decoder =
        new RowReader(
            pipeline.schema().columns().stream().map(ScoreSchema.Column::name).toList(), registry);
    Topology topology = pipeline.topology();
    this.folder = TemporaryFolder.create(); // last of what can fail, but for the driver
    this.driver = driver(topology, folder);
    this.input =
        driver.createInputTopic(INPUT, new ByteArraySerializer(), new ByteArraySerializer());
    this.output =
        driver.createOutputTopic(OUTPUT, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static TopologyTestDriver driver(Topology topology, TemporaryFolder folder) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, NAME);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:9092");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.path().toString());
    settings.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
    try {
      return new TopologyTestDriver(topology, settings);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  @Override
  public void step(String key, float[] frame) {
    for (int i = 0; i < frame.length; i++) {
      cells[i] = (double) frame[i];
    }
    pipe(key, encoder.serialize(INPUT, rows.row(cells)));
  }

  @Override
  public void flush(String key) {
    pipe(key, null);
  }

  private void pipe(String key, byte[] value) {
    try {
      input.pipeInput(key.getBytes(StandardCharsets.UTF_8), value, timeMs++);
    } catch (StreamsException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof BadRecordException bad) {
          throw bad;
        }
      }
      throw e;
    }
    while (!output.isEmpty()) {
      Object[] score = decoder.read(OUTPUT, output.readValue());
      for (int i = 0; i < values.length; i++) {
        values[i] = (Float) score[i];
      }
      sink.frame(key, values, 0);
    }
  }

  @Override
  public void close() {
    driver.close();
    encoder.close();
    decoder.close();
    folder.close();
  }
}
