package dev.eddy.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.eddy.app.pipeline.SampleRun.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The pipelines in config/, over the samples beside them: each finds what it is for. */
class ReadyPipelinesTest {
  private static final List<String> ACTIVITIES = List.of("rest", "walk", "run", "stairs", "cycle");
  private static final List<String> SHAPES = List.of("circle", "square", "triangle", "cross");

  private static SampleRun run(String name) {
    SampleRun run =
        SampleRun.of(Path.of("config", name + ".yaml"), Path.of("config/samples", name + ".csv"));
    assertThat(run.deadLetters()).isEmpty();
    return run;
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
        right += label(score, ACTIVITIES).equals(was.get(person).get(i)) ? 1 : 0;
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
      right += label(run.scores().get(i), SHAPES).equals(run.rows().get(i).text("shape")) ? 1 : 0;
    }
    assertThat(right).isGreaterThanOrEqualTo(run.rows().size() * 8 / 10);
  }

  /** The column of the largest probability. */
  private static String label(Row score, List<String> columns) {
    assertThat(columns.stream().mapToDouble(score::number).sum()).isCloseTo(1, within(1e-5));
    return Collections.max(columns, Comparator.comparingDouble(score::number));
  }
}
