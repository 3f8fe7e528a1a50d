package dev.eddy.streams;

import dev.eddy.avro.ScoreSchema;
import dev.eddy.kernel.Kernels;
import dev.eddy.layer.Rate;
import dev.eddy.layer.StatePart;
import dev.eddy.model.Model;
import dev.eddy.network.Network;
import dev.eddy.network.OutputSchedule;
import dev.eddy.network.StateLayout;
import dev.eddy.score.Column;
import dev.eddy.score.Comparison;
import dev.eddy.score.Forecast;
import dev.eddy.score.ForecastsAhead;
import dev.eddy.score.Gate;
import dev.eddy.score.OutputTimes;
import dev.eddy.score.OutputsAlone;
import dev.eddy.score.Pairing;
import dev.eddy.score.RunningScale;
import dev.eddy.score.SameFrames;
import dev.eddy.score.Scaling;
import dev.eddy.score.Stage;
import dev.eddy.score.Units;
import java.util.List;

/**
 * A {@link Scoring} made ready once per process: the network compiled, the parts of a key's state
 * in their places, the columns of a score. Immutable, shared by all tasks.
 *
 * <p>A key's state is the network's, then what scoring adds: the last frame where channels hold
 * their value, the frames that wait for the other of their pair, what each stage remembers, the
 * times of the last frames, what is held back, what scaling has learnt. What isn't asked for takes
 * no room.
 */
final class ScoringPlan {
  final Scoring scoring; // its model without the weights
  final Network network;
  final StateLayout layout;
  final long fingerprint;
  final long version;
  final boolean oneEach; // one frame out for each that comes in, at some time
  final boolean prompt; // and that at once
  final boolean flushes; // frames at the end of a sequence
  final String model; // NAME/VERSION, as in every score
  final boolean holds;
  final int heldOffset;

  final RunningScale scale; // null where frames are stepped as they come
  final boolean sharesScale; // what is learnt is all keys', and not in their states
  final int scaleOffset;
  final int[] channels; // [output] the input value that it speaks of, -1 for none
  final Units units;

  final Pairing pairing;
  final int pairingOffset;
  final Stage[] stages;
  final int[] stageOffsets;
  final int[] stageColumns;
  final List<Column> columns;
  final ScoreSchema schema;
  final OutputTimes times; // null where a score is of the time of its record
  final int timesOffset;
  final Gate gate; // null where all scores go out
  final int gateOffset;
  final int adopted; // values from gateOffset on that are the key's, whatever the version
  final int emittedColumn; // -1 without
  final Forecast forecast; // null without
  final int forecastColumn;
  final VersionOutline outline;
  private final String weightsSha256; // null where nobody asks

  ScoringPlan(Scoring scoring, Kernels kernels) {
    this(scoring, kernels, null);
  }

  /** One that tells whether a version that comes later is the same: {@link #isOf}. */
  static ScoringPlan base(Scoring scoring, Kernels kernels) {
    return new ScoringPlan(scoring, kernels, scoring.model().weightsSha256());
  }

  private ScoringPlan(Scoring scoring, Kernels kernels, String weightsSha256) {
    Model scored = scoring.model();
    this.weightsSha256 = weightsSha256;
    this.scoring = scoring.with(scored.withoutWeights());
    this.network = scored.network(kernels);
    this.version = scored.version();
    this.model = model(version);
    this.holds = scoring.channels().stream().anyMatch(Channel::hold);
    this.oneEach = network.rate().equals(Rate.ONE);
    this.prompt = oneEach && Network.lagFrames(network.graph()) == 0;
    this.units = Channel.units(scoring.channels());

    OutputStages outputs = new OutputStages(scoring);
    this.channels = outputs.channels;
    this.columns = outputs.columns;
    this.schema = outputs.schema();
    this.emittedColumn = outputs.emittedColumn;
    this.forecast = scoring.outputs().forecast().orElse(null);
    this.forecastColumn = outputs.forecastColumn;
    OutputSchedule schedule = Network.schedule(network.graph());
    this.flushes = schedule.flushes();
    this.pairing = pairing(outputs, schedule);
    this.times = times(schedule);
    this.gate = outputs.gate;
    this.scale = scoring.scaling().map(this::scale).orElse(null);
    this.sharesScale = scoring.scaling().map(s -> s.learn() == Scaling.Learn.ALL).orElse(false);

    StateLayout parts = network.stateLayout();
    heldOffset = parts.length();
    if (holds) {
      parts = parts.with("input", List.of(new StatePart("held", network.input().size())));
    }
    pairingOffset = parts.length();
    parts = parts.with("forecast", pairing.stateParts());
    stages = outputs.stages.toArray(Stage[]::new);
    stageOffsets = new int[stages.length];
    stageColumns = new int[stages.length];
    int column = 0;
    for (int i = 0; i < stages.length; i++) {
      stageOffsets[i] = parts.length();
      stageColumns[i] = column;
      parts = parts.with(stages[i].owner(), stages[i].stateParts());
      column += stages[i].columns().size();
    }
    timesOffset = parts.length();
    parts = times == null ? parts : parts.with("times", times.stateParts());
    gateOffset = parts.length();
    parts = gate == null ? parts : parts.with("emit", gate.stateParts());
    scaleOffset = sharesScale ? 0 : parts.length();
    parts = scale == null || sharesScale ? parts : parts.with("scale", scale.stateParts());
    adopted = parts.length() - gateOffset;
    this.layout = parts;
    this.fingerprint = parts.fingerprint();
    this.outline = VersionOutline.of(this);
  }

  /** Whether this is a model's, compiled already: name, version, description and weights. */
  boolean isOf(Model model) {
    Model own = scoring.model();
    return weightsSha256 != null
        && own.id().equals(model.id())
        && own.graph().equals(model.graph())
        && own.outputs().equals(model.outputs())
        && weightsSha256.equals(model.weightsSha256());
  }

  /** As in every score, of a version of the same model. */
  String model(long version) {
    return scoring.model().name() + "/" + version;
  }

  private Pairing pairing(OutputStages outputs, OutputSchedule schedule) {
    int size = network.output().size();
    if (scoring.outputs().surprise().isPresent()) {
      return new ForecastsAhead(1, size, network.maxFramesPerStep());
    } else if (outputs.comparison.isEmpty()) {
      return new OutputsAlone();
    }
    Comparison comparison = outputs.comparison.get();
    return switch (comparison.of()) {
      case FORECAST -> new ForecastsAhead(comparison.horizon(), size, network.maxFramesPerStep());
      case RECONSTRUCTION -> new SameFrames(size, schedule.lag(), schedule.ahead());
    };
  }

  private OutputTimes times(OutputSchedule schedule) {
    Rate rate = network.rate();
    if (pairing.perReading() || rate.equals(Rate.END)) {
      return null;
    } else if (pairing instanceof SameFrames) {
      return schedule.lag() == 0 ? null : new OutputTimes(1, 1, 0, schedule.lag());
    }
    return schedule.behind() == 0 && !schedule.flushes() && network.maxFramesPerStep() == 1
        ? null
        : new OutputTimes(rate.out(), rate.in(), schedule.first(), schedule.behind());
  }

  private RunningScale scale(Scaling scaling) {
    return new RunningScale(
        scaling.freezeAfter(),
        OutputStages.scaled(scoring.model(), scoring.channels(), scaling),
        network.input().positions());
  }
}
