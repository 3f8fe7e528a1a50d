package dev.eddy.app.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.eddy.app.terminal.UserException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final Schema SCHEMA =
      SchemaBuilder.record("Score")
          .fields()
          .requiredLong("time")
          .requiredLong("frame")
          .requiredString("model")
          .optionalFloat("forecast")
          .requiredFloat("actual")
          .requiredDouble("anomaly_likelihood")
          .endRecord();
  private static final Schema PLAIN =
      SchemaBuilder.record("Score")
          .fields()
          .requiredLong("time")
          .requiredString("model")
          .requiredFloat("y")
          .endRecord();
  private static final ReadScore.Columns COLUMNS = ReadScore.Columns.of(SCHEMA);

  @TempDir Path folder;

  private static ReadScore row(
      String key, long time, Float forecast, float actual, double likelihood) {
    GenericData.Record record = new GenericData.Record(SCHEMA);
    record.put("time", time);
    record.put("frame", 0L);
    record.put("model", "m/1");
    record.put("forecast", forecast);
    record.put("actual", actual);
    record.put("anomaly_likelihood", likelihood);
    return ReadScore.of(key, record, COLUMNS);
  }

  private static ReadScore plain(long time, float y) {
    GenericData.Record record = new GenericData.Record(PLAIN);
    record.put("time", time);
    record.put("model", "m/1");
    record.put("y", y);
    return ReadScore.of("k", record, ReadScore.Columns.of(PLAIN));
  }

  private static String text(Report report) {
    StringWriter text = new StringWriter();
    new ReportText(report, "version 1", "version 2").print(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void shouldSumUpWhatBothScored() {
    Report report = new Report(COLUMNS, 0.9);
    report.first(row("a", 1, null, 5, 0.5)); // before its first forecast
    report.second(row("a", 1, 4f, 5, 0.5));
    report.first(row("a", 2, 1f, 3, 0.95));
    report.first(row("b", 2, 7f, 3, 0.95));
    report.second(row("b", 2, 2f, 3, 0.2));
    report.second(row("a", 2, 2f, 3, 0.99));
    report.first(row("a", 3, 1f, 1, 0.1));
    report.second(row("c", 3, 1f, 1, 0.9));
    assertThat(report.pairs()).isEqualTo(3);
    assertThat(report.firstAlone()).isEqualTo(1);
    assertThat(report.secondAlone()).isEqualTo(1);
    assertThat(report.fromMs()).isEqualTo(1);
    assertThat(report.untilMs()).isEqualTo(2);
    Report.Difference forecast = report.differences().get(0);
    assertThat(forecast.column).isEqualTo("forecast");
    assertThat(forecast.count()).isEqualTo(2);
    assertThat(forecast.mean()).isCloseTo(3, within(1e-9));
    assertThat(forecast.largest()).isEqualTo(5);
    assertThat(forecast.largestKey()).isEqualTo("b");
    assertThat(forecast.largestMs()).isEqualTo(2);
    assertThat(report.differences()).hasSize(2); // what arrived is the same for both
    assertThat(report.forecasts().get(0).firstError()).isCloseTo(3, within(1e-9));
    assertThat(report.forecasts().get(0).secondError()).isCloseTo(1, within(1e-9));
    assertThat(report.bothFound()).isEqualTo(1);
    assertThat(report.firstFound()).isEqualTo(1);
    assertThat(report.secondFound()).isZero();
    assertThat(report.examples()).containsExactly(new Report.Example("b", 2, 0.95, 0.2));
    assertThat(text(report).lines())
        .containsExactly(
            "scored by       records  from                     until",
            "both                  3  1970-01-01 00:00:00.001  1970-01-01 00:00:00.002",
            "version 1 only        1",
            "version 2 only        1",
            "",
            "difference of         mean  largest  the largest at           with the key",
            "forecast             3.000    5.000  1970-01-01 00:00:00.002  b",
            "anomaly_likelihood  0.2633   0.7500  1970-01-01 00:00:00.002  b",
            "",
            "mean absolute error  version 1  version 2  ratio",
            "forecast                 3.000      1.000  0.333",
            "",
            "likelihood of an anomaly from 0.9  records",
            "found by both                            1",
            "found by version 1 only                  1",
            "found by version 2 only                  0",
            "",
            "found by one             with the key  version 1  version 2",
            "1970-01-01 00:00:00.002  b              0.950000   0.200000");
  }

  @Test
  void shouldTellEachOnesErrorsWhereNothingWasScoredByBoth() {
    Report report = new Report(COLUMNS, 0.9);
    report.first(row("a", 1, 2f, 5, 0.95));
    report.second(row("b", 1, 4f, 5, 0.5));
    assertThat(text(report))
        .contains("both                  0\n")
        .doesNotContain("difference")
        .contains("mean absolute error, each of its own records  version 1  version 2  ratio\n")
        .containsPattern("forecast +3\\.000 +1\\.000  0\\.333\n")
        .containsPattern("found by version 1 +1\n");
  }

  @Test
  void shouldPairTheFirstWithTheFirstWhereTimesAreEqual() {
    Report report = new Report(ReadScore.Columns.of(PLAIN), 0.9);
    report.first(plain(7, 1));
    report.first(plain(7, 2));
    report.second(plain(7, 1.5f));
    report.second(plain(7, 2.5f));
    assertThat(report.pairs()).isEqualTo(2);
    assertThat(report.differences().get(0).largest()).isEqualTo(0.5);
    assertThat(report.forecasts()).isEmpty();
    assertThat(report.hasAnomalies()).isFalse();
  }

  @Test
  void shouldKeepBoundedWhatWaits() {
    long[] pairs = new long[1];
    Matching matching = new Matching(10, (first, second) -> pairs[0]++);
    for (int i = 0; i < 1000; i++) {
      matching.first(plain(i, 0));
    }
    for (int i = 0; i < 1000; i++) {
      matching.second(plain(i, 0));
    }
    assertThat(pairs[0]).isEqualTo(10);
    assertThat(matching.firstAlone()).isEqualTo(990);
    assertThat(matching.secondAlone()).isEqualTo(990);
  }

  @Test
  void shouldKeepTheMeanOfACurveInBoundedStretches() {
    Curve curve = new Curve();
    for (int i = 0; i < 100_000; i++) {
      curve.add(1_700_000_000_000L + i * 60_000L, i);
    }
    List<Curve.Point> points = curve.points();
    assertThat(points).hasSizeBetween(Curve.MOST / 2, Curve.MOST);
    for (Curve.Point point : points) {
      double minutes = (point.timeMs() - 1_700_000_000_000L) / 60_000;
      assertThat(point.value()).isCloseTo(minutes, within(300.0));
    }
  }

  @Test
  void shouldDrawSvgAndPng() throws Exception {
    Report report = new Report(COLUMNS, 0.9);
    for (int i = 0; i < 50; i++) {
      report.first(row("a", i * 1000, (float) i, 5, 0.5));
      report.second(row("a", i * 1000, 4f, 5, 0.5));
    }
    for (String column : new String[] {null, "forecast", "anomaly_likelihood"}) {
      ReportPlot plot = ReportPlot.of(report, "version 1", "version 2", column);
      ByteArrayOutputStream svg = new ByteArrayOutputStream();
      plot.writeSvg(svg);
      var factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
      var document =
          factory.newDocumentBuilder().parse(new ByteArrayInputStream(svg.toByteArray()));
      assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      plot.writePng(png);
      assertThat(ImageIO.read(new ByteArrayInputStream(png.toByteArray())).getWidth())
          .isEqualTo(1000);
    }
    assertThat(ReportPlot.of(report, "version 1", "version 2", "nothing").isEmpty()).isTrue();
  }

  private void refuses(
      long first,
      long second,
      long until,
      double threshold,
      Path plot,
      String column,
      String says) {
    assertThatThrownBy(
            () ->
                new CompareRun.Question(
                    "m",
                    first,
                    second,
                    List.of("t"),
                    0,
                    until,
                    threshold,
                    Optional.ofNullable(plot),
                    Optional.ofNullable(column)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(says);
  }

  @Test
  void shouldRefuseWhatMakesNoSense() throws IOException {
    refuses(1, 1, 9, 0.5, null, null, "name two different versions, from 1 on, got 1 and 1");
    refuses(0, 1, 9, 0.5, null, null, "name two different versions, from 1 on, got 0 and 1");
    refuses(1, 2, 0, 0.5, null, null, "--from must be before --until");
    refuses(1, 2, 9, 1.5, null, null, "--likelihood must be above 0 and at most 1, got 1.5");
    refuses(1, 2, 9, Double.NaN, null, null, "--likelihood must be above 0");
    refuses(1, 2, 9, 0.5, null, "c", "--column goes with --plot");
    refuses(1, 2, 9, 0.5, Path.of("x.jpg"), null, "x.jpg: its name must end in .svg or .png");
    refuses(1, 2, 9, 0.5, folder.resolve("no/x.svg"), null, "x.svg: no such folder");
    refuses(1, 2, 9, 0.5, Files.createDirectory(folder.resolve("f.png")), null, "is a folder");
  }
}
