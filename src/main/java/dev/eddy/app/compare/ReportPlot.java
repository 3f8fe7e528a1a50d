package dev.eddy.app.compare;

import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A report as a picture over event time: both versions' errors, or their differences where nothing
 * says what arrived, or one column of both.
 */
final class ReportPlot {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 500;
  private static final Color ARRIVED = new Color(0x999999);
  private static final Color FIRST = new Color(0x0072B2); // of Okabe and Ito, told apart by most
  private static final Color SECOND = new Color(0xD55E00);

  private final XYChart chart;

  private ReportPlot(XYChart chart) {
    this.chart = chart;
  }

  /**
   * Draws it.
   *
   * @param column of the forecasts or of the differences; null for the errors, or all differences
   */
  static ReportPlot of(Report report, String first, String second, String column) {
    if (column == null && !report.firstErrors().points().isEmpty()) {
      XYChart chart = chart("Error against what arrived", "error");
      line(chart, first, report.firstErrors(), FIRST);
      line(chart, second, report.secondErrors(), SECOND);
      return new ReportPlot(chart);
    }
    for (Report.Forecast forecast : report.forecasts()) {
      if (forecast.column.equals(column)) {
        XYChart chart = chart(column, column);
        line(chart, "arrived", forecast.arrived, ARRIVED);
        line(chart, first, forecast.firstCurve, FIRST);
        line(chart, second, forecast.secondCurve, SECOND);
        return new ReportPlot(chart);
      }
    }
    XYChart chart = chart("Difference of " + first + " and " + second, "difference");
    for (Report.Difference difference : report.differences()) {
      if (column == null || difference.column.equals(column)) {
        line(chart, difference.column, difference.curve, null);
      }
    }
    return new ReportPlot(chart);
  }

  private static XYChart chart(String title, String values) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("event time, UTC")
            .yAxisTitle(values)
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setTimezone(java.util.TimeZone.getTimeZone("UTC"));
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotBorderVisible(false);
    chart
        .getStyler()
        .setDefaultSeriesRenderStyle(org.knowm.xchart.XYSeries.XYSeriesRenderStyle.Line);
    return chart;
  }

  private static void line(XYChart chart, String name, Curve curve, Color color) {
    List<Date> times = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    for (Curve.Point point : curve.points()) {
      times.add(new Date((long) point.timeMs()));
      values.add(point.value());
    }
    if (times.isEmpty()) {
      return;
    }
    var series = chart.addSeries(name, times, values);
    series.setMarker(times.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    series.setLineWidth(1.4f);
    if (color != null) {
      series.setLineColor(color);
    }
  }

  /** Whether there is something to see. */
  boolean isEmpty() {
    return chart.getSeriesMap().isEmpty();
  }

  void writeSvg(OutputStream out) throws IOException {
    VectorGraphicsEncoder.saveVectorGraphic(
        chart, out, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
  }

  void writePng(OutputStream out) throws IOException {
    BitmapEncoder.saveBitmap(chart, out, BitmapEncoder.BitmapFormat.PNG);
  }
}
