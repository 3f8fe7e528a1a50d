package dev.eddy.app;

import dev.eddy.avro.ObservationDeserializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.ScoreSchema;
import dev.eddy.avro.ScoreSerializer;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.kernel.Kernels;
import dev.eddy.model.PackedModels;
import dev.eddy.streams.Channel;
import dev.eddy.streams.ModelUpdates;
import dev.eddy.streams.Scoring;
import dev.eddy.streams.ScoringProcessorSupplier;
import dev.eddy.streams.ScoringTopology;
import dev.eddy.streams.StatePolicy;
import dev.eddy.streams.StreamFaults;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The scoring topology in a process of its own, so that a test can kill it in mid-stream: topics
 * {@code NAME-in}, {@code NAME-out} and {@code NAME-dead}, application id {@code NAME}. What it
 * logs goes to a file beside its state.
 */
final class ScoringProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  static final String PATIENCE_MS = "registry.patience.ms";
  static final String INPUT_TOPIC = "input.topic";
  static final String MODELS_TOPIC = "models.topic";
  static final String PIPELINE = "pipeline";

  /** The description of the versions on a models topic. */
  static final String CHANGING = ScoringPipeline.ahead(2);

  private final Process process;
  private final BufferedWriter questions;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  private ScoringProcess(Process process) {
    this.process = process;
    this.questions = process.outputWriter(StandardCharsets.US_ASCII);
    Thread reader = new Thread(this::collectAnswers, "answers of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Launches an instance, and doesn't wait for it.
   *
   * @param folder the instance's state; made where it is missing
   * @param settings more of Kafka Streams' settings; {@value #PATIENCE_MS} is for a registry,
   *     {@value #INPUT_TOPIC} another one than {@code NAME-in}, {@value #PIPELINE} another one than
   *     {@link ScoringPipeline#READINGS}, {@value #MODELS_TOPIC} has versions of {@link #CHANGING}
   */
  static ScoringProcess launch(
      String name, String bootstrapServers, String registry, Path folder, String... settings)
      throws IOException {
    Files.createDirectories(folder);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.add("-D" + KernelBackend.PROPERTY + "=" + System.getProperty(KernelBackend.PROPERTY));
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ScoringProcess.class.getName(), name, bootstrapServers, registry));
    command.add(folder.toString());
    command.addAll(List.of(settings));
    return new ScoringProcess(
        new ProcessBuilder(command)
            .redirectError(
                ProcessBuilder.Redirect.appendTo(
                    folder.resolveSibling(folder.getFileName() + ".log").toFile()))
            .start());
  }

  /** Active and standby tasks of an instance. */
  record Tasks(int active, int standby) {}

  Tasks tasks() throws IOException, InterruptedException {
    questions.write("tasks\n");
    questions.flush();
    String[] counts = answer("tasks ").split(" ");
    return new Tasks(Integer.parseInt(counts[0]), Integer.parseInt(counts[1]));
  }

  /** Waits until a stream thread has failed and will be replaced. */
  void awaitReplacement() throws InterruptedException {
    answer("replaced");
  }

  /** Stream threads that have failed so far and not been waited for. */
  long replacements() {
    return answers.stream().filter(line -> line.startsWith("replaced")).count();
  }

  /** Waits for a line that begins so, skipping others; gives the rest of it. */
  private String answer(String beginning) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (; ; ) {
      String line = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new AssertionError("process " + process.pid() + " did not say: " + beginning);
      }
      if (line.startsWith(beginning)) {
        return line.substring(beginning.length());
      }
    }
  }

  private void collectAnswers() {
    try (BufferedReader out = process.inputReader(StandardCharsets.US_ASCII)) {
      out.lines().forEach(answers::add);
    } catch (IOException | UncheckedIOException ended) {
      return;
    }
  }

  /** The process stands still from now on, as in a virtual machine that does. */
  void suspend() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** The process goes on where it stood still. */
  void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("no process " + process.pid() + " to send " + signal);
    }
  }

  /** Kills the process at once; nothing of it gets to run any more. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** The columns of the scores. */
  static ScoreSchema schema(Kernels kernels) {
    Scoring scoring = ScoringPipeline.READINGS.scoring();
    return new ScoringProcessorSupplier<>(scoring, Serdes.ByteArray(), kernels).schema();
  }

  /** The child: scores until its parent has gone or kills it. */
  public static void main(String[] args) throws IOException {
    String name = args[0];
    RegistrySettings registry =
        RegistrySettings.of(Map.of("url", args[2], "max.retries", "1", "retries.wait.ms", "100"));
    Kernels kernels = KernelBackend.find().kernels();
    StreamsBuilder builder = new StreamsBuilder();
    Properties settings = settings(args);
    Object patience = settings.remove(PATIENCE_MS);
    Object models = settings.remove(MODELS_TOPIC);
    Object input = settings.remove(INPUT_TOPIC);
    Object pipeline = settings.remove(PIPELINE);
    ScoringPipeline readings =
        pipeline == null ? ScoringPipeline.READINGS : ScoringPipeline.valueOf((String) pipeline);
    ScoringTopology topology =
        new ScoringTopology(
            models == null ? readings.scoring() : changing((String) models),
            readings.timing(),
            new ObservationDeserializer(ScoringPipeline.readings(), registry),
            schema -> new ScoreSerializer(schema, registry),
            kernels,
            patience == null
                ? ScoringTopology.REGISTRY_PATIENCE
                : Duration.ofMillis(Long.parseLong((String) patience)));
    try (ScoreSerializer scores = new ScoreSerializer(topology.schema(), registry)) {
      scores.register(name + "-out");
    }
    topology.addTo(builder, input == null ? name + "-in" : (String) input, name + "-out");

    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    StreamFaults faults = StreamFaults.standard();
    streams.setUncaughtExceptionHandler(
        fault -> {
          var response = faults.handle(fault);
          System.out.println("replaced " + response);
          faults.fault().ifPresent(stopped -> System.err.println("stopped by " + stopped));
          return response;
        });
    streams.start();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    while (in.readLine() != null) {
      int active = 0;
      int standby = 0;
      for (var thread : streams.metadataForLocalThreads()) {
        active += thread.activeTasks().size();
        standby += thread.standbyTasks().size();
      }
      System.out.println("tasks " + active + " " + standby);
    }
    Runtime.getRuntime().halt(0);
  }

  private static Scoring changing(String topic) {
    return Scoring.of("pumps", PackedModels.random("pumps", 7, CHANGING, 1, 1).model())
        .with(Channel.of(ScoringPipeline.readings()))
        .with(
            ModelUpdates.from(topic)
                .onChange(StatePolicy.DUAL_RUN)
                .dualRunFrames(40)
                .keepStatesFor(Duration.ofHours(1)));
  }

  private static Properties settings(String[] args) {
    Properties settings = new Properties();
    settings.putAll(ScoringTopology.settings(args[0] + "-dead"));
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, args[0]);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[1]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, args[3]);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    // Holds few keys, so that states are written before the commit too, in the open transaction.
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 8_000);
    // How long the group waits for a killed instance, and readers for its open transaction.
    settings.put("main.consumer.session.timeout.ms", 3_000);
    settings.put("main.consumer.heartbeat.interval.ms", 500);
    settings.put("producer.transaction.timeout.ms", 4_000);
    for (int i = 4; i < args.length; i++) {
      String[] setting = args[i].split("=", 2);
      settings.put(setting[0], setting[1]);
    }
    return settings;
  }
}
