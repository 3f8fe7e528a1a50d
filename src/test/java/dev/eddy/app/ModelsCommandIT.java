package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.app.embedded.EmbeddedBroker;
import dev.eddy.app.pipeline.FeedProducer;
import dev.eddy.app.pipeline.FirstModel;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.avro.ModelRecords;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.model.ImportOptions;
import dev.eddy.model.Model;
import dev.eddy.model.ModelFile;
import dev.eddy.model.PackedModel;
import dev.eddy.model.Provenance;
import dev.eddy.model.Timeline;
import dev.eddy.streams.models.ModelsConflictException;
import dev.eddy.streams.models.ModelsTopic;
import dev.eddy.streams.models.TopicFollower;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What can be done with a models topic, on a real broker with default limits. */
@Timeout(600)
class ModelsCommandIT {
  private static final Path MACHINE = Path.of("models/machine-temperature/model.yaml");
  private static final Path TAXI = Path.of("models/nyc-taxi/model.yaml");
  private static final Path PUMPS = Path.of("models/pumps/model.yaml");

  @TempDir(factory = WorkFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  private static EmbeddedBroker broker;

  @BeforeAll
  static void startBroker() throws IOException {
    broker = EmbeddedBroker.start(folder.resolve("data"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static Invocation models(String topic, Object command, Object... args) {
    Object[] all = new Object[args.length + 6];
    all[0] = "models";
    all[1] = command;
    all[2] = "--bootstrap-servers";
    all[3] = broker.bootstrapServers();
    all[4] = "--topic";
    all[5] = topic;
    System.arraycopy(args, 0, all, 6, args.length);
    return Invocation.of(all);
  }

  private static String done(Invocation run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.out().isEmpty() ? run.err() : run.out();
  }

  private static String refused(Invocation run) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).startsWith("eddy: ").hasLineCount(1).doesNotContain("Exception");
    return run.err();
  }

  @Test
  void shouldPublishActivateRollBackAndRetire() {
    String t = "story";
    Object[] one = {MACHINE, "--name=oven", "--version=1", "--note=epochs=1"};
    assertThat(done(models(t, "publish", one)))
        .startsWith("model \"oven\" version 1 is published to story: 27,")
        .contains(" bytes in 1 chunks, state layout ");
    assertThat(done(models(t, "publish", one)))
        .startsWith("model \"oven\" version 1 was published already, with the same content");
    assertThat(refused(models(t, "publish", TAXI, "--name=oven", "--version=1")))
        .contains("model \"oven\" version 1 is published already, with other content (by ")
        .contains("a version is immutable, publish this as another");
    assertThat(done(models(t, "activate", "--name=oven", "--version=1", "--from=start")))
        .isEqualToIgnoringNewLines("model \"oven\" version 1 scores from start on");
    assertThat(refused(models(t, "publish", PUMPS, "--name=oven", "--version=2")))
        .contains("model \"oven\" version 2 takes frames of [5]")
        .contains("version 1, which is live, takes [1]");
    done(models(t, "publish", TAXI, "--name=oven", "--version=2"));
    assertThat(refused(models(t, "rollback", "--name=oven")))
        .contains("model \"oven\": no version was live before, at ");
    done(models(t, "activate", "--name=oven", "--version=2", "--shadow", "--from=2020-01-01"));
    assertThat(done(models(t, "list"))).containsPattern("oven +2 .* in the shadow\\R");
    assertThat(
            done(
                models(
                    t,
                    "activate",
                    "--name=oven",
                    "--version=2",
                    "--share=12.5%",
                    "--from=2020-02-01")))
        .contains("version 2 scores 12.5% of the keys from 2020-02-01 00:00:00 on");
    assertThat(done(models(t, "list")))
        .containsPattern("oven +1 .* epochs=1 +live\\R")
        .containsPattern("oven +2 .* 12\\.5% of the keys\\R")
        .containsPattern("oven +2 +2020-01-01 00:00:00 +shadow ");
    done(models(t, "activate", "--name=oven", "--version=2", "--from=2020-03-01 12:00"));
    assertThat(refused(models(t, "retire", "--name=oven", "--version=2")))
        .contains("model \"oven\" version 2 scores after ")
        .contains("; activate another or roll back first");
    assertThat(done(models(t, "rollback", "--name=oven", "--from=2020-04-01")))
        .isEqualToIgnoringNewLines(
            "model \"oven\" version 1 scores again from 2020-04-01 00:00:00 on");
    assertThat(done(models(t, "list", "--at=2020-03-15"))).containsPattern("oven +2 .* live\\R");
    assertThat(done(models(t, "retire", "--name=oven", "--version=2", "--delete")))
        .contains("version 2 is retired, its weights are removed");
    assertThat(refused(models(t, "activate", "--name=oven", "--version=2")))
        .contains("model \"oven\" version 2: chunk 0 of 1 is missing");
    assertThat(refused(models(t, "activate", "--name=oven", "--version=3")))
        .contains("model \"oven\" version 3 was never published");
    assertThat(done(models(t, "list"))).containsPattern("oven +2 .* removed\\R");
  }

  @Test
  void shouldRefuseWhatMakesNoSense() {
    assertThat(refused(models("x", "activate", "--name=a", "--version=1", "--from=soon")))
        .contains("--from: \"soon\" is not a time; write 2026-01-31T12:00:00Z");
    assertThat(refused(models("x", "activate", "--name=a", "--version=1", "--in=soon")))
        .contains("--in: \"soon\" is not a duration; write 5m, 30s, 1h");
    assertThat(refused(models("x", "activate", "--name=a", "--version=1", "--share=0")))
        .contains("--share: \"0\" is not a share; write 0.1% to 100%");
    assertThat(
            refused(models("x", "activate", "--name=a", "--version=1", "--shadow", "--share=5%")))
        .contains("--shadow and --share exclude each other");
    assertThat(refused(models("x", "activate", "--name=a", "--version=1", "--in=999999999999d")))
        .contains("--in: \"999999999999d\" is not a duration");
    assertThat(refused(models("x", "publish", MACHINE, "--version=0")))
        .contains("version 0: the version must be at least 1");
    assertThat(refused(models("x", "publish", MACHINE, "--version=-1")))
        .contains("version -1: the version must be at least 1");
    assertThat(refused(models("x", "publish", MACHINE, "--version=" + Long.MAX_VALUE)))
        .contains("a version is 1 to 999999999999999999");
    assertThat(refused(models("x", "publish", MACHINE, "--name=../x")))
        .contains("a name is 1 to 128 letters, digits, '.', '_' or '-'");
    assertThat(refused(models("x", "publish", "README.md"))).contains("README.md");
    assertThat(refused(models("x", "publish", "no.onnx"))).contains("no.onnx");
    done(models("known", "publish", MACHINE, "--name=oven", "--version=1"));
    assertThat(refused(models("known", "activate", "--name=other", "--version=1")))
        .contains("model \"other\" version 1 was never published");
    assertThat(refused(models("known", "rollback", "--name=other")))
        .contains("model \"other\": no version was live before");
    assertThat(refused(models("known", "retire", "--name=oven", "--version=2")))
        .contains("model \"oven\" version 2 was never published");
    done(models("known", "activate", "--name=oven", "--version=1", "--from=start"));
    done(models("known", "publish", TAXI, "--name=oven", "--version=2"));
    done(models("known", "activate", "--name=oven", "--version=2", "--from=2020-01-01"));
    done(models("known", "retire", "--name=oven", "--version=1"));
    assertThat(refused(models("known", "rollback", "--name=oven")))
        .contains("model \"oven\" version 1, which was live before, is retired; activate another");
    TopicFollower.refuse(
        Map.of("bootstrap.servers", broker.bootstrapServers()),
        "known",
        new ModelRecords.Refusal("oven", 2, "eddy-ovens", "it is too odd", Instant.EPOCH));
    assertThat(done(models("known", "activate", "--name=oven", "--version=2", "--share=5%")))
        .contains("the pipeline eddy-ovens has refused it: it is too odd");
    assertThat(done(models("known", "list")))
        .containsPattern("oven +2 +eddy-ovens +1970-01-01 00:00:00 +it is too odd\\R");
    assertThat(refused(models("known", "list", "--name=other")))
        .contains("no model \"other\" on topic known; there are [oven]");
    Invocation nothing = models("nothing", "list");
    assertThat(nothing.exitCode()).isEqualTo(3);
    assertThat(nothing.err()).contains("no topic nothing at ").contains("eddy models publish");
    Invocation nobody =
        Invocation.of("models", "list", "--bootstrap-servers=localhost:1", "--timeout=1");
    assertThat(nobody.exitCode()).isEqualTo(3);
    assertThat(nobody.err())
        .isEqualToIgnoringNewLines("eddy: no broker answers at localhost:1 within 1 s");
  }

  @Test
  void shouldShowGarbageOnTheTopicAndGoOn() throws Exception {
    done(models("garbage", "publish", MACHINE, "--name=oven", "--version=1"));
    try (var producer = FeedProducer.open(broker.bootstrapServers())) {
      producer.send(new ProducerRecord<>("garbage", bytes("oven"), bytes("x"))).get();
      producer.send(new ProducerRecord<>("garbage", bytes("oven/2"), bytes("y"))).get();
      producer.send(new ProducerRecord<>("garbage", bytes("?!"), bytes("z"))).get();
      producer.send(new ProducerRecord<>("garbage", null, bytes("z"))).get();
    } catch (java.util.concurrent.ExecutionException e) {
      // a compacted topic takes no record without a key
      assertThat(e.getCause()).isInstanceOf(org.apache.kafka.common.InvalidRecordException.class);
    }
    done(models("garbage", "activate", "--name=oven", "--version=1"));
    assertThat(done(models("garbage", "list")))
        .containsPattern("oven +1 .* live\\R")
        .contains("not a record of a models topic")
        .contains("the key is not NAME, NAME/VERSION or NAME/VERSION/CHUNK");
    assertThat(refused(models("garbage", "activate", "--name=oven", "--version=2")))
        .contains("not a record of a models topic");
  }

  @Test
  void shouldTellOneOfTwoWhoPublishAtOnce() {
    done(models("race", "publish", MACHINE, "--name=oven", "--version=1"));
    Map<String, String> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (ModelsTopic first = new ModelsTopic(settings, "race", Duration.ofSeconds(30));
        ModelsTopic second = new ModelsTopic(settings, "race", Duration.ofSeconds(30))) {
      Timeline.Activation mine =
          new Timeline.Activation(1, 5, Timeline.Mode.LIVE, Timeline.ALL, 1, "first");
      Timeline.Activation yours =
          new Timeline.Activation(1, 6, Timeline.Mode.LIVE, Timeline.ALL, 1, "second");
      Assertions.assertThatThrownBy(
              () ->
                  first.edit(
                      "oven",
                      contents -> {
                        second.edit("oven", now -> now.timeline("oven").plus(yours));
                        return contents.timeline("oven").plus(mine);
                      }))
          .isInstanceOf(ModelsConflictException.class)
          .hasMessageContaining("somebody else changes it at the same time; nothing of this is");
      assertThat(first.read().timeline("oven").activations()).containsExactly(yours);
      first.edit("oven", contents -> contents.timeline("oven").plus(mine));
      assertThat(second.read().timeline("oven").activations()).containsExactly(yours, mine);
    }
  }

  /** Instances that start at once all bring the first model. */
  @Test
  void shouldBringTheFirstModelHoweverManyDo() throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", broker.bootstrapServers());
    Model model = Model.read(MACHINE);
    var layout = model.network(KernelBackend.find().kernels()).stateLayout();
    Terminal terminal =
        new Terminal(new ByteArrayOutputStream(), new PrintWriter(new StringWriter()), false);
    List<CompletableFuture<Void>> instances = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      instances.add(
          CompletableFuture.runAsync(
              () ->
                  FirstModel.publish(
                      new ModelFile(MACHINE, ImportOptions.NONE),
                      model,
                      layout,
                      settings,
                      "first",
                      terminal)));
    }
    CompletableFuture.allOf(instances.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    try (ModelsTopic topic =
        new ModelsTopic(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            "first",
            Duration.ofSeconds(30))) {
      assertThat(topic.read().timeline(model.name()).activations()).hasSize(1);
      assertThat(topic.read().versions(model.name())).hasSize(1);
    }
  }

  @Test
  void shouldSignWithItsOwnKeys() throws IOException {
    Path keys = folder.resolve("ours");
    assertThat(done(Invocation.of("models", "keygen", keys)))
        .contains(keys + ".key is to be kept secret");
    assertThat(refused(Invocation.of("models", "keygen", keys))).contains("is there already");
    assertThat(Files.getPosixFilePermissions(folder.resolve("ours.key"))).hasSize(2);
    done(models("signed", "publish", MACHINE, "--sign", keys + ".key"));
    assertThat(done(models("signed", "list"))).containsPattern("machine-temperature +1 .* yes ");
    assertThat(refused(models("signed", "publish", TAXI, "--sign", keys + ".pub")))
        .contains("not a key; it begins with -----BEGIN PRIVATE KEY-----");
  }

  @Test
  void shouldCheckAsThePipelineWillWhatItAsksOfAVersion() throws IOException {
    Path keys = folder.resolve("theirs");
    done(Invocation.of("models", "keygen", keys));
    String text =
        """
        name: ovens
        model: %s
        input: {topic: readings, channels: [value]}
        models: {topic: asked, max-bytes: %d, public-keys: [%s]}
        """;
    Path model = MACHINE.toAbsolutePath();
    Path config =
        Files.writeString(
            folder.resolve("asks.yaml"), text.formatted(model, 1_000_000, "theirs.pub"));
    Object[] two = {MACHINE, "--version=2", "--config", config};
    assertThat(refused(models("asked", "publish", two)))
        .contains("model \"machine-temperature\" version 2 is not signed; publish it with --sign");
    done(
        models(
            "asked",
            "publish",
            MACHINE,
            "--version=2",
            "--config",
            config,
            "--sign",
            keys + ".key"));
    Files.writeString(config, text.formatted(model, 1_000, "theirs.pub"));
    assertThat(refused(models("asked", "publish", two))).contains("models.max-bytes is 1000");
    assertThat(refused(models("asked", "publish", PUMPS, "--config", config)))
        .contains("takes frames of [5], the pipeline \"ovens\" gives frames of [1]");
  }

  @Test
  void shouldPublishAgainWhatWasKilledInItsMiddle() throws Exception {
    Path file = bigModel("killed", 2_000, 3_000); // 24 MB
    Path log = folder.resolve("killed.log");
    TopicPartition partition = new TopicPartition("killed", 0);
    Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (ModelsTopic topic = new ModelsTopic(settings, "killed", Duration.ofSeconds(60));
        Admin admin = Admin.create(settings)) {
      topic.create();
      limitPublishers(admin, 500_000.0); // so that it is in its middle for half a minute
      Process publishing =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-D" + KernelBackend.PROPERTY + "=scalar",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "dev.eddy.app.Eddy",
                  "models",
                  "publish",
                  file.toString(),
                  "--bootstrap-servers",
                  broker.bootstrapServers(),
                  "--topic",
                  "killed")
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        Awaitility.await("some chunks to be sent")
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(1))
            .failFast(() -> assertThat(publishing.isAlive()).as(Files.readString(log)).isTrue())
            .until(() -> written(admin, partition) > 2);
        assertThat(publishing.isAlive()).as(Files.readString(log)).isTrue();
      } finally {
        publishing.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
        limitPublishers(admin, null);
      }
      assertThat(publishing.exitValue()).isEqualTo(128 + 9); // and hadn't come to its end
      assertThat(Files.readString(log)).doesNotContain("is published");
      assertThat(topic.read().names()).isEmpty(); // nothing of it is there to be read
      assertThat(done(models("killed", "publish", file))).contains("version 3 is published to");
      assertThat(topic.fetch(topic.read().get("killed", 3)).model().id())
          .isEqualTo("model \"killed\" version 3");
    }
    Files.delete(file.resolveSibling("killed.safetensors"));
  }

  /** Bytes a second that the broker takes from publishers; null for no limit. */
  private static void limitPublishers(Admin admin, Double bytesPerSecond) throws Exception {
    var publishers = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, "eddy-models"));
    var limit = new ClientQuotaAlteration.Op("producer_byte_rate", bytesPerSecond);
    admin
        .alterClientQuotas(List.of(new ClientQuotaAlteration(publishers, List.of(limit))))
        .all()
        .get(60, TimeUnit.SECONDS);
  }

  /** Records on the topic, committed or not. */
  private static long written(Admin admin, TopicPartition partition) throws Exception {
    return admin
        .listOffsets(Map.of(partition, OffsetSpec.latest()))
        .partitionResult(partition)
        .get()
        .offset();
  }

  /** 200 MB: a dense layer of 7,000 times 7,100 weights. */
  @Test
  void shouldPublishAModelOf200MegabytesWithDefaultLimits() throws IOException {
    Path file = bigModel("big", 7_000, 7_100);
    Map<String, String> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (ModelsTopic topic = new ModelsTopic(settings, "big", Duration.ofSeconds(60))) {
      topic.create();
      publishTwice(topic, file);
      Model model = topic.fetch(topic.read().get("big", 3)).model();
      assertThat(model.id()).isEqualTo("model \"big\" version 3");
    }
    Files.delete(folder.resolve("big.safetensors"));
  }

  /** A dense layer of that many weights, all 0; the file has a hole for them. */
  private static Path bigModel(String name, int units, int channels) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve(name + ".yaml"),
            """
            name: %s
            version: 3
            input: {channels: %d}
            weights: %s.safetensors
            layers:
              - dense: {units: %d, bias: false}
            """
                .formatted(name, channels, name, units));
    long bytes = 4L * units * channels;
    String header =
        "{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}"
            .formatted(units, channels, bytes);
    header += " ".repeat(-header.length() & 7);
    try (FileChannel out =
        FileChannel.open(
            folder.resolve(name + ".safetensors"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      ByteBuffer head = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
      head.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8)).flip();
      out.write(head);
      out.write(ByteBuffer.wrap(new byte[1]), 8 + header.length() + bytes - 1);
    }
    return file;
  }

  private static void publishTwice(ModelsTopic topic, Path file) {
    PackedModel packed =
        PackedModel.of(file, "big", 3, "none", new Provenance("me", Instant.EPOCH, "x", Map.of()));
    assertThat(packed.chunks()).hasSize(389);
    assertThat(topic.publish(packed)).isTrue();
    assertThat(topic.publish(packed)).isFalse();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
