package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.ArrayList;
import java.util.List;

/**
 * An output frame against the input frame that it speaks of: both in the input's unit, and the
 * error, the root mean square of the distances in standard deviations of the inputs. Of a single
 * value, the error too is in the input's unit.
 *
 * <p>Frames with a width have only errors: of the frame, and of each channel over its positions.
 */
public final class ComparisonStage implements Stage {
  public static final String ERROR = "error";

  private final String word; // what output frames are called
  private final List<String> names; // of the channels
  private final int positions; // values of a channel
  private final int[] compared; // [output] the input value that it speaks of
  private final boolean each;

  /**
   * @param names of the channels, as columns are called; a single one gives them no suffix
   * @param positions values of each channel, which stand side by side
   * @param compared for each output value the input value that it speaks of; not copied
   */
  public ComparisonStage(Comparison comparison, List<String> names, int positions, int[] compared) {
    this.word = comparison.of() == Comparison.Of.FORECAST ? "forecast" : "reconstruction";
    this.names = List.copyOf(names);
    this.positions = positions;
    this.compared = compared;
    this.each = names.size() > 1 && (comparison.each() || positions > 1);
  }

  static String suffix(List<String> names, int i) {
    return names.size() == 1 ? "" : "_" + names.get(i);
  }

  @Override
  public List<Column> columns() {
    boolean one = compared.length == 1;
    List<Column> columns = new ArrayList<>();
    for (int i = 0; positions == 1 && i < names.size(); i++) {
      String suffix = suffix(names, i);
      columns.add(
          Column.of(
                  word + suffix,
                  Column.Type.FLOAT,
                  word.equals("forecast")
                      ? "what was expected, in the input's unit; null before the first forecast"
                      : "what the model made of the input, in its unit")
              .orNull());
      columns.add(
          Column.of("actual" + suffix, Column.Type.FLOAT, "what arrived, in the input's unit"));
    }
    columns.add(
        Column.of(
                ERROR,
                Column.Type.FLOAT,
                one
                    ? "distance of " + word + " and actual, in the input's unit"
                    : "root mean square of the distances, in standard deviations of the inputs")
            .orNull());
    for (int i = 0; each && i < names.size(); i++) {
      columns.add(
          Column.of(
                  ERROR + suffix(names, i),
                  Column.Type.FLOAT,
                  "distance of "
                      + word
                      + " and actual"
                      + (positions > 1 ? ", root mean square," : ",")
                      + " in the input's unit")
              .orNull());
    }
    return columns;
  }

  @Override
  public String owner() {
    return "comparison";
  }

  @Override
  public List<StatePart> stateParts() {
    return List.of();
  }

  @Override
  public void read(Moment moment, float[] state, int at, Row row, int column) {
    boolean known = moment.output != null;
    int errors = positions == 1 ? column + 2 * compared.length : column;
    double squares = 0;
    double inUnits = 0; // of one channel
    for (int i = 0; i < compared.length; i++) {
      int channel = compared[i];
      float actual = moment.input[moment.inputAt + channel];
      if (positions == 1) {
        row.setFloat(column + 2 * i + 1, (float) moment.unscaled(actual, channel));
      }
      if (!known) {
        continue;
      }
      float output = moment.output[moment.outputAt + i];
      double distance = ((double) output - actual) / moment.deviation[channel];
      squares += distance * distance;
      if (positions == 1) {
        row.setFloat(column + 2 * i, (float) moment.unscaled(output, channel));
      }
      if (each) {
        double inUnit = moment.unscaledDistance(output, actual, channel);
        inUnits += inUnit * inUnit;
        if ((i + 1) % positions == 0) {
          row.setFloat(errors + 1 + i / positions, (float) Math.sqrt(inUnits / positions));
          inUnits = 0;
        }
      }
    }
    if (known) {
      float error = (float) Math.sqrt(squares / compared.length);
      moment.error = error;
      row.setFloat(errors, compared.length == 1 ? inUnit(moment, error) : error);
    }
  }

  /** The error of the only value. */
  private float inUnit(Moment moment, float error) {
    int channel = compared[0];
    double scale = moment.units.scale(channel);
    return (float)
        (scale > 0
            ? error * (moment.deviation[channel] * scale)
            : moment.unscaledDistance(
                moment.output[moment.outputAt], moment.input[moment.inputAt + channel], channel));
  }
}
