package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.List;

/**
 * How little a token was expected: the negative logarithm of the probability that the output before
 * gave it, and its mean over the sequence so far. The first token of a sequence has none.
 *
 * <p>Of logits it is {@code log(sum exp(y - max)) - (y[token] - max)} in double, with the functions
 * that give the same bits on every machine; a probability of less than 1e-30 counts as 1e-30.
 */
public final class SurpriseStage implements Stage {
  public static final String SURPRISE = "surprise";
  public static final String MEAN_SURPRISE = "mean_surprise";

  private static final double LEAST = 1e-30;
  private static final int MEAN = 0;
  private static final int SEEN = Numbers.DOUBLE;
  private static final int LENGTH = 2 * Numbers.DOUBLE;

  private final Surprise surprise;
  private final int channel;
  private final int tokens;
  private final double unit; // in nats

  /**
   * @param channel the input value that holds the token
   * @param tokens values of an output frame
   */
  public SurpriseStage(Surprise surprise, int channel, int tokens) {
    this.surprise = surprise;
    this.channel = channel;
    this.tokens = tokens;
    this.unit = surprise.unit() == Surprise.Unit.BITS ? StrictMath.log(2) : 1;
  }

  @Override
  public List<Column> columns() {
    String unitName = unitName();
    return List.of(
        Column.of(
                SURPRISE,
                Column.Type.FLOAT,
                "how little the token was expected, in "
                    + unitName
                    + "; null for the first of a sequence")
            .orNull(),
        Column.of(
                MEAN_SURPRISE,
                Column.Type.DOUBLE,
                "mean over the sequence so far, in " + unitName + "; null until there is one")
            .orNull());
  }

  @Override
  public String owner() {
    return "surprise";
  }

  @Override
  public List<StatePart> stateParts() {
    return List.of(new StatePart("mean." + unitName() + ".c" + channel, LENGTH));
  }

  private String unitName() {
    return surprise.unit() == Surprise.Unit.BITS ? "bits" : "nats";
  }

  @Override
  public void read(Moment moment, float[] state, int at, Row row, int column) {
    double seen = Numbers.getDouble(state, at + SEEN);
    double mean = Numbers.getDouble(state, at + MEAN);
    if (moment.output != null) {
      float token = moment.input[moment.inputAt + channel];
      if (!(token >= 0 && token < tokens) || token != (int) token) {
        throw new UnusableFrameException(
            "token " + token + ": the model foretells tokens 0.." + (tokens - 1));
      }
      double found = nats(moment.output, moment.outputAt, (int) token) / unit;
      moment.error = found;
      row.setFloat(column, (float) found);
      seen++;
      mean += (found - mean) / seen;
      Numbers.putDouble(seen, state, at + SEEN);
      Numbers.putDouble(mean, state, at + MEAN);
    }
    if (seen > 0) {
      row.setDouble(column + 1, mean);
    }
  }

  private double nats(float[] values, int from, int token) {
    double value = values[from + token];
    return switch (surprise.of()) {
      case LOG_PROBABILITIES -> Math.min(-value, -StrictMath.log(LEAST));
      case PROBABILITIES -> -StrictMath.log(Math.max(value, LEAST));
      case LOGITS -> {
        double max = values[from];
        for (int i = 1; i < tokens; i++) {
          max = Math.max(max, values[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < tokens; i++) {
          sum += StrictMath.exp(values[from + i] - max);
        }
        yield StrictMath.log(sum) - (value - max);
      }
    };
  }
}
