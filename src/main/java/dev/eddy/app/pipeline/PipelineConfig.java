package dev.eddy.app.pipeline;

import dev.eddy.app.terminal.UserException;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.kernel.Kernels;
import dev.eddy.model.ImportOptions;
import dev.eddy.model.Model;
import dev.eddy.model.ModelFile;
import dev.eddy.model.YamlException;
import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import dev.eddy.score.Comparison;
import dev.eddy.streams.Anomaly;
import dev.eddy.streams.Channel;
import dev.eddy.streams.FrameTail;
import dev.eddy.streams.MisfitException;
import dev.eddy.streams.ModelUpdates;
import dev.eddy.streams.Outputs;
import dev.eddy.streams.Scoring;
import dev.eddy.streams.ScoringTopology;
import dev.eddy.streams.Sequences;
import dev.eddy.streams.StateStore;
import dev.eddy.streams.models.ModelsTopic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A pipeline as its YAML file describes it; docs/configuration.md lists the keys.
 *
 * @param file where it was read
 * @param name the prefix of its store, its processors and its application id
 * @param model the model's file
 * @param input where frames come from, and what is done with them before scoring
 * @param context a table whose rows give channels
 * @param output where scores go
 * @param anomaly the optional last stage
 * @param store where hidden states are kept
 * @param expiry when a key's state is forgotten
 * @param kafka settings of Kafka Streams and its clients, as written
 * @param registry settings of the schema registry's client, as written; empty if there are none
 * @param deadLetterTopic where records go that can't be used
 * @param models where new versions of the model come from; empty where the model stays
 * @param written all of the file, to say where in it something stands
 */
public record PipelineConfig(
    Path file,
    String name,
    ModelFile model,
    InputConfig input,
    Optional<ContextConfig> context,
    OutputConfig output,
    Optional<Anomaly> anomaly,
    StateStore store,
    Optional<Sequences.Expiry> expiry,
    Map<String, String> kafka,
    Map<String, String> registry,
    String deadLetterTopic,
    Optional<ModelUpdates> models,
    YamlMap written) {

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
    YamlMap inputSection = yaml.get("input").asMap();
    InputConfig input = InputConfig.read(inputSection);
    Optional<ContextConfig> context = yaml.find("context").map(ContextConfig::read);
    OutputConfig output = OutputConfig.read(yaml.find("output"), name);
    Optional<Anomaly> anomaly =
        yaml.find("anomaly").map(section -> anomaly(section, output.outputs()));
    Optional<YamlMap> storeSection = yaml.find("store").map(YamlValue::asMap);
    StateStore store = storeSection.map(PipelineConfig::store).orElse(StateStore.standard());
    Optional<Sequences.Expiry> expiry =
        storeSection.flatMap(section -> section.find("expire")).map(PipelineConfig::expiry);
    storeSection.ifPresent(YamlMap::refuseOthers);
    Optional<YamlValue> kafkaSection = yaml.find("kafka");
    kafkaSection.ifPresent(section -> section.asMap().all().forEach(KafkaSetting::check));
    Map<String, String> kafka = settings(kafkaSection);
    Optional<YamlValue> registry = yaml.find("schema.registry");
    Map<String, String> registrySettings = settings(registry);
    registry.ifPresent(section -> checkRegistry(section, registrySettings));
    Optional<YamlValue> dead = yaml.find("dead-letters");
    String deadLetterTopic = dead.map(ConfigValue::topic).orElse(name + "-dead-letters");
    Optional<ModelUpdates> models =
        yaml.find("models").map(section -> ModelsConfig.read(section, file));
    yaml.refuseOthers();
    checkTopics(yaml, input, output, deadLetterTopic, context, models);
    return new PipelineConfig(
        file,
        name,
        model,
        input,
        context,
        output,
        anomaly,
        store,
        expiry,
        kafka,
        registrySettings,
        deadLetterTopic,
        models,
        yaml);
  }

  private static void checkTopics(
      YamlMap yaml,
      InputConfig input,
      OutputConfig output,
      String deadLetterTopic,
      Optional<ContextConfig> context,
      Optional<ModelUpdates> models) {
    Set<String> topics = new HashSet<>(List.of(input.topic()));
    if (!topics.add(output.topic()) || !topics.add(deadLetterTopic)) {
      throw yaml.self()
          .error(
              "input, output and dead letters need topics of their own, got "
                  + String.join(", ", input.topic(), output.topic(), deadLetterTopic));
    }
    context.ifPresent(table -> add(topics, table.topic(), yaml.get("context")));
    input
        .time()
        .lateTopic()
        .ifPresent(late -> add(topics, late, yaml.get("input").asMap().get("late-topic")));
    if (models.isPresent()) {
      String topic = models.get().topic();
      String shadow = ScoringTopology.shadowTopic(output.topic());
      for (String each : List.of(topic, ModelsTopic.refusals(topic), shadow)) {
        add(topics, each, yaml.get("models"));
      }
    }
  }

  private static void add(Set<String> topics, String topic, YamlValue where) {
    if (!topics.add(topic)) {
      throw where.error("\"" + topic + "\" has another use in this pipeline");
    }
  }

  /** The name under which Kafka knows this pipeline: its consumer group, its internal topics. */
  public String applicationId() {
    return kafka.getOrDefault(APPLICATION_ID, "eddy-" + name);
  }

  /** The topics that are written to: scores, dead letters, late records where they have one. */
  public List<String> outputTopics() {
    List<String> topics = new ArrayList<>(List.of(output.topic(), deadLetterTopic));
    input.time().lateTopic().ifPresent(topics::add);
    return topics;
  }

  /** The topics that are read: frames, and the table of context where there is one. */
  public List<String> inputTopics() {
    List<String> topics = new ArrayList<>(List.of(input.topic()));
    context.ifPresent(table -> topics.add(table.topic()));
    return topics;
  }

  /** Where a version's scores go that scores in the shadow; empty where the model stays. */
  public Optional<String> shadowTopic() {
    return models.map(updates -> ScoringTopology.shadowTopic(output.topic()));
  }

  /** Kafka Streams' settings for exactly once, and for what can't be used. */
  Map<String, Object> streamsSettings() {
    Optional<String> lateTopic = input.time().lateTopic();
    return lateTopic.isPresent()
        ? ScoringTopology.settings(deadLetterTopic, lateTopic.get())
        : ScoringTopology.settings(deadLetterTopic);
  }

  /**
   * What is scored and how.
   *
   * @throws YamlException if the model doesn't fit the input or what is made of its outputs
   */
  public Scoring scoring(Model model) {
    try {
      List<Channel> channels = new ArrayList<>(input.time().channels(input.mapping()));
      channels.addAll(FrameTail.channels(input.calendars()));
      context.ifPresent(table -> channels.addAll(table.channels()));
      return new Scoring(
          name,
          model,
          channels,
          anomaly,
          input.lateTolerance(),
          store,
          models,
          sequences(),
          output.outputs(),
          input.scaling());
    } catch (MisfitException e) {
      throw misfit(e);
    } catch (IllegalArgumentException e) {
      throw new UserException(file + ": " + e.getMessage(), e);
    }
  }

  private Sequences sequences() {
    return expiry
        .map(
            e ->
                ConfigValue.checked(
                    where("store.expire"),
                    () -> input.sequences().expiringAfter(e.after(), e.clock())))
        .orElse(input.sequences());
  }

  private YamlException misfit(MisfitException e) {
    String path =
        switch (e.part()) {
          case MODEL -> "model";
          case CHANNELS -> "input.channels";
          case SCALING -> "input.scaling";
          case EMIT -> "output.emit";
          case CLASSES -> "output.classes";
          case ERROR -> "output.error";
          case BANDS -> "output.bands";
          case SURPRISE -> "output.surprise";
          case FORECAST -> "output.forecast";
          case ANOMALY -> "anomaly";
        };
    return where(path).error(e.getMessage());
  }

  /** What stands at a path, or as far on the way to it as the file goes. */
  private YamlValue where(String path) {
    YamlValue found = written.self();
    for (String key : path.split("\\.")) {
      Optional<YamlValue> next = found.isScalar() ? Optional.empty() : found.asMap().find(key);
      if (next.isEmpty()) {
        break;
      }
      found = next.get();
    }
    return found;
  }

  /**
   * The topology of what is scored.
   *
   * @throws UserException if it can't be made of this config
   */
  public Pipeline pipeline(Scoring scoring, RegistrySettings registry, Kernels kernels) {
    try {
      FrameTail tail =
          new FrameTail(input.calendars(), context.map(table -> table.table(registry)));
      return new Pipeline(
          scoring,
          input.time().timing(),
          tail,
          input.mapping(),
          registry,
          kernels,
          input.topic(),
          output.topic());
    } catch (MisfitException e) {
      throw misfit(e);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UserException(file + ": " + e.getMessage(), e);
    }
  }

  /** A path, or a path with what an ONNX file leaves open. */
  private static ModelFile model(Path file, YamlValue value) {
    if (value.isScalar()) {
      return new ModelFile(ConfigValue.path(file, value), ImportOptions.NONE);
    }
    YamlMap keys = value.asMap();
    Path path = ConfigValue.path(file, keys.get("file"));
    ImportOptions options = ModelFile.options(keys);
    keys.refuseOthers();
    return new ModelFile(path, options);
  }

  /** It judges the error that the outputs name, or where they name none that of forecasts. */
  private static Anomaly anomaly(YamlValue value, Outputs outputs) {
    Anomaly standard = Anomaly.standard();
    YamlMap keys = value.asMap();
    int horizon =
        outputs.comparison().map(Comparison::horizon).filter(h -> h > 0).orElse(standard.horizon());
    boolean forecasts =
        outputs.comparison().isEmpty()
            ? outputs.surprise().isEmpty()
            : outputs.comparison().get().of() == Comparison.Of.FORECAST;
    if (forecasts) {
      horizon = keys.integer("horizon", 1, 1000, horizon);
    }
    int ahead = horizon;
    int shortTerm = keys.integer("short-term", 1, 1000, standard.shortTerm());
    int longTerm = keys.integer("long-term", 1, MAX_FRAMES, standard.longTerm());
    int warmUp = keys.integer("warm-up", 1, MAX_FRAMES, standard.warmUp());
    keys.refuseOthers();
    if (Math.min(longTerm, warmUp) < shortTerm) {
      throw value.error(
          "long-term and warm-up must be short-term or more, got "
              + longTerm
              + " and "
              + warmUp
              + " beside "
              + shortTerm);
    }
    return ConfigValue.checked(value, () -> new Anomaly(ahead, shortTerm, longTerm, warmUp));
  }

  private static StateStore store(YamlMap keys) {
    StateStore standard = StateStore.standard();
    return new StateStore(
        keys.find("kind").map(v -> v.asEnum(StateStore.Kind.class)).orElse(standard.kind()),
        keys.bool("caching", standard.caching()),
        keys.find("other-layout")
            .map(v -> v.asEnum(StateStore.OtherLayout.class))
            .orElse(standard.otherLayout()));
  }

  private static Sequences.Expiry expiry(YamlValue value) {
    if (value.isScalar()) {
      return new Sequences.Expiry(TimeConfig.positive(value), Sequences.Clock.STREAM_TIME);
    }
    YamlMap keys = value.asMap();
    YamlValue after = keys.get("after");
    Sequences.Clock clock =
        keys.find("by")
            .map(by -> by.asEnum(Sequences.Clock.class))
            .orElse(Sequences.Clock.STREAM_TIME);
    keys.refuseOthers();
    return new Sequences.Expiry(TimeConfig.positive(after), clock);
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
    ConfigValue.checked(section, () -> RegistrySettings.of(complete));
  }
}
