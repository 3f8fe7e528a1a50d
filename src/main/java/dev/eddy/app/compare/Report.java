package dev.eddy.app.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * The differences of two versions, summed up as their scores come; in bounded memory.
 *
 * <p>Where scores have a column {@code forecast} or {@code forecast_NAME} beside {@code actual} or
 * {@code actual_NAME}, each version's error against what arrived is known; where they have {@code
 * anomaly_likelihood}, which records each holds to be anomalies.
 */
final class Report {
  private static final int WAITING = 100_000;
  private static final String FORECAST = "forecast";
  private static final String ACTUAL = "actual";
  private static final String LIKELIHOOD = "anomaly_likelihood";
  private static final int EXAMPLES = 10;

  private final ReadScore.Columns columns;
  private final double threshold;
  private final Matching matching = new Matching(WAITING, this::both);
  private final List<Difference> differences = new ArrayList<>();
  private final List<Forecast> forecasts = new ArrayList<>();
  private final int likelihood;
  private final int error;
  private final Curve firstErrors = new Curve();
  private final Curve secondErrors = new Curve();
  private final List<Example> examples = new ArrayList<>();
  private final Own firstOwn;
  private final Own secondOwn;
  private long pairs;
  private long bothFound;
  private long firstFound;
  private long secondFound;
  private long fromMs = Long.MAX_VALUE;
  private long untilMs = Long.MIN_VALUE;

  /** How far apart the two are in a column. */
  static final class Difference {
    final String column;
    final Curve curve = new Curve();
    private final int index;
    private double sum;
    private long count;
    private double largest = -1;
    private String largestKey;
    private long largestMs;

    private Difference(String column, int index) {
      this.column = column;
      this.index = index;
    }

    private void add(ReadScore first, ReadScore second) {
      double distance = Math.abs(first.value(index) - second.value(index));
      if (Double.isNaN(distance)) {
        return; // one has no value there, such as before its first forecast
      }
      sum += distance;
      count++;
      curve.add(first.timeMs(), distance);
      if (distance > largest) {
        largest = distance;
        largestKey = first.key();
        largestMs = first.timeMs();
      }
    }

    long count() {
      return count;
    }

    double mean() {
      return sum / count;
    }

    double largest() {
      return largest;
    }

    String largestKey() {
      return largestKey;
    }

    long largestMs() {
      return largestMs;
    }
  }

  /** Each version's mean absolute error in a column, of the records that both forecast. */
  static final class Forecast {
    final String column;
    final Curve firstCurve = new Curve();
    final Curve secondCurve = new Curve();
    final Curve arrived = new Curve();
    private final int forecast;
    private final int actual;
    private double first;
    private double second;
    private long count;

    private Forecast(String column, int forecast, int actual) {
      this.column = column;
      this.forecast = forecast;
      this.actual = actual;
    }

    private double error(ReadScore row) {
      return Math.abs(row.value(forecast) - row.value(actual));
    }

    private void add(ReadScore one, ReadScore other) {
      double firstError = error(one);
      double secondError = error(other);
      if (Double.isNaN(firstError) || Double.isNaN(secondError)) {
        return;
      }
      first += firstError;
      second += secondError;
      count++;
      firstCurve.add(one.timeMs(), one.value(forecast));
      secondCurve.add(one.timeMs(), other.value(forecast));
      arrived.add(one.timeMs(), one.value(actual));
    }

    long count() {
      return count;
    }

    double firstError() {
      return first / count;
    }

    double secondError() {
      return second / count;
    }
  }

  /** What a version made of all the records that it scored, whether the other did or not. */
  static final class Own {
    private final double[] errors;
    private final long[] counts;
    private long scores;
    private long found;

    private Own(int forecasts) {
      errors = new double[forecasts];
      counts = new long[forecasts];
    }

    long scores() {
      return scores;
    }

    long found() {
      return found;
    }

    /** Mean absolute error of a forecast; NaN where there is none. */
    double error(int forecast) {
      return errors[forecast] / counts[forecast];
    }
  }

  /** An anomaly that one of the two has found, by its likelihoods. */
  record Example(String key, long timeMs, double first, double second) {}

  /**
   * @param threshold from which likelihood on something is an anomaly
   */
  Report(ReadScore.Columns columns, double threshold) {
    this.columns = columns;
    this.threshold = threshold;
    this.likelihood = columns.indexOf(LIKELIHOOD);
    this.error = columns.indexOf("error");
    for (int i = 0; i < columns.names().size(); i++) {
      String name = columns.names().get(i);
      boolean isForecast = name.equals(FORECAST) || name.startsWith(FORECAST + "_");
      boolean isActual = name.equals(ACTUAL) || name.startsWith(ACTUAL + "_");
      int actual = columns.indexOf(name.replaceFirst(FORECAST, ACTUAL));
      if (isForecast && actual >= 0) {
        String of = name.equals(FORECAST) ? name : name.substring(FORECAST.length() + 1);
        forecasts.add(new Forecast(of, i, actual));
      }
      if (!isActual || columns.indexOf(name.replaceFirst(ACTUAL, FORECAST)) < 0) {
        differences.add(new Difference(name, i));
      }
    }
    this.firstOwn = new Own(forecasts.size());
    this.secondOwn = new Own(forecasts.size());
  }

  ReadScore.Columns columns() {
    return columns;
  }

  void first(ReadScore row) {
    own(firstOwn, row);
    matching.first(row);
  }

  void second(ReadScore row) {
    own(secondOwn, row);
    matching.second(row);
  }

  private void own(Own own, ReadScore row) {
    own.scores++;
    own.found += finds(row) ? 1 : 0;
    for (int i = 0; i < forecasts.size(); i++) {
      double error = forecasts.get(i).error(row);
      if (!Double.isNaN(error)) {
        own.errors[i] += error;
        own.counts[i]++;
      }
    }
  }

  private boolean finds(ReadScore row) {
    return likelihood >= 0 && row.value(likelihood) >= threshold;
  }

  private void both(ReadScore first, ReadScore second) {
    pairs++;
    fromMs = Math.min(fromMs, first.timeMs());
    untilMs = Math.max(untilMs, first.timeMs());
    differences.forEach(difference -> difference.add(first, second));
    forecasts.forEach(forecast -> forecast.add(first, second));
    if (error >= 0) {
      firstErrors.add(first.timeMs(), first.value(error));
      secondErrors.add(first.timeMs(), second.value(error));
    }
    boolean one = finds(first);
    boolean other = finds(second);
    bothFound += one && other ? 1 : 0;
    firstFound += one && !other ? 1 : 0;
    secondFound += other && !one ? 1 : 0;
    if (one != other && examples.size() < EXAMPLES) {
      examples.add(
          new Example(
              first.key(), first.timeMs(), first.value(likelihood), second.value(likelihood)));
    }
  }

  /** Records that both scored. */
  long pairs() {
    return pairs;
  }

  long firstAlone() {
    return matching.firstAlone();
  }

  long secondAlone() {
    return matching.secondAlone();
  }

  /** Earliest event time of what both scored. */
  long fromMs() {
    return fromMs;
  }

  /** Latest event time of what both scored. */
  long untilMs() {
    return untilMs;
  }

  List<Difference> differences() {
    return List.copyOf(differences);
  }

  /** Empty where scores have no forecasts. */
  List<Forecast> forecasts() {
    return List.copyOf(forecasts);
  }

  /** The first version's column {@code error} over time; empty where scores have none. */
  Curve firstErrors() {
    return firstErrors;
  }

  Curve secondErrors() {
    return secondErrors;
  }

  Own firstOwn() {
    return firstOwn;
  }

  Own secondOwn() {
    return secondOwn;
  }

  /** Whether scores say how likely an anomaly is. */
  boolean hasAnomalies() {
    return likelihood >= 0;
  }

  double threshold() {
    return threshold;
  }

  long bothFound() {
    return bothFound;
  }

  long firstFound() {
    return firstFound;
  }

  long secondFound() {
    return secondFound;
  }

  /** Anomalies that only one has found, the first ten. */
  List<Example> examples() {
    return List.copyOf(examples);
  }
}
