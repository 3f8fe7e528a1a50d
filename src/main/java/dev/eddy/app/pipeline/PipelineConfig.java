package dev.eddy.app.pipeline;

import dev.eddy.app.terminal.UserException;
import dev.eddy.avro.BadValue;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.EventTime;
import dev.eddy.avro.InputMapping;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.kernel.Kernels;
import dev.eddy.model.ImportOptions;
import dev.eddy.model.Model;
import dev.eddy.model.ModelFile;
import dev.eddy.model.YamlException;
import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import dev.eddy.streams.Anomaly;
import dev.eddy.streams.Channel;
import dev.eddy.streams.ModelUpdates;
import dev.eddy.streams.Scoring;
import dev.eddy.streams.ScoringTopology;
import dev.eddy.streams.StateStore;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A pipeline as its YAML file describes it; docs/configuration.md lists the keys.
 *
 * @param file where it was read
 * @param name the prefix of its store, its processors and its application id
 * @param model the model's file
 * @param inputTopic where frames come from
 * @param mapping how a record becomes a frame
 * @param time what is done about time before scoring
 * @param lateTolerance how much older than its key's last a record may be and still be stepped
 * @param keyColumn of a CSV file that is fed: the column that becomes the key
 * @param outputTopic where scores go
 * @param anomaly the optional last stage
 * @param store where hidden states are kept
 * @param kafka settings of Kafka Streams and its clients, as written
 * @param registry settings of the schema registry's client, as written; empty if there are none
 * @param deadLetterTopic where records go that can't be used
 * @param models where new versions of the model come from; empty where the model stays
 */
public record PipelineConfig(
    Path file,
    String name,
    ModelFile model,
    String inputTopic,
    InputMapping mapping,
    TimeConfig time,
    Duration lateTolerance,
    Optional<String> keyColumn,
    String outputTopic,
    Optional<Anomaly> anomaly,
    StateStore store,
    Map<String, String> kafka,
    Map<String, String> registry,
    String deadLetterTopic,
    Optional<ModelUpdates> models) {

  private static final String APPLICATION_ID = "application.id";
  private static final int MAX_FRAMES = 10_000_000;

  /**
   * Reads a file.
   *
   * @throws YamlException if something in it isn't accepted; the message names file, line and key
   */
  public static PipelineConfig read(Path file) {
    YamlMap yaml = YamlValue.read(file).asMap();
    YamlValue nameValue = yaml.get("name");
    String name = nameValue.asString();
    if (!name.matches("[A-Za-z0-9._-]{1,100}")) {
      throw nameValue.error(
          "\"" + name + "\" is not a name; it is 1 to 100 letters, digits, '.', '_' or '-'");
    }
    ModelFile model = model(file, yaml.get("model"));
    YamlMap input = yaml.get("input").asMap();
    String inputTopic = topic(input.get("topic"));
    Optional<EventTime> time = input.find("time").map(PipelineConfig::time);
    Optional<String> keyColumn = input.find("key").map(YamlValue::asString);
    BadValue bad = input.find("bad").map(PipelineConfig::bad).orElse(BadValue.DEAD_LETTERS);
    InputMapping mapping = mapping(input.get("channels"), bad, time);
    Duration lateTolerance =
        input.find("late-tolerance").map(YamlValue::asDuration).orElse(Duration.ZERO);
    TimeConfig timing = TimeConfig.read(input, PipelineConfig::topic);
    input.refuseOthers();
    String outputTopic = name + "-scores";
    Optional<YamlValue> output = yaml.find("output");
    if (output.isPresent()) {
      YamlMap keys = output.get().asMap();
      outputTopic = keys.find("topic").map(PipelineConfig::topic).orElse(outputTopic);
      keys.refuseOthers();
    }
    Optional<Anomaly> anomaly = yaml.find("anomaly").map(PipelineConfig::anomaly);
    StateStore store = yaml.find("store").map(PipelineConfig::store).orElse(StateStore.standard());
    Optional<YamlValue> kafkaSection = yaml.find("kafka");
    kafkaSection.ifPresent(section -> section.asMap().all().forEach(KafkaSetting::check));
    Map<String, String> kafka = settings(kafkaSection);
    Optional<YamlValue> registry = yaml.find("schema.registry");
    Map<String, String> registrySettings = settings(registry);
    registry.ifPresent(section -> checkRegistry(section, registrySettings));
    Optional<YamlValue> dead = yaml.find("dead-letters");
    String deadLetterTopic = dead.map(PipelineConfig::topic).orElse(name + "-dead-letters");
    Optional<ModelUpdates> models =
        yaml.find("models").map(section -> ModelsConfig.read(section, file, PipelineConfig::topic));
    yaml.refuseOthers();
    Set<String> topics = new HashSet<>(List.of(inputTopic));
    if (!topics.add(outputTopic) || !topics.add(deadLetterTopic)) {
      throw yaml.self()
          .error(
              "input, output and dead letters need topics of their own, got "
                  + String.join(", ", inputTopic, outputTopic, deadLetterTopic));
    }
    if (timing.lateTopic().isPresent() && topics.contains(timing.lateTopic().get())) {
      throw input
          .get("late-topic")
          .error("\"" + timing.lateTopic().get() + "\" has another use in this pipeline");
    }
    return new PipelineConfig(
        file,
        name,
        model,
        inputTopic,
        mapping,
        timing,
        lateTolerance,
        keyColumn,
        outputTopic,
        anomaly,
        store,
        kafka,
        registrySettings,
        deadLetterTopic,
        models);
  }

  /** The name under which Kafka knows this pipeline: its consumer group, its internal topics. */
  public String applicationId() {
    return kafka.getOrDefault(APPLICATION_ID, "eddy-" + name);
  }

  /** The topics that are written to: scores, dead letters, late records where they have one. */
  public List<String> outputTopics() {
    List<String> topics = new ArrayList<>(List.of(outputTopic, deadLetterTopic));
    time.lateTopic().ifPresent(topics::add);
    return topics;
  }

  /** Where a version's scores go that scores in the shadow; empty where the model stays. */
  public Optional<String> shadowTopic() {
    return models.map(updates -> ScoringTopology.shadowTopic(outputTopic));
  }

  /** Kafka Streams' settings for exactly once, and for what can't be used. */
  Map<String, Object> streamsSettings() {
    return time.lateTopic().isPresent()
        ? ScoringTopology.settings(deadLetterTopic, time.lateTopic().get())
        : ScoringTopology.settings(deadLetterTopic);
  }

  /**
   * What is scored and how.
   *
   * @throws UserException if the model doesn't fit the input or the last stage
   */
  public Scoring scoring(Model model) {
    try {
      return new Scoring(name, model, Channel.of(mapping), anomaly, lateTolerance, store, models);
    } catch (IllegalArgumentException e) {
      throw new UserException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The topology of what is scored.
   *
   * @throws UserException if it can't be made of this config
   */
  public Pipeline pipeline(Scoring scoring, RegistrySettings registry, Kernels kernels) {
    try {
      return new Pipeline(
          scoring, time.timing(), mapping, registry, kernels, inputTopic, outputTopic);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UserException(file + ": " + e.getMessage(), e);
    }
  }

  /** A path, or a path with what an ONNX file leaves open. */
  private static ModelFile model(Path file, YamlValue value) {
    if (value.isScalar()) {
      return new ModelFile(path(file, value), ImportOptions.NONE);
    }
    YamlMap keys = value.asMap();
    Path path = path(file, keys.get("file"));
    OptionalInt timeAxis =
        keys.find("time-axis")
            .map(axis -> OptionalInt.of(axis.asInt(0, 7)))
            .orElse(OptionalInt.empty());
    Optional<String> output = keys.find("output").map(YamlValue::asString);
    keys.refuseOthers();
    return new ModelFile(path, new ImportOptions(timeAxis, output));
  }

  private static Path path(Path file, YamlValue value) {
    try {
      return file.resolveSibling(value.asString());
    } catch (InvalidPathException e) {
      throw value.error("not a file's name: " + e.getReason());
    }
  }

  private static String topic(YamlValue value) {
    String topic = value.asString();
    if (!topic.matches("[A-Za-z0-9._-]{1,249}") || topic.matches("\\.{1,2}")) {
      throw value.error(
          "\"" + topic + "\" is not a topic; it is 1 to 249 letters, digits, '.', '_' or '-'");
    }
    return topic;
  }

  private static EventTime time(YamlValue value) {
    if (value.isScalar()) {
      return checked(value, () -> EventTime.of(value.asString()));
    }
    YamlMap keys = value.asMap();
    String field = keys.get("field").asString();
    Optional<String> format = keys.find("format").map(YamlValue::asString);
    ZoneId zone = keys.find("zone").map(PipelineConfig::zone).orElse(ZoneOffset.UTC);
    keys.refuseOthers();
    return checked(value, () -> new EventTime(field, format, zone));
  }

  private static ZoneId zone(YamlValue value) {
    try {
      return ZoneId.of(value.asString());
    } catch (DateTimeException e) {
      throw value.error(
          "\"" + value.asString() + "\" is not a time zone; write UTC, +02:00, Europe/Paris");
    }
  }

  private static InputMapping mapping(
      YamlValue list, BadValue otherwise, Optional<EventTime> time) {
    List<ChannelSpec> channels = new ArrayList<>();
    for (YamlValue entry : list.asList()) {
      channels.add(channel(entry, otherwise));
    }
    return checked(list, () -> new InputMapping(channels, time));
  }

  private static ChannelSpec channel(YamlValue entry, BadValue otherwise) {
    if (entry.isScalar()) {
      String field = entry.asString();
      return checked(entry, () -> ChannelSpec.numeric(field, field).withBad(otherwise));
    }
    YamlMap keys = entry.asMap();
    String field = keys.get("field").asString();
    String name = keys.string("name", field);
    BadValue bad = keys.find("bad").map(PipelineConfig::bad).orElse(otherwise);
    Optional<List<String>> oneHot = keys.find("one-hot").map(PipelineConfig::words);
    Optional<List<String>> tokens = keys.find("tokens").map(PipelineConfig::words);
    Optional<YamlValue> length = keys.find("length");
    long kinds = List.of(oneHot, tokens, length).stream().filter(Optional::isPresent).count();
    if (kinds > 1) {
      throw entry.error("one-hot, tokens and length exclude each other");
    }
    ChannelSpec spec;
    if (oneHot.isPresent()) {
      spec = checked(entry, () -> ChannelSpec.oneHot(name, field, oneHot.get()));
    } else if (tokens.isPresent()) {
      spec = checked(entry, () -> ChannelSpec.token(name, field, tokens.get()));
    } else {
      double mean = keys.find("mean").map(YamlValue::asDouble).orElse(0.0);
      double std = keys.find("std").map(YamlValue::asDouble).orElse(1.0);
      spec =
          length.isPresent()
              ? checked(
                  entry,
                  () ->
                      ChannelSpec.array(name, field, length.get().asInt(1, ChannelSpec.MAX_WIDTH))
                          .scaled(mean, std))
              : checked(entry, () -> ChannelSpec.numeric(name, field).scaled(mean, std));
    }
    keys.refuseOthers();
    return checked(entry, () -> spec.withBad(bad));
  }

  private static List<String> words(YamlValue list) {
    return list.asList().stream().map(YamlValue::asString).toList();
  }

  private static BadValue bad(YamlValue value) {
    if (value.isScalar()) {
      return switch (value.asString()) {
        case "dead-letters" -> BadValue.DEAD_LETTERS;
        case "hold" -> BadValue.HOLD;
        default ->
            throw value.error(
                "\""
                    + value.asString()
                    + "\" is not accepted; accepted: dead-letters, hold, {constant: NUMBER}");
      };
    }
    YamlMap keys = value.asMap();
    double constant = keys.get("constant").asDouble();
    keys.refuseOthers();
    return BadValue.constant(constant);
  }

  private static Anomaly anomaly(YamlValue value) {
    Anomaly standard = Anomaly.standard();
    YamlMap keys = value.asMap();
    int horizon = keys.integer("horizon", 1, 1000, standard.horizon());
    int shortTerm = keys.integer("short-term", 1, 1000, standard.shortTerm());
    int longTerm = keys.integer("long-term", 1, MAX_FRAMES, standard.longTerm());
    int warmUp = keys.integer("warm-up", 1, MAX_FRAMES, standard.warmUp());
    keys.refuseOthers();
    return checked(value, () -> new Anomaly(horizon, shortTerm, longTerm, warmUp));
  }

  private static StateStore store(YamlValue value) {
    StateStore standard = StateStore.standard();
    YamlMap keys = value.asMap();
    StateStore store =
        new StateStore(
            keys.find("kind").map(v -> v.asEnum(StateStore.Kind.class)).orElse(standard.kind()),
            keys.bool("caching", standard.caching()),
            keys.find("other-layout")
                .map(v -> v.asEnum(StateStore.OtherLayout.class))
                .orElse(standard.otherLayout()));
    keys.refuseOthers();
    return store;
  }

  /** Settings that go to a library as they are written. */
  private static Map<String, String> settings(Optional<YamlValue> section) {
    Map<String, String> settings = new LinkedHashMap<>();
    if (section.isPresent()) {
      section
          .get()
          .asMap()
          .all()
          .forEach((key, value) -> settings.put(key, value.isNull() ? "" : value.asString()));
    }
    return settings;
  }

  private static void checkRegistry(YamlValue section, Map<String, String> settings) {
    Map<String, String> complete = new LinkedHashMap<>(settings);
    if (!settings.containsKey("schema.registry.url")) {
      complete.putIfAbsent("url", "mock://none"); // may come later, such as with --embedded
    }
    checked(section, () -> RegistrySettings.of(complete));
  }

  private interface Making<T> {
    T make();
  }

  /** Says where in the file a value stands that can't be made. */
  private static <T> T checked(YamlValue where, Making<T> making) {
    try {
      return making.make();
    } catch (IllegalArgumentException e) {
      throw where.error(e.getMessage());
    }
  }
}
