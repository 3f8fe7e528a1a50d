package dev.eddy.app;

import dev.eddy.avro.RecordSerializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.ScoreSchema;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Readings of many keys for a {@link ScoringProcess}, sent at a steady pace, and between them ends
 * of sequences and values that don't decode; remembers all, and knows the scores by stepping the
 * network itself.
 */
final class Feed implements AutoCloseable {
  static final Schema READING =
      SchemaBuilder.record("Reading").fields().requiredDouble("a").requiredDouble("b").endRecord();
  private static final int KEYS = 60;
  private static final int PER_SECOND = 600;

  /** Event time of the first record. */
  static final long START_MS = 1_700_000_000_000L;

  /**
   * Event times.
   *
   * @param apartMs from one record to the next
   * @param earlierMs by up to so much a record may be earlier than that
   */
  record Times(long apartMs, int earlierMs) {
    /** A millisecond apart, in order. */
    static final Times STANDARD = new Times(1, 0);
  }

  /** One record: a reading, or bytes that are none; with neither it ends the key's sequence. */
  private record Sent(String key, double[] values, byte[] garbage, long timeMs) {}

  private final String topic;
  private final Times times;
  private final KafkaProducer<byte[], byte[]> producer;
  private final RecordSerializer records;
  private final SplittableRandom random = new SplittableRandom(5);
  private final List<Sent> sent = new ArrayList<>();
  private Thread sender;
  private volatile boolean goesOn;
  private volatile int holdAt = Integer.MAX_VALUE;

  Feed(String bootstrapServers, String registry, String topic) {
    this(bootstrapServers, registry, topic, Times.STANDARD);
  }

  Feed(String bootstrapServers, String registry, String topic, Times times) {
    this.topic = topic;
    this.times = times;
    this.records = new RecordSerializer(RegistrySettings.at(registry));
    this.producer =
        new KafkaProducer<>(
            // One request at a time: of several sent to a topic that is just being made, an early
            // one may be refused and a later one taken, and then the early one is out of order
            // for ever.
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "linger.ms", 0,
                "max.in.flight.requests.per.connection", 1),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Sends in the background until {@link #finish}. */
  void start() {
    goesOn = true;
    sender =
        new Thread(
            () -> {
              long start = System.nanoTime();
              for (long i = 0; goesOn; i++) {
                LockSupport.parkNanos(start + i * 1_000_000_000 / PER_SECOND - System.nanoTime());
                while (goesOn && sent.size() >= holdAt) {
                  LockSupport.parkNanos(1_000_000);
                }
                if (goesOn) {
                  sendOne();
                }
              }
            },
            "feed");
    sender.setDaemon(true);
    sender.start();
  }

  /** From now on waits, before that record, until it may go on. */
  void holdAt(int record) {
    holdAt = record;
  }

  /**
   * Sends at least {@code records} in all, then ends every key's sequence. Where records may come
   * out of order, a reading follows of every key, so much later that all before it can go on.
   */
  void finish(int records) throws InterruptedException {
    goesOn = false;
    sender.join();
    while (sent.size() < records) {
      sendOne();
    }
    for (int key = 0; key < KEYS; key++) {
      send(new Sent("key" + key, null, null, nextMs()));
    }
    for (int key = 0; key < KEYS && times.earlierMs() > 0; key++) {
      double[] values = {0, 0};
      send(new Sent("key" + key, values, null, nextMs() + 10L * times.earlierMs()));
    }
    producer.flush();
  }

  private void sendOne() {
    String key = "key" + random.nextInt(KEYS);
    double[] values = {random.nextDouble(-2, 2), random.nextDouble(-2, 2)};
    int kind = random.nextInt(50);
    byte[] garbage = kind == 1 || kind == 2 ? bytes("garbage " + sent.size()) : null;
    int earlierMs = times.earlierMs() == 0 ? 0 : random.nextInt(times.earlierMs());
    send(new Sent(key, kind < 3 ? null : values, garbage, nextMs() - earlierMs));
  }

  private long nextMs() {
    return START_MS + sent.size() * times.apartMs();
  }

  private void send(Sent one) {
    sent.add(one);
    byte[] value = one.values() == null ? one.garbage() : encode(one.values());
    producer.send(new ProducerRecord<>(topic, null, one.timeMs(), bytes(one.key()), value));
  }

  private byte[] encode(double[] values) {
    GenericRecord reading = new GenericData.Record(READING);
    reading.put("a", values[0]);
    reading.put("b", values[1]);
    return records.serialize(topic, reading);
  }

  /** The scores of all that was sent: for each key, in order, the Avro binary in hex. */
  Map<String, List<String>> expected() {
    Map<String, Sequence> sequences = new TreeMap<>();
    for (Sent one : sent) {
      if (one.garbage() == null) {
        sequences
            .computeIfAbsent(one.key(), key -> Sequence.begin())
            .take(one.values(), one.timeMs());
      }
    }
    Map<String, List<String>> scores = new TreeMap<>();
    sequences.forEach((key, sequence) -> scores.put(key, sequence.scores()));
    return scores;
  }

  /** Readings of each key. */
  Map<String, Integer> counts() {
    Map<String, Integer> counts = new TreeMap<>();
    sent.stream()
        .filter(one -> one.values() != null)
        .forEach(one -> counts.merge(one.key(), 1, Integer::sum));
    return counts;
  }

  /** The values that don't decode, each different from the others, sorted. */
  List<String> garbage() {
    return sent.stream()
        .filter(one -> one.garbage() != null)
        .map(one -> new String(one.garbage(), StandardCharsets.UTF_8))
        .sorted()
        .toList();
  }

  /** One key, stepped by the network with nothing between. */
  static final class Sequence {
    private static final ScoreSchema SCHEMA = ScoringProcess.schema(KernelBackend.find().kernels());
    private static final Network NETWORK =
        ScoringPipeline.READINGS.scoring().model().network(KernelBackend.find().kernels());

    private final NetworkTask task = NETWORK.newTask();
    private final float[] state = NETWORK.newState();
    private final List<String> scores = new ArrayList<>();
    private final List<Long> times = new ArrayList<>(); // of the sequence's readings
    private int frame;

    private Sequence() {}

    static Sequence begin() {
      return new Sequence();
    }

    /** Steps the network with one reading; null ends the sequence. */
    void take(double[] values, long timeMs) {
      if (values != null) {
        times.add(timeMs);
        float[] in = {(float) values[0], (float) values[1]};
        task.step(in, 0, state, this::add);
      } else if (!times.isEmpty()) {
        task.flush(state, this::add);
        times.clear();
        frame = 0;
      }
    }

    /**
     * The first reading gives two frames, of which the second is of its time; from there on each
     * frame is of the next reading, and of one step more for the last one, behind the end.
     */
    private long timeMs(int frame) {
      int reading = Math.max(0, frame - 1);
      int last = times.size() - 1;
      return reading <= last
          ? times.get(reading)
          : times.get(last) + (last == 0 ? 0 : times.get(last) - times.get(last - 1));
    }

    private void add(float[] values, int at) {
      GenericRecord score =
          SCHEMA.score(timeMs(frame), frame, "pumps/7").setFloats(0, values, at, 2);
      frame++;
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      try {
        new GenericDatumWriter<GenericRecord>(SCHEMA.avro()).write(score, encoder);
        encoder.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      scores.add(HexFormat.of().formatHex(bytes.toByteArray()));
    }

    /** All scores so far, in order, as Avro binary in hex. */
    List<String> scores() {
      return List.copyOf(scores);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    goesOn = false;
    producer.close();
    records.close();
  }
}
