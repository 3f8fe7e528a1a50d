package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.score.Classes;
import dev.eddy.score.Emit;
import dev.eddy.streams.ScorePipeline.In;
import dev.eddy.streams.ScorePipeline.Out;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Classes, and which scores go out. */
class EmitTopologyTest {
  private static final PackedModel MODEL =
      PackedModels.random(
          "m",
          1,
          """
          input: {channels: 2}
          layers:
            - lstm: {units: 5}
            - dense: {units: 3}
          outputs: [a, b, c]
          """,
          3,
          4);
  private static final Classes LOGITS = Classes.of("walk", "sit", "run").ofLogits();
  private static final Outputs EVERY = Outputs.standard().with(LOGITS).withEmitted();

  private static List<In> ins() {
    List<In> ins = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String key = i % 3 == 0 ? "b" : "a";
      ins.add(new In(key, 10 * i, (float) Math.sin(i * 0.31), (float) Math.cos(i * 0.17)));
      if (i == 29) {
        ins.add(In.end("a", 295));
      }
    }
    ins.add(In.end("b", 1000));
    ins.add(In.end("nobody", 1001));
    return ins;
  }

  private static Scoring scoring(Outputs outputs) {
    return Scoring.of("p", MODEL.model()).with(outputs);
  }

  private static List<String> texts(List<Out> outs) {
    return outs.stream().map(Out::text).toList();
  }

  @Test
  void shouldGiveLabelAndProbability() {
    List<Out> values = ScorePipeline.score(scoring(Outputs.standard()), ins());
    List<Out> classes =
        ScorePipeline.scoreEveryWay(
            MODEL, scoring(Outputs.standard().with(LOGITS.withEach())), ins());
    assertThat(classes).hasSize(60);
    for (int i = 0; i < 60; i++) {
      double[] odds = new double[3];
      int best = 0;
      for (int k = 0; k < 3; k++) {
        odds[k] = Math.exp(values.get(i).score().getFloat(k));
        best = odds[k] > odds[best] ? k : best;
      }
      Out out = classes.get(i);
      double sum = odds[0] + odds[1] + odds[2];
      assertThat(out.get("label")).isEqualTo(List.of("walk", "sit", "run").get(best));
      assertClose(out.get("probability"), odds[best] / sum);
      assertClose(out.get("probability_walk"), odds[0] / sum);
      assertClose(out.get("probability_run"), odds[2] / sum);
    }
    assertThat(classes).extracting(out -> out.get("label")).contains("walk", "run");
  }

  private static void assertClose(Object found, double expected) {
    assertThat((double) (float) found)
        .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-6));
  }

  @Test
  void shouldTakeProbabilitiesAsTheModelGivesThem() {
    PackedModel softmax =
        PackedModels.random(
            "m",
            1,
            """
            input: {channels: 2}
            layers:
              - lstm: {units: 5}
              - dense: {units: 3}
              - softmax
            """,
            3,
            4);
    Scoring scoring = Scoring.of("p", softmax.model());
    List<Out> given =
        ScorePipeline.score(
            scoring.with(Outputs.standard().with(Classes.of("walk", "sit", "run"))), ins());
    List<Out> made = ScorePipeline.score(scoring(Outputs.standard().with(LOGITS)), ins());
    for (int i = 0; i < made.size(); i++) {
      assertThat(given.get(i).get("label")).isEqualTo(made.get(i).get("label"));
      assertClose(given.get(i).get("probability"), (float) made.get(i).get("probability"));
    }
  }

  @Test
  void shouldEmitWhereTheLabelChanges() {
    List<Out> every = ScorePipeline.score(scoring(EVERY), ins());
    List<Out> expected = new ArrayList<>();
    Map<String, Object> last = new HashMap<>();
    for (Out out : every) {
      if (out.key().equals("a") && out.timeMs() > 295 && last.get("ended") == null) {
        last.put("ended", "a");
        last.remove("a");
      }
      if (!out.get("label").equals(last.put(out.key(), out.get("label")))) {
        expected.add(out);
      }
    }
    List<Out> changes =
        ScorePipeline.scoreEveryWay(
            MODEL, scoring(EVERY.emit(new Emit.Change(Optional.empty()))), ins());
    assertThat(texts(changes)).isEqualTo(texts(expected));
    assertThat(changes.size()).isBetween(5, 40);
  }

  @Test
  void shouldEmitWhereAnyValueChanges() {
    List<In> ins = new ArrayList<>();
    PackedModel map =
        PackedModels.random("m", 1, "input: {channels: 1}\nlayers: [{dense: {units: 2}}]\n", 1, 1);
    for (int i = 0; i < 12; i++) {
      ins.add(new In("k", i, i / 4));
    }
    List<Out> outs =
        ScorePipeline.scoreEveryWay(
            map,
            Scoring.of("p", map.model())
                .with(Outputs.standard().emit(new Emit.Change(Optional.empty()))),
            ins);
    assertThat(outs).extracting(out -> out.score().frame()).containsExactly(0L, 4L, 8L);
  }

  @Test
  void shouldEmitAboveALimitOfTheUsualOrANamedColumn() {
    List<Out> every = ScorePipeline.score(scoring(EVERY), ins());
    List<Out> likely =
        ScorePipeline.scoreEveryWay(
            MODEL, scoring(EVERY.emit(new Emit.Above(0.7, Optional.empty()))), ins());
    assertThat(texts(likely))
        .isEqualTo(texts(every.stream().filter(o -> (float) o.get("probability") > 0.7).toList()));
    assertThat(likely.size()).isBetween(5, 55);
    Outputs values = Outputs.standard();
    List<Out> positive =
        ScorePipeline.score(scoring(values.emit(new Emit.Above(0, Optional.of("b")))), ins());
    assertThat(texts(positive))
        .isEqualTo(
            texts(
                ScorePipeline.score(scoring(values), ins()).stream()
                    .filter(out -> (float) out.get("b") > 0)
                    .toList()));
  }

  @Test
  void shouldEmitEveryNthOfASequence() {
    List<Out> outs =
        ScorePipeline.scoreEveryWay(MODEL, scoring(EVERY.emit(new Emit.Nth(7))), ins());
    assertThat(outs)
        .filteredOn(out -> out.key().equals("b"))
        .extracting(o -> o.score().frame())
        .containsExactly(6L, 13L);
    assertThat(outs)
        .filteredOn(out -> out.key().equals("a"))
        .extracting(o -> o.score().frame())
        .containsExactly(6L, 13L, 6L, 13L); // of two sequences
  }

  @Test
  void shouldEmitTheLastWhenASequenceEnds() {
    List<Out> every = ScorePipeline.score(scoring(EVERY), ins());
    List<Out> outs = ScorePipeline.scoreEveryWay(MODEL, scoring(EVERY.emit(new Emit.End())), ins());
    assertThat(outs).hasSize(2);
    assertThat(outs).extracting(Out::key).containsExactly("a", "b");
    assertThat(outs).extracting(out -> out.get("emitted")).containsExactly(295L, 1000L);
    assertThat(outs).extracting(out -> out.score().timeMs()).containsExactly(290L, 570L);
    List<Out> lastOfA =
        every.stream().filter(o -> o.key().equals("a") && o.timeMs() < 295).toList();
    for (String column : List.of("label", "probability", "frame", "model")) {
      assertThat(outs.get(0).get(column)).isEqualTo(lastOfA.get(lastOfA.size() - 1).get(column));
    }
  }

  @Test
  void shouldEmitTheOneResultOfASequenceAtItsEnd() {
    PackedModel last =
        PackedModels.random(
            "m",
            1,
            "input: {channels: 2}\nlayers: [{gru: {units: 4}}, last, {dense: {units: 3}}]\n",
            3,
            4);
    Scoring scoring = Scoring.of("p", last.model()).with(EVERY);
    List<Out> every = ScorePipeline.scoreEveryWay(last, scoring, ins());
    assertThat(every).hasSize(2);
    List<Out> ends =
        ScorePipeline.scoreEveryWay(last, scoring.with(EVERY.emit(new Emit.End())), ins());
    assertThat(texts(ends)).isEqualTo(texts(every));
  }

  @Test
  void shouldRefuseWhatDoesNotFit() {
    assertThatThrownBy(() -> scoring(Outputs.standard().with(Classes.of("x", "y"))))
        .hasMessage("model \"m\" version 1 gives 3 values, there are 2 classes: [x, y]");
    assertThatThrownBy(() -> scoring(Outputs.standard().emit(new Emit.Above(0, Optional.of("d")))))
        .hasMessage(
            "above needs the name of a column with numbers, got \"d\"; there are [a, b, c]");
    Outputs pair = Outputs.standard().with(Classes.of("x", "y", "z"));
    for (double limit : new double[] {1, 1.5, -0.1}) {
      assertThatThrownBy(() -> scoring(pair.emit(new Emit.Above(limit, Optional.empty()))))
          .hasMessage(
              "above(%s) of probability, which is 0 to 1, lets out all or none; write a number from"
                  + " 0 to less than 1",
              limit);
    }
    assertThatThrownBy(() -> Emit.parse("sometimes", Optional.empty()))
        .hasMessage(
            "\"sometimes\" is not accepted; accepted: every, change, end, above(0.99), nth(10)");
    assertThat(Emit.parse("above( 0.5 )", Optional.of("p")))
        .isEqualTo(new Emit.Above(0.5, Optional.of("p")));
    assertThat(Emit.parse("nth(10)", Optional.empty())).isEqualTo(new Emit.Nth(10));
  }
}
