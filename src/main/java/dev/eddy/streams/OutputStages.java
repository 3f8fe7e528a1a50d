package dev.eddy.streams;

import dev.eddy.avro.ScoreSchema;
import dev.eddy.layer.Rate;
import dev.eddy.layer.Shape;
import dev.eddy.model.Model;
import dev.eddy.network.Network;
import dev.eddy.score.BandStage;
import dev.eddy.score.ClassStage;
import dev.eddy.score.Classes;
import dev.eddy.score.Column;
import dev.eddy.score.Comparison;
import dev.eddy.score.ComparisonStage;
import dev.eddy.score.Emit;
import dev.eddy.score.Forecast;
import dev.eddy.score.Gate;
import dev.eddy.score.LikelihoodStage;
import dev.eddy.score.Scaling;
import dev.eddy.score.Stage;
import dev.eddy.score.Surprise;
import dev.eddy.score.SurpriseStage;
import dev.eddy.score.ValueStage;
import dev.eddy.streams.MisfitException.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The stages after the step that a {@link Scoring} asks for, and the columns that they make;
 * checked against the model and the channels.
 */
final class OutputStages {
  private static final String FORECAST = "forecast";
  private static final String FORECASTS = "forecasts";
  private static final String AHEAD = "ahead";
  private static final String STEP_MS = "forecast_step_ms";
  private static final String EMITTED = "emitted";

  final Optional<Comparison> comparison;
  final int[] channels; // [output] the input value that it speaks of, -1 for none
  final List<Stage> stages;
  final List<Column> columns; // of all stages, then those below
  final int forecastColumn; // the first of a forecast; -1 without
  final int emittedColumn; // -1 without
  final Gate gate; // null where all rows go out
  private final String name; // of the pipeline
  private final Model model;
  private final List<Channel> inputs;
  private final List<String> channelNames;
  private final List<String> knownAhead; // of these, what a forecast need not give
  private final Optional<Anomaly> anomaly;
  private final Optional<Classes> classes;

  OutputStages(Scoring scoring) {
    this(scoring.name(), scoring.model(), scoring.channels(), scoring.anomaly(), scoring.outputs());
  }

  /**
   * @throws MisfitException if the model or the channels don't fit what is asked for
   */
  OutputStages(
      String name, Model model, List<Channel> inputs, Optional<Anomaly> anomaly, Outputs outputs) {
    this.name = name;
    this.model = model;
    this.inputs = List.copyOf(inputs);
    this.channelNames = inputs.stream().map(Channel::name).toList();
    this.knownAhead =
        inputs.stream().filter(c -> c.known().isPresent()).map(Channel::name).toList();
    this.anomaly = anomaly;
    this.classes = outputs.classes();
    this.comparison = comparison(anomaly, outputs);
    this.channels =
        comparison.isPresent() && comparison.get().of() == Comparison.Of.RECONSTRUCTION
            ? IntStream.range(0, model.outputs().size()).toArray()
            : named(outputs);
    this.stages = List.copyOf(stages(outputs));
    List<Column> all = new ArrayList<>();
    stages.forEach(stage -> all.addAll(stage.columns()));
    this.forecastColumn = outputs.forecast().isPresent() ? all.size() : -1;
    outputs.forecast().ifPresent(forecast -> all.addAll(columns(forecast)));
    this.emittedColumn = outputs.emitted() ? all.size() : -1;
    if (outputs.emitted()) {
      all.add(
          new Column(
              EMITTED,
              Column.Type.TIME,
              true,
              "event time of the record that made this score",
              List.of()));
    }
    this.columns = List.copyOf(all);
    Emit emit = outputs.emit();
    List<Column> gated = gated();
    this.gate =
        emit instanceof Emit.Every
            ? null
            : MisfitException.of(Part.EMIT, () -> new Gate(emit, gated));
  }

  /** The columns that are there when it is decided whether a row goes out. */
  private List<Column> gated() {
    int end = columns.size() - (emittedColumn < 0 ? 0 : 1);
    return columns.subList(0, forecastColumn < 0 ? end : forecastColumn);
  }

  private static Optional<Comparison> comparison(Optional<Anomaly> anomaly, Outputs outputs) {
    return outputs.comparison().isPresent() || outputs.surprise().isPresent()
        ? outputs.comparison()
        : anomaly.map(stage -> Comparison.ofForecasts(stage.horizon()));
  }

  private int[] named(Outputs outputs) {
    boolean none = !outputs.inUnits() && comparison.isEmpty() && outputs.forecast().isEmpty();
    return model.outputs().stream()
        .mapToInt(name -> none ? -1 : channelNames.indexOf(name))
        .toArray();
  }

  /** For each output the input value whose unit is another than that of frames, -1 for none. */
  private int[] withUnits() {
    return Arrays.stream(channels)
        .map(at -> at >= 0 && inputs.get(at).equals(Channel.of(inputs.get(at).name())) ? -1 : at)
        .toArray();
  }

  /** The schema of the scores. */
  ScoreSchema schema() {
    try {
      return ScoreRow.schema(name, columns);
    } catch (IllegalArgumentException e) {
      throw new MisfitException(
          classes.isPresent() ? Part.CLASSES : Part.MODEL,
          model.id() + ": outputs " + NameList.of(model.outputs()) + ": " + e.getMessage());
    }
  }

  private List<Stage> stages(Outputs outputs) {
    List<Stage> found = new ArrayList<>();
    if (comparison.isPresent()) {
      addComparison(found, outputs, comparison.get());
    } else if (outputs.surprise().isPresent()) {
      found.add(surprise(outputs.surprise().get()));
    } else if (outputs.classes().isPresent()) {
      found.add(classes(outputs.classes().get()));
    } else if (outputs.forecast().isEmpty() || outputs.forecast().get().as() == Forecast.As.ARRAY) {
      found.add(new ValueStage(columnNames(model.outputs()), withUnits()));
    }
    if (anomaly.isPresent()) {
      if (outputs.classes().isPresent()) {
        throw new MisfitException(
            Part.ANOMALY,
            "anomaly judges the error of forecasts, reconstructions or tokens, not classes");
      }
      found.add(new LikelihoodStage(anomaly.get().likelihood()));
    }
    if (outputs.bands().isPresent()) {
      if (comparison.isEmpty() || positions() > 1) {
        throw new MisfitException(
            Part.BANDS,
            "bands are around forecasts or reconstructions of channels with one value each");
      }
      found.add(
          new BandStage(outputs.bands().get(), comparison.get().of(), comparedNames(), channels));
    }
    outputs.forecast().ifPresent(this::checkRollout);
    return found;
  }

  private void addComparison(List<Stage> found, Outputs outputs, Comparison compared) {
    String subject = anomaly.isPresent() ? "anomaly" : "the error";
    Part part = anomaly.isPresent() ? Part.ANOMALY : Part.ERROR;
    if (compared.of() == Comparison.Of.FORECAST) {
      if (anomaly.isPresent() && anomaly.get().horizon() != compared.horizon()) {
        throw new MisfitException(
            Part.ANOMALY,
            "anomaly has the horizon "
                + anomaly.get().horizon()
                + ", the error "
                + compared.horizon()
                + "; they must be equal");
      }
      if (outputs.forecast().isPresent() && outputs.forecast().get().as() == Forecast.As.RECORDS) {
        throw new MisfitException(
            Part.FORECAST, "forecasts as records leave no row for errors; write as: array");
      }
      checkHorizon(part, subject, compared.horizon());
      checkNames(part, subject + " compares each output with the channel of the same name; ");
    } else {
      checkRate(Part.ERROR, "a reconstruction is compared with the frame of the same number; ");
      Shape input = model.graph().input();
      Shape output = Network.outputShape(model.graph());
      if (!output.equals(input)) {
        throw new MisfitException(
            Part.ERROR,
            "a reconstruction has the shape of its frame; "
                + model.id()
                + " takes frames of "
                + input
                + " and gives frames of "
                + output);
      }
    }
    found.add(new ComparisonStage(compared, comparedNames(), positions(), channels));
  }

  /** Values of a channel where frames of the input's shape are compared, else 1. */
  private int positions() {
    return comparison.isPresent() && comparison.get().of() == Comparison.Of.RECONSTRUCTION
        ? model.graph().input().positions()
        : 1;
  }

  private List<String> comparedNames() {
    if (comparison.orElseThrow().of() == Comparison.Of.FORECAST) {
      return columnNames(model.outputs());
    }
    int positions = positions();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < channelNames.size(); i += positions) {
      String name = channelNames.get(i);
      names.add(positions > 1 && name.endsWith("_0") ? name.substring(0, name.length() - 2) : name);
    }
    return columnNames(names);
  }

  private static List<String> columnNames(List<String> names) {
    return names.stream().map(ScoreSchema::columnName).toList();
  }

  private Stage surprise(Surprise surprise) {
    checkHorizon(Part.SURPRISE, "surprise", 1);
    int channel = 0;
    if (surprise.channel().isPresent()) {
      channel = channelNames.indexOf(surprise.channel().get());
    } else if (channelNames.size() > 1) {
      channel = -1;
    }
    if (channel < 0) {
      throw new MisfitException(
          Part.SURPRISE,
          "surprise needs the channel that holds the token"
              + surprise.channel().map(name -> ", got \"" + name + "\"").orElse("")
              + "; the channels are "
              + NameList.of(channelNames));
    }
    if (!inputs.get(channel).isPlain()) {
      throw new MisfitException(
          Part.SURPRISE,
          "the channel \""
              + channelNames.get(channel)
              + "\" has a mean, a std or a logarithm, so it holds no token; leave them out");
    }
    return new SurpriseStage(surprise, channel, model.outputs().size());
  }

  private Stage classes(Classes classes) {
    if (classes.names().size() != model.outputs().size()) {
      throw new MisfitException(
          Part.CLASSES,
          model.id()
              + " gives "
              + model.outputs().size()
              + " values, there are "
              + classes.names().size()
              + " classes: "
              + NameList.of(classes.names()));
    }
    return new ClassStage(classes);
  }

  private void checkRate(Part part, String why) {
    Rate rate = Network.rate(model.graph());
    if (!rate.equals(Rate.ONE)) {
      throw new MisfitException(part, why + model.id() + " gives " + rate + " frames a reading");
    }
  }

  private void checkHorizon(Part part, String subject, int horizon) {
    checkRate(part, subject + " compares one forecast with each reading; ");
    long lag = Network.lagFrames(model.graph());
    if (horizon <= lag) {
      throw new MisfitException(
          part,
          subject
              + ": horizon is "
              + horizon
              + ", but the output of "
              + model.id()
              + " comes "
              + lag
              + " frames after the reading that it is numbered like, so no forecast would be there in"
              + " time; "
              + (part == Part.SURPRISE
                  ? "pad causally"
                  : "write horizon: " + (lag + 1) + " or more, or pad causally"));
    }
  }

  private void checkNames(Part part, String why) {
    for (String output : model.outputs()) {
      if (!channelNames.contains(output)) {
        throw new MisfitException(
            part,
            why
                + model.id()
                + " has the output \""
                + output
                + "\", the channels are "
                + NameList.of(channelNames.stream().sorted().toList()));
      }
    }
  }

  private void checkRollout(Forecast forecast) {
    checkRate(Part.FORECAST, "a forecast feeds each output in as the next reading; ");
    if (Network.lagFrames(model.graph()) > 0 || Network.schedule(model.graph()).ahead() > 0) {
      throw new MisfitException(
          Part.FORECAST,
          "a forecast feeds each output in as the next reading; the outputs of "
              + model.id()
              + " do not come with each reading at once; pad causally");
    }
    checkNames(Part.FORECAST, "a forecast feeds each output to the channel of the same name; ");
    List<String> others =
        channelNames.stream()
            .filter(name -> !model.outputs().contains(name) && !knownAhead.contains(name))
            .toList();
    if (!others.isEmpty() && !forecast.hold()) {
      throw new MisfitException(
          Part.FORECAST,
          "a forecast needs the next frames whole, but "
              + model.id()
              + " does not forecast the channels "
              + NameList.of(others)
              + "; write others: hold to keep their last values");
    }
  }

  private List<Column> columns(Forecast forecast) {
    List<Column> found = new ArrayList<>();
    List<String> names = columnNames(model.outputs());
    boolean array = forecast.as() == Forecast.As.ARRAY;
    for (String name : names) {
      String suffix = names.size() == 1 ? "" : "_" + name;
      found.add(
          array
              ? new Column(
                  FORECASTS + suffix,
                  Column.Type.FLOATS,
                  true,
                  "of the next " + forecast.horizon() + " frames, in the input's unit",
                  List.of())
              : new Column(
                  FORECAST + suffix,
                  Column.Type.FLOAT,
                  true,
                  "what is expected, in the input's unit",
                  List.of()));
    }
    found.add(
        array
            ? new Column(
                STEP_MS,
                Column.Type.LONG,
                true,
                "milliseconds from one forecast to the next; null where not known",
                List.of())
            : new Column(AHEAD, Column.Type.LONG, true, "frames ahead, from 1", List.of()));
    return found;
  }

  /**
   * Numbers of the channels that are scaled by what is learnt.
   *
   * @throws MisfitException if there is none of a name
   */
  static int[] scaled(Model model, List<Channel> channels, Scaling scaling) {
    int positions = model.graph().input().positions();
    List<String> names = channels.stream().map(Channel::name).toList();
    boolean[] chosen = new boolean[names.size() / positions];
    Arrays.fill(chosen, scaling.channels().isEmpty());
    for (String wanted : scaling.channels()) {
      if (!names.contains(wanted)) {
        throw new MisfitException(
            Part.SCALING,
            "scaling of the channel \"" + wanted + "\"; the channels are " + NameList.of(names));
      }
      chosen[names.indexOf(wanted) / positions] = true;
    }
    return IntStream.range(0, chosen.length).filter(i -> chosen[i]).toArray();
  }
}
