package dev.eddy.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.app.pipeline.SampleRun.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The pipelines in config/, over the samples beside them: each finds what it is for. */
class ReadyPipelinesTest {
  private static final int DAY = 24;
  private static final int WINDOW = 64;

  private static SampleRun run(String name) {
    SampleRun run =
        SampleRun.of(Path.of("config", name + ".yaml"), Path.of("config/samples", name + ".csv"));
    assertThat(run.deadLetters()).isEmpty();
    return run;
  }

  @Test
  void shouldForecastADayOfLoadsBetterThanTheLastValues() {
    SampleRun run = run("transformer-load");
    assertThat(run.scores()).hasSize(run.rows().size() / DAY);
    Map<String, Double> std =
        Map.of(
            "HUFL", 5.8127, "HULL", 2.0901, "MUFL", 5.5188, "MULL", 1.9264, "LUFL", 1.0235, "LULL",
            0.63024, "OT", 9.1765);
    double model = 0;
    double last = 0;
    for (int day = 1; day + 1 < run.scores().size(); day++) {
      Row score = run.scores().get(day);
      int at = (day + 1) * DAY - 1;
      assertThat(score.timeMs()).isEqualTo(run.rows().get(at).timeMs());
      for (String column : std.keySet()) {
        List<?> ahead = (List<?>) score.value().get("forecasts_" + column);
        assertThat(ahead).hasSize(DAY);
        for (int hour = 0; hour < DAY; hour++) {
          double came = run.rows().get(at + 1 + hour).number(column);
          double forecast = ((Number) ahead.get(hour)).doubleValue();
          model += Math.abs(forecast - came) / std.get(column);
          last += Math.abs(run.rows().get(at).number(column) - came) / std.get(column);
        }
      }
    }
    assertThat(model).isLessThan(0.75 * last);
  }

  @Test
  void shouldSayAtItsEndWhatASessionWas() {
    SampleRun run = run("activity");
    assertThat(run.scores()).hasSize(15);
    Map<String, List<String>> was = new LinkedHashMap<>();
    run.rows()
        .forEach(
            row -> {
              List<String> kinds = was.computeIfAbsent(row.key(), key -> new ArrayList<>());
              String kind = row.text("activity"); // no two sessions in a row are of one kind
              if (kinds.isEmpty() || !kinds.get(kinds.size() - 1).equals(kind)) {
                kinds.add(kind);
              }
            });
    int right = 0;
    Map<String, List<Row>> said =
        run.scores().stream().collect(Collectors.groupingBy(Row::key, Collectors.toList()));
    for (String person : was.keySet()) {
      assertThat(said.get(person)).hasSameSizeAs(was.get(person));
      for (int i = 0; i < was.get(person).size(); i++) {
        Row score = said.get(person).get(i);
        assertThat(score.number("probability")).isBetween(0.2, 1.0);
        right += score.text("label").equals(was.get(person).get(i)) ? 1 : 0;
      }
    }
    assertThat(right).isGreaterThanOrEqualTo(12);
  }

  @Test
  void shouldSayWhichShapeACameraSees() {
    SampleRun run = run("shapes");
    assertThat(run.scores()).hasSameSizeAs(run.rows());
    int right = 0;
    for (int i = 0; i < run.rows().size(); i++) {
      assertThat(run.scores().get(i).timeMs()).isEqualTo(run.rows().get(i).timeMs());
      right += run.scores().get(i).text("label").equals(run.rows().get(i).text("shape")) ? 1 : 0;
    }
    assertThat(right).isGreaterThanOrEqualTo(run.rows().size() * 8 / 10);
  }

  @Test
  void shouldBeSurprisedByOddLines() {
    SampleRun run = run("log-text");
    assertThat(run.scores()).hasSameSizeAs(run.rows());
    List<Double> usual = new ArrayList<>();
    List<Double> odd = new ArrayList<>();
    for (int i = 0; i < run.rows().size(); i++) {
      (run.rows().get(i).text("odd") == null ? usual : odd)
          .add(run.scores().get(i).number("mean_surprise"));
    }
    assertThat(odd).hasSize(5);
    double least = odd.stream().mapToDouble(d -> d).min().orElseThrow();
    assertThat(usual.stream().filter(surprise -> surprise >= least)).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void shouldFailToGiveBackTheVibrationOfAFault() {
    SampleRun run = run("vibration");
    Map<String, List<Row>> samples =
        run.rows().stream().collect(Collectors.groupingBy(Row::key, Collectors.toList()));
    Map<String, List<Row>> scores =
        run.scores().stream().collect(Collectors.groupingBy(Row::key, Collectors.toList()));
    assertThat(scores.keySet()).isEqualTo(samples.keySet());
    double threshold = 0.12 / 0.5; // g, in standard deviations
    samples.forEach(
        (machine, rows) -> {
          assertThat(scores.get(machine)).hasSize(rows.size() / WINDOW);
          for (int i = 0; i < scores.get(machine).size(); i++) {
            double error = scores.get(machine).get(i).number("error");
            assertThat(error > threshold)
                .as("error %s of window %d of %s", error, i, machine)
                .isEqualTo(rows.get(i * WINDOW).text("fault") != null);
          }
        });
  }
}
