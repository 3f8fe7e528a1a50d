package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.numbers.gamma.InverseErfc;

/**
 * A band around each forecast that held the wanted share of the key's readings so far.
 *
 * <p>The residuals {@code actual - forecast} are taken as normal with a running mean and variance
 * that weigh the last {@code memory} most; the band is {@code forecast + mean -+ z std}, {@code z}
 * being the normal quantile of the coverage. A residual enters after its row, so a band knows
 * nothing of the reading that it is for. Of the first {@value #WARM_UP} residuals there is none.
 * Mean and variance are Welford's, in double.
 */
public final class BandStage implements Stage {
  private static final int WARM_UP = 10;
  private static final int MEAN = 0;
  private static final int VARIANCE = Numbers.DOUBLE;
  private static final int SEEN = 2 * Numbers.DOUBLE; // stops where it no longer matters
  private static final int LENGTH = SEEN + 1;

  private final Bands bands;
  private final String word;
  private final List<String> names;
  private final int[] compared;
  private final double quantile;

  /** As {@link ComparisonStage}, of channels with one value. */
  public BandStage(Bands bands, Comparison.Of of, List<String> names, int[] compared) {
    this.bands = bands;
    this.word = of == Comparison.Of.FORECAST ? "forecast" : "reconstruction";
    this.names = List.copyOf(names);
    this.compared = compared;
    this.quantile = (float) (Math.sqrt(2) * InverseErfc.value(1 - bands.coverage()));
  }

  @Override
  public List<Column> columns() {
    String doc = " end of the band around the " + word + ", in the input's unit; null at first";
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String suffix = ComparisonStage.suffix(names, i);
      columns.add(Column.of(word + "_low" + suffix, Column.Type.FLOAT, "lower" + doc).orNull());
      columns.add(Column.of(word + "_high" + suffix, Column.Type.FLOAT, "upper" + doc).orNull());
    }
    return columns;
  }

  @Override
  public String owner() {
    return "bands";
  }

  @Override
  public List<StatePart> stateParts() {
    return List.of(new StatePart("residuals.m" + bands.memory(), LENGTH * compared.length));
  }

  @Override
  public void read(Moment moment, float[] state, int at, Row row, int column) {
    if (moment.output == null) {
      return;
    }
    for (int i = 0; i < compared.length; i++) {
      int channel = compared[i];
      double output = moment.output[moment.outputAt + i];
      double residual = moment.input[moment.inputAt + channel] - output;
      int here = at + i * LENGTH;
      double mean = Numbers.getDouble(state, here + MEAN);
      double variance = Numbers.getDouble(state, here + VARIANCE);
      int seen = (int) state[here + SEEN];
      if (seen >= WARM_UP) {
        double half = quantile * Math.sqrt(variance);
        row.setFloat(column + 2 * i, (float) moment.unscaled(output + mean - half, channel));
        row.setFloat(column + 2 * i + 1, (float) moment.unscaled(output + mean + half, channel));
      }
      double weight = Math.max(1.0 / (seen + 1), 1.0 / bands.memory());
      double distance = residual - mean;
      Numbers.putDouble(mean + weight * distance, state, here + MEAN);
      Numbers.putDouble(
          (1 - weight) * (variance + weight * distance * distance), state, here + VARIANCE);
      state[here + SEEN] = Math.min(seen + 1, bands.memory());
    }
  }
}
