package dev.eddy.app.bench;

import dev.eddy.avro.Observation;
import dev.eddy.avro.Score;
import dev.eddy.avro.ScoreSchema;
import dev.eddy.streams.EventTimeExtractor;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * What any topology with a state does and no more: decode, take the key's state out of the store,
 * put a copy back, forward a record. Serdes, store and wiring are those of {@link
 * dev.eddy.streams.ScoringTopology}.
 */
final class CopyingTopology {
  private static final String STORE = Bench.NAME + "-state";

  private final ScoreSchema schema;
  private final int stateBytes;

  CopyingTopology(ScoreSchema schema, int stateBytes) {
    this.schema = schema;
    this.stateBytes = stateBytes;
  }

  void addTo(StreamsBuilder builder, String inputTopic, String outputTopic, BenchValues values) {
    Serde<Observation> input =
        Serdes.serdeFrom((topic, observation) -> null, values.deserializer());
    Serde<Score> output = Serdes.serdeFrom(values.serializer(), (topic, bytes) -> null);
    builder.stream(
            inputTopic,
            Consumed.with(Serdes.ByteArray(), input)
                .withTimestampExtractor(new EventTimeExtractor()))
        .processValues(new Supplier())
        .to(outputTopic, Produced.with(Serdes.ByteArray(), output));
  }

  private final class Supplier implements FixedKeyProcessorSupplier<byte[], Observation, Score> {
    @Override
    public FixedKeyProcessor<byte[], Observation, Score> get() {
      return new Copying();
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
      return Set.of(
          Stores.keyValueStoreBuilder(
                  Stores.persistentKeyValueStore(STORE), Serdes.ByteArray(), Serdes.ByteArray())
              .withCachingEnabled());
    }
  }

  private final class Copying implements FixedKeyProcessor<byte[], Observation, Score> {
    private FixedKeyProcessorContext<byte[], Score> context;
    private KeyValueStore<byte[], byte[]> store;
    private long frames;

    @Override
    public void init(FixedKeyProcessorContext<byte[], Score> context) {
      this.context = context;
      this.store = context.getStateStore(STORE);
    }

    @Override
    public void process(FixedKeyRecord<byte[], Observation> record) {
      byte[] state = store.get(record.key());
      store.put(record.key(), state == null ? new byte[stateBytes] : state.clone());
      Score score =
          schema
              .score(record.timestamp(), frames++, Bench.NAME)
              .setFloat(0, record.value().frame()[0]);
      context.forward(record.withValue(score));
    }
  }
}
