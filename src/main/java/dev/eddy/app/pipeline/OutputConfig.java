package dev.eddy.app.pipeline;

import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import dev.eddy.score.Bands;
import dev.eddy.score.Classes;
import dev.eddy.score.Comparison;
import dev.eddy.score.Emit;
import dev.eddy.score.Forecast;
import dev.eddy.score.Surprise;
import dev.eddy.streams.Outputs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The section {@code output} of a pipeline.
 *
 * @param topic where scores go
 * @param outputs what they are made of
 */
public record OutputConfig(String topic, Outputs outputs) {
  private static final int MAX_AHEAD = 10_000;
  private static final int MAX_RESIDUALS = 10_000_000;

  private enum Units {
    INPUT,
    MODEL
  }

  private enum Others {
    REFUSE,
    HOLD
  }

  /**
   * Reads the section.
   *
   * @param section empty where the file has none
   * @param name the pipeline's
   */
  static OutputConfig read(Optional<YamlValue> section, String name) {
    String standard = name + "-scores";
    if (section.isEmpty()) {
      return new OutputConfig(standard, Outputs.standard());
    }
    YamlMap keys = section.get().asMap();
    String topic = keys.find("topic").map(ConfigValue::topic).orElse(standard);
    Emit emit = keys.find("emit").map(OutputConfig::emit).orElse(Emit.EVERY);
    boolean emitted = keys.bool("emitted", false);
    Units units = keys.find("units").map(v -> v.asEnum(Units.class)).orElse(Units.INPUT);
    Optional<Classes> classes = keys.find("classes").map(OutputConfig::classes);
    Optional<Comparison> error = keys.find("error").map(OutputConfig::error);
    Optional<Bands> bands = keys.find("bands").map(OutputConfig::bands);
    Optional<Surprise> surprise = keys.find("surprise").map(OutputConfig::surprise);
    Optional<Forecast> forecast = keys.find("forecast").map(OutputConfig::forecast);
    keys.refuseOthers();
    Outputs outputs =
        ConfigValue.checked(
            section.get(),
            () ->
                new Outputs(
                    emit,
                    emitted,
                    units == Units.INPUT,
                    classes,
                    error,
                    bands,
                    surprise,
                    forecast));
    return new OutputConfig(topic, outputs);
  }

  private static Emit emit(YamlValue value) {
    if (value.isScalar()) {
      return ConfigValue.checked(value, () -> Emit.parse(value.asString(), Optional.empty()));
    }
    YamlMap keys = value.asMap();
    YamlValue when = keys.get("when");
    Optional<String> column = keys.find("column").map(YamlValue::asString);
    keys.refuseOthers();
    return ConfigValue.checked(when, () -> Emit.parse(when.asString(), column));
  }

  private static List<String> names(YamlValue list) {
    return list.asList().stream().map(YamlValue::asString).toList();
  }

  private static Classes classes(YamlValue value) {
    if (value.isScalar()) {
      throw value.error("\"" + value.asString() + "\" is not a list; write a name for each output");
    }
    if (value.isList()) {
      return ConfigValue.checked(value, () -> new Classes(names(value), false, false));
    }
    YamlMap keys = value.asMap();
    List<String> names = names(keys.get("names"));
    boolean softmax = keys.bool("softmax", false);
    boolean each = keys.bool("each", false);
    keys.refuseOthers();
    return ConfigValue.checked(value, () -> new Classes(names, softmax, each));
  }

  private static Comparison error(YamlValue value) {
    if (value.isScalar()) {
      return switch (value.asEnum(Comparison.Of.class)) {
        case FORECAST -> Comparison.ofForecasts(1);
        case RECONSTRUCTION -> Comparison.ofReconstructions();
      };
    }
    YamlMap keys = value.asMap();
    Comparison.Of of = keys.get("of").asEnum(Comparison.Of.class);
    int horizon = of == Comparison.Of.FORECAST ? keys.integer("horizon", 1, 1000, 1) : 0;
    boolean each = keys.bool("each", false);
    keys.refuseOthers();
    return ConfigValue.checked(value, () -> new Comparison(of, horizon, each));
  }

  private static Bands bands(YamlValue value) {
    YamlMap keys = value.asMap();
    Bands standard = Bands.standard();
    double coverage = keys.find("coverage").map(YamlValue::asDouble).orElse(standard.coverage());
    int memory = keys.integer("memory", 10, MAX_RESIDUALS, standard.memory());
    keys.refuseOthers();
    return ConfigValue.checked(value, () -> new Bands(coverage, memory));
  }

  private static Surprise surprise(YamlValue value) {
    YamlMap keys = value.asMap();
    Surprise surprise =
        new Surprise(
            keys.find("of").map(v -> v.asEnum(Surprise.Of.class)).orElse(Surprise.Of.LOGITS),
            keys.find("unit").map(v -> v.asEnum(Surprise.Unit.class)).orElse(Surprise.Unit.NATS),
            keys.find("channel").map(YamlValue::asString));
    keys.refuseOthers();
    return surprise;
  }

  private static Forecast forecast(YamlValue value) {
    YamlMap keys = value.asMap();
    int horizon = keys.get("horizon").asInt(1, MAX_AHEAD);
    Forecast.As as =
        keys.find("as").map(v -> v.asEnum(Forecast.As.class)).orElse(Forecast.As.ARRAY);
    Optional<Duration> every = keys.find("every").map(TimeConfig::positive);
    Others others = keys.find("others").map(v -> v.asEnum(Others.class)).orElse(Others.REFUSE);
    keys.refuseOthers();
    return ConfigValue.checked(
        value, () -> new Forecast(horizon, as, every, others == Others.HOLD));
  }
}
