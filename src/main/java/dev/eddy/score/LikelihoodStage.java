package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.List;

/** How unusual the recent errors of the stages before it are. */
public final class LikelihoodStage implements Stage {
  public static final String ANOMALY_LIKELIHOOD = "anomaly_likelihood";

  static final Column COLUMN =
      Column.of(
          ANOMALY_LIKELIHOOD,
          Column.Type.DOUBLE,
          "0..1, how unusual the recent errors are; 0.5 in warm-up");

  private final AnomalyLikelihood likelihood;

  public LikelihoodStage(AnomalyLikelihood likelihood) {
    this.likelihood = likelihood;
  }

  @Override
  public List<Column> columns() {
    return List.of(COLUMN);
  }

  @Override
  public String owner() {
    return "anomaly";
  }

  @Override
  public List<StatePart> stateParts() {
    return likelihood.stateParts();
  }

  @Override
  public void read(Moment moment, float[] state, int at, Row row, int column) {
    row.setDouble(
        column,
        Double.isNaN(moment.error)
            ? AnomalyLikelihood.UNKNOWN
            : likelihood.score((float) moment.error, state, at));
  }
}
