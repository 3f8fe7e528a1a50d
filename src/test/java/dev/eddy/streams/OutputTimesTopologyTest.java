package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.streams.ScorePipeline.In;
import dev.eddy.streams.ScorePipeline.Out;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What time a score speaks of, and when it was made. */
class OutputTimesTopologyTest {
  private static final long[] TIMES = {1000, 1400, 1480, 1600, 2000, 2001, 2301};

  private static List<Out> scores(String layers) {
    PackedModel packed =
        PackedModels.random(
            "m", 1, "input: {channels: 1}\nlayers: [" + layers + "]\noutputs: [y]\n", 1, 1);
    Scoring scoring = Scoring.of("p", packed.model()).with(Outputs.standard().withEmitted());
    List<In> ins = new ArrayList<>();
    for (int i = 0; i < TIMES.length; i++) {
      ins.add(new In("k", TIMES[i], i));
      ins.add(new In("other", TIMES[i] + 3, -i));
    }
    ins.add(In.end("k", 9000));
    return ScorePipeline.scoreEveryWay(packed, scoring, ins).stream()
        .filter(out -> out.key().equals("k"))
        .toList();
  }

  private static void assertTimes(List<Out> outs, long... times) {
    assertThat(outs).extracting(out -> out.score().timeMs()).isEqualTo(boxed(times));
  }

  private static void assertEmitted(List<Out> outs, long... times) {
    assertThat(outs).extracting(out -> out.get("emitted")).isEqualTo(boxed(times));
    for (Out out : outs) {
      assertThat(out.timeMs()).isEqualTo(Math.min(out.score().timeMs(), (long) out.get("emitted")));
    }
  }

  private static List<Object> boxed(long... values) {
    return new ArrayList<>(Arrays.stream(values).boxed().toList());
  }

  @Test
  void shouldBeTheTimeOfTheRecordWhereANetworkIsPrompt() {
    List<Out> outs = scores("{lstm: {units: 2}}, {dense: {units: 1}}");
    assertTimes(outs, TIMES);
    assertEmitted(outs, TIMES);
  }

  @Test
  void shouldInterpolateBetweenTheLastTwoWhereANetworkUpsamples() {
    List<Out> outs = scores("{deconv: {filters: 1, kernel: 4, stride: 4}}");
    assertTimes(
        outs.subList(0, 16),
        1000,
        1000,
        1000,
        1000,
        1100,
        1200,
        1300,
        1400,
        1420,
        1440,
        1460,
        1480,
        1510,
        1540,
        1570,
        1600);
    assertTimes(outs.subList(20, 24), 2000, 2000, 2000, 2001); // rounded down
    assertThat(outs).hasSize(28);
    assertEmitted(outs.subList(4, 8), 1400, 1400, 1400, 1400);
  }

  @Test
  void shouldBeOfTheMiddleWhereANetworkLooksAhead() {
    List<Out> outs = scores("{conv: {filters: 1, kernel: 5, padding: 2}}");
    assertTimes(outs, TIMES);
    assertEmitted(outs, 1480, 1600, 2000, 2001, 2301, 9000, 9000);
  }

  @Test
  void shouldBeOfTheLastInputOfAWindow() {
    List<Out> outs = scores("{conv: {filters: 1, kernel: 3, stride: 2}}");
    assertTimes(outs, 1000, 1480, 2000, 2301);
    outs = scores("{conv: {filters: 1, kernel: 3, stride: 2, padding: valid}}");
    assertTimes(outs, 1480, 2000, 2301);
    assertEmitted(outs, 1480, 2000, 2301);
  }

  @Test
  void shouldBeOfTheMiddleOfAStridedWindowWhereItLooksAhead() {
    List<Out> outs = scores("{conv: {filters: 1, kernel: 3, stride: 2, padding: 1}}");
    assertTimes(outs, 1000, 1480, 2000, 2301);
    assertEmitted(outs, 1400, 1600, 2001, 9000);
  }

  @Test
  void shouldGiveEachFrameOfABurstTheTimeOfItsInput() {
    List<Out> outs =
        scores(
            "{conv: {filters: 2, kernel: 3, stride: 3}}, {deconv: {filters: 1, kernel: 3, stride: 3}}");
    assertTimes(outs, 1000, 1000, 1000, 1400, 1480, 1600, 2000, 2001, 2301);
    assertEmitted(outs, 1000, 1000, 1000, 1600, 1600, 1600, 2301, 2301, 2301);
  }

  @Test
  void shouldGoOnAsBetweenTheLastTwoWhatComesAfterTheEnd() {
    List<Out> outs = scores("{deconv: {filters: 1, kernel: 3}}");
    assertThat(outs).hasSize(TIMES.length + 2);
    assertTimes(outs.subList(7, 9), 2601, 2901);
    assertEmitted(outs.subList(7, 9), 9000, 9000);
  }

  @Test
  void shouldBeOfTheLastInputWhereAResultComesAtTheEnd() {
    List<Out> outs = scores("{gru: {units: 3}}, last, {dense: {units: 1}}");
    assertTimes(outs, 2301);
    assertEmitted(outs, 9000);
  }
}
