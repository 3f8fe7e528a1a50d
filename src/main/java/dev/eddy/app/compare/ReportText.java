package dev.eddy.app.compare;

import dev.eddy.app.csv.CsvTime;
import dev.eddy.app.terminal.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** A report as people read it. */
final class ReportText {
  private final Report report;
  private final String first;
  private final String second;

  /**
   * @param first what the first version is called, such as {@code version 6}
   */
  ReportText(Report report, String first, String second) {
    this.report = report;
    this.first = first;
    this.second = second;
  }

  void print(PrintWriter out) {
    counts().print(out);
    if (report.pairs() > 0) {
      out.println();
      differences().print(out);
    }
    if (!report.forecasts().isEmpty()) {
      out.println();
      errors().print(out);
    }
    if (report.hasAnomalies()) {
      out.println();
      anomalies().print(out);
      if (!report.examples().isEmpty()) {
        out.println();
        examples().print(out);
      }
    }
    out.flush();
  }

  private TextTable counts() {
    TextTable table = new TextTable(List.of("scored by", ">records", "from", "until"));
    boolean any = report.pairs() > 0;
    table.row(
        "both",
        count(report.pairs()),
        any ? CsvTime.text(report.fromMs()) : "",
        any ? CsvTime.text(report.untilMs()) : "");
    table.row(first + " only", count(report.firstAlone()), "", "");
    table.row(second + " only", count(report.secondAlone()), "", "");
    return table;
  }

  private TextTable differences() {
    TextTable table =
        new TextTable(
            List.of("difference of", ">mean", ">largest", "the largest at", "with the key"));
    for (Report.Difference difference : report.differences()) {
      if (difference.count() == 0) {
        table.row(difference.column, "", "", "one has no value", "");
      } else {
        table.row(
            difference.column,
            number(difference.mean()),
            number(difference.largest()),
            CsvTime.text(difference.largestMs()),
            difference.largestKey());
      }
    }
    return table;
  }

  /** Of the same records where there are some; else each of its own, which is less to go by. */
  private TextTable errors() {
    boolean same = report.forecasts().stream().anyMatch(forecast -> forecast.count() > 0);
    TextTable table =
        new TextTable(
            List.of(
                same ? "mean absolute error" : "mean absolute error, each of its own records",
                ">" + first,
                ">" + second,
                ">ratio"));
    for (int i = 0; i < report.forecasts().size(); i++) {
      Report.Forecast forecast = report.forecasts().get(i);
      double one = same ? forecast.firstError() : report.firstOwn().error(i);
      double other = same ? forecast.secondError() : report.secondOwn().error(i);
      table.row(forecast.column, number(one), number(other), ratio(other / one));
    }
    return table;
  }

  private TextTable anomalies() {
    String what =
        String.format(Locale.ROOT, "likelihood of an anomaly from %s", report.threshold());
    TextTable table = new TextTable(List.of(what, ">records"));
    if (report.pairs() > 0) {
      table.row("found by both", count(report.bothFound()));
      table.row("found by " + first + " only", count(report.firstFound()));
      table.row("found by " + second + " only", count(report.secondFound()));
    } else {
      table.row("found by " + first, count(report.firstOwn().found()));
      table.row("found by " + second, count(report.secondOwn().found()));
    }
    return table;
  }

  private TextTable examples() {
    TextTable table =
        new TextTable(List.of("found by one", "with the key", ">" + first, ">" + second));
    for (Report.Example example : report.examples()) {
      table.row(
          CsvTime.text(example.timeMs()),
          example.key(),
          String.format(Locale.ROOT, "%.6f", example.first()),
          String.format(Locale.ROOT, "%.6f", example.second()));
    }
    return table;
  }

  private static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.4g", value);
  }

  private static String ratio(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "";
  }
}
