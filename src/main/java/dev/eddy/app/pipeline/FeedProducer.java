package dev.eddy.app.pipeline;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes producers that fill a topic, as fast as the broker takes it and in order. */
public final class FeedProducer {
  private FeedProducer() {}

  // With several requests in flight, the first to a topic that was just made may be refused, since
  // its partition has no leader yet, while a later one is taken. The partition then waits for a
  // sequence number that was taken already: OUT_OF_ORDER_SEQUENCE_NUMBER, for ever. Batches make up
  // for the one request.
  private static final Map<String, Object> ONE_AT_A_TIME =
      Map.of(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
  private static final Map<String, Object> BATCHES =
      Map.of(ProducerConfig.LINGER_MS_CONFIG, 10, ProducerConfig.BATCH_SIZE_CONFIG, 1 << 16);

  /** A producer with these settings, but one request in flight. */
  public static KafkaProducer<byte[], byte[]> open(Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(BATCHES);
    all.putAll(settings);
    all.putAll(ONE_AT_A_TIME);
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A producer for a broker that asks for nothing more. */
  public static KafkaProducer<byte[], byte[]> open(String bootstrapServers) {
    return open(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
  }
}
