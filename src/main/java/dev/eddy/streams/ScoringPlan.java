package dev.eddy.streams;

import dev.eddy.avro.ScoreSchema;
import dev.eddy.avro.ScoreSchema.Column;
import dev.eddy.kernel.Kernels;
import dev.eddy.layer.Rate;
import dev.eddy.layer.StatePart;
import dev.eddy.model.Model;
import dev.eddy.network.Network;
import dev.eddy.network.StateLayout;
import dev.eddy.score.AnomalyLikelihood;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link Scoring} made ready once per process: the network compiled, the parts of a key's state
 * in their places, the columns of a score. Immutable, shared by all tasks.
 *
 * <p>A key's state is the network's, then what scoring adds: the last frame where channels hold
 * their value, the ring of forecasts that wait for their reading, the statistics of errors.
 */
final class ScoringPlan {
  static final String FORECAST = "forecast";
  static final String ACTUAL = "actual";
  static final String ERROR = "error";
  static final String ANOMALY_LIKELIHOOD = "anomaly_likelihood";

  final Scoring scoring;
  final Network network;
  final StateLayout layout;
  final long fingerprint;
  final long version;
  final boolean oneEach; // one frame out for each that comes in, at some time
  final boolean prompt; // and that at once
  final ScoreSchema schema;
  final String model; // NAME/VERSION, as in every score
  final boolean holds;
  final int heldOffset;
  final AnomalyLikelihood likelihood; // null without the last stage
  final int[] compared; // [outputs] the input channel that each output forecasts
  final int horizon;
  final int pending; // frames in the ring of forecasts
  final int pendingOffset;
  final int likelihoodOffset;

  ScoringPlan(Scoring scoring, Kernels kernels) {
    this.scoring = scoring;
    this.network = scoring.model().network(kernels);
    this.model = scoring.model().name() + "/" + scoring.model().version();
    this.holds = scoring.channels().stream().anyMatch(Channel::hold);

    StateLayout parts = network.stateLayout();
    heldOffset = parts.length();
    if (holds) {
      parts = parts.with("input", List.of(new StatePart("held", network.input().size())));
    }
    pendingOffset = parts.length();
    if (scoring.anomaly().isPresent()) {
      Anomaly anomaly = scoring.anomaly().get();
      horizon = anomaly.horizon();
      likelihood = anomaly.likelihood();
      pending = horizon + network.maxFramesPerStep();
      compared = compared(scoring);
      StatePart ring = new StatePart("pending.h" + horizon, pending * network.output().size());
      parts = parts.with("forecast", List.of(ring));
      likelihoodOffset = parts.length();
      parts = parts.with("anomaly", likelihood.stateParts());
    } else {
      horizon = 0;
      likelihood = null;
      pending = 0;
      compared = null;
      likelihoodOffset = pendingOffset;
    }
    this.layout = parts;
    this.fingerprint = parts.fingerprint();
    this.version = scoring.model().version();
    this.oneEach = network.rate().equals(Rate.ONE);
    this.prompt = oneEach && Network.lagFrames(network.graph()) == 0;
    this.schema = schema(scoring.name(), scoring.model(), likelihood != null);
  }

  private static int[] compared(Scoring scoring) {
    List<String> names = scoring.channels().stream().map(Channel::name).toList();
    return scoring.model().outputs().stream().mapToInt(names::indexOf).toArray();
  }

  /**
   * The columns of a score.
   *
   * @throws IllegalArgumentException if the names of the model's outputs can't be columns
   */
  static ScoreSchema schema(String name, Model model, boolean anomaly) {
    try {
      return ScoreSchema.of(
          "Score", "dev.eddy." + ScoreSchema.columnName(name), columns(model.outputs(), anomaly));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          model.id() + ": outputs " + model.outputs() + ": " + e.getMessage(), e);
    }
  }

  private static List<ScoreSchema.Column> columns(List<String> outputs, boolean anomaly) {
    List<ScoreSchema.Column> columns = new ArrayList<>();
    if (!anomaly) {
      for (String output : outputs) {
        columns.add(Column.ofFloat(ScoreSchema.columnName(output)).doc("output of the model"));
      }
      return columns;
    }
    boolean one = outputs.size() == 1;
    for (String output : outputs) {
      String suffix = one ? "" : "_" + ScoreSchema.columnName(output);
      columns.add(
          Column.ofFloat(FORECAST + suffix)
              .orNull()
              .doc("what was expected, in the input's unit; null before the first forecast"));
      columns.add(Column.ofFloat(ACTUAL + suffix).doc("what arrived, in the input's unit"));
    }
    columns.add(
        Column.ofFloat(ERROR)
            .orNull()
            .doc(
                one
                    ? "distance of forecast and actual, in the input's unit"
                    : "root mean square of the distances, in standard deviations of the inputs"));
    columns.add(
        Column.ofDouble(ANOMALY_LIKELIHOOD)
            .doc("0..1, how unusual the recent errors are; 0.5 in warm-up"));
    return columns;
  }
}
