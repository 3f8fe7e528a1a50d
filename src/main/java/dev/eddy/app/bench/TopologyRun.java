package dev.eddy.app.bench;

import dev.eddy.app.pipeline.OutputReader;
import dev.eddy.app.pipeline.StreamRun;
import dev.eddy.streams.ScoringTopology;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;

/**
 * One topology over the whole input, as an application of its own.
 *
 * <p>Starts paused and goes on when every thread has its part of the input, so that joining the
 * group is over before the first record. The rate is that of the output, in records of the input
 * for which it stands: its records after the first millisecond in which there were any, by the time
 * from then to the last, on the broker's clock (the output topic has log append time). Nobody reads
 * the output meanwhile; it is read and counted afterwards.
 */
final class TopologyRun {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final Admin admin;
  private final Bench.Size size;
  private final Bench.Place place;
  private final String application;

  /**
   * @param name not used before in this place
   */
  TopologyRun(Admin admin, Bench.Size size, Bench.Place place, String name) {
    this.admin = admin;
    this.size = size;
    this.place = place;
    this.application = "eddy-bench-" + name;
  }

  String outputTopic() {
    return application + "-output";
  }

  /**
   * Runs to the end of the input; undefined when stopped before.
   *
   * @param oneForOne whether each record is to give one
   */
  Bench.Speed speed(StreamsBuilder builder, boolean oneForOne, BooleanSupplier stopped)
      throws ExecutionException, InterruptedException {
    admin
        .createTopics(
            List.of(
                new NewTopic(outputTopic(), BenchInput.PARTITIONS, (short) 1)
                    .configs(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"))))
        .all()
        .get();
    OutputReader.Topics topics = new OutputReader.Topics(BenchInput.TOPIC, List.of(outputTopic()));
    try (OutputReader reader =
        new OutputReader(admin, application, place.bootstrapServers(), topics)) {
      double cpuUs = process(builder, reader, stopped) / 1e3 / size.records();
      return new Bench.Speed(stopped.getAsBoolean() ? 0 : rate(reader, oneForOne), cpuUs);
    } finally {
      admin.deleteTopics(List.of(outputTopic())).all().get();
      List<String> changelogs =
          admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get().stream()
              .filter(topic -> topic.startsWith(application) && topic.endsWith("-changelog"))
              .toList();
      admin.deleteTopics(changelogs).all().get();
    }
  }

  /** Returns the processor time of the stream's threads, in nanoseconds. */
  private long process(StreamsBuilder builder, OutputReader reader, BooleanSupplier stopped)
      throws ExecutionException, InterruptedException {
    try (StreamRun stream = new StreamRun(builder.build(), settings())) {
      stream.startPaused();
      long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
      while (!isReady() && !stopped.getAsBoolean()) {
        pause(stream, deadlineNs);
      }
      long startCpuNs = threadsCpuNs();
      stream.resume();
      while (!reader.isInputDone() && !stopped.getAsBoolean()) {
        pause(stream, deadlineNs);
      }
      long cpuNs = threadsCpuNs() - startCpuNs;
      stream.closeAndRemoveStates();
      return cpuNs;
    }
  }

  private long threadsCpuNs() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long sumNs = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().matches(application + "-.*StreamThread-\\d+")) {
        sumNs += threads.getThreadCpuTime(thread.getThreadId());
      }
    }
    return sumNs;
  }

  /** Whether every thread has its part of the input. */
  private boolean isReady() throws ExecutionException, InterruptedException {
    ConsumerGroupDescription group;
    try {
      group = admin.describeConsumerGroups(List.of(application)).all().get().get(application);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return false; // nobody has joined yet
      }
      throw e;
    }
    List<Integer> shares =
        group.members().stream()
            .map(member -> member.assignment().topicPartitions().size())
            .filter(partitions -> partitions > 0)
            .toList();
    return group.groupState() == GroupState.STABLE
        && shares.size() == Math.min(size.threads(), BenchInput.PARTITIONS)
        && shares.stream().mapToInt(Integer::intValue).sum() == BenchInput.PARTITIONS;
  }

  private void pause(StreamRun stream, long deadlineNs) throws InterruptedException {
    stream.check();
    if (System.nanoTime() > deadlineNs) {
      throw new IllegalStateException(
          application + " was not done after " + PATIENCE.toSeconds() + " seconds");
    }
    Thread.sleep(POLL.toMillis());
  }

  private double rate(OutputReader reader, boolean oneForOne)
      throws ExecutionException, InterruptedException {
    long count = 0;
    long first = Long.MAX_VALUE;
    long atFirst = 0;
    long last = Long.MIN_VALUE;
    boolean more = true;
    while (more) {
      boolean any = false;
      for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
        any = true;
        count++;
        atFirst = record.timestamp() < first ? 0 : atFirst;
        first = Math.min(first, record.timestamp());
        last = Math.max(last, record.timestamp());
        atFirst += record.timestamp() == first ? 1 : 0;
      }
      more = any || !reader.isAtEnd();
    }
    if (oneForOne && count != size.records()) {
      throw new IllegalStateException(
          application + " made " + count + " records of " + size.records());
    }
    double inputsForOne = (double) size.records() / Math.max(1, count);
    return (count - atFirst) * inputsForOne * 1e3 / Math.max(1, last - first);
  }

  private Properties settings() {
    Properties settings = new Properties();
    settings.putAll(ScoringTopology.settings("eddy-bench-dead-letters"));
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, place.bootstrapServers());
    settings.put(StreamsConfig.STATE_DIR_CONFIG, place.folder().resolve("streams").toString());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, size.threads());
    settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 200); // so that threads share soon
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return settings;
  }
}
