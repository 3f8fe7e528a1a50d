package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.score.Emit;
import dev.eddy.score.Surprise;
import dev.eddy.streams.ScorePipeline.In;
import dev.eddy.streams.ScorePipeline.Out;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How little each token was expected. */
class SurpriseTopologyTest {
  private static final String LOGITS =
      """
      input: {channels: 1}
      layers:
        - embedding: {tokens: 6, size: 3}
        - gru: {units: 5}
        - dense: {units: 6}
      """;

  private static PackedModel model(String last) {
    return PackedModels.random("m", 1, LOGITS + last, 3, 3);
  }

  private static int token(int i) {
    return (i * i + i / 3) % 6;
  }

  private static List<In> ins() {
    List<In> ins = new ArrayList<>();
    for (int line = 0; line < 4; line++) {
      for (int i = 0; i < 8 + line; i++) {
        ins.add(new In("k", 100 * line + i, token(line + i)));
      }
      ins.add(In.end("k", 100 * line + 50));
    }
    return ins;
  }

  private static Scoring scoring(PackedModel packed, Surprise surprise) {
    return Scoring.of("p", packed.model()).with(Outputs.standard().with(surprise));
  }

  @Test
  void shouldBeTheNegativeLogarithmOfWhatTheOutputBeforeSaid() {
    PackedModel packed = model("");
    List<Out> logits = ScorePipeline.score(Scoring.of("p", packed.model()), ins());
    List<Out> outs =
        ScorePipeline.scoreEveryWay(packed, scoring(packed, Surprise.ofLogits()), ins());
    assertThat(outs).hasSize(8 + 9 + 10 + 11);
    double sum = 0;
    int count = 0;
    for (int i = 0; i < outs.size(); i++) {
      Out out = outs.get(i);
      int frame = (int) out.score().frame();
      if (frame == 0) {
        assertThat(out.get("surprise")).isNull();
        assertThat(out.get("mean_surprise")).isNull();
        sum = 0;
        count = 0;
        continue;
      }
      double odds = 0;
      for (int k = 0; k < 6; k++) {
        odds += Math.exp(logits.get(i - 1).score().getFloat(k));
      }
      int token = token((int) (out.timeMs() / 100) + frame);
      double nats = Math.log(odds) - logits.get(i - 1).score().getFloat(token);
      sum += nats;
      count++;
      assertThat((double) (float) out.get("surprise")).isCloseTo(nats, within(1e-5));
      assertThat((double) out.get("mean_surprise")).isCloseTo(sum / count, within(1e-5));
    }
  }

  @Test
  void shouldTakeProbabilitiesAndCountBits() {
    PackedModel packed = model("");
    List<Out> nats = ScorePipeline.score(scoring(packed, Surprise.ofLogits()), ins());
    Surprise bits = Surprise.ofLogits().in(Surprise.Unit.BITS);
    List<Out> probabilities =
        ScorePipeline.score(
            scoring(model("  - softmax\n"), bits.of(Surprise.Of.PROBABILITIES)), ins());
    List<Out> logs =
        ScorePipeline.score(
            scoring(model("  - log-softmax\n"), bits.of(Surprise.Of.LOG_PROBABILITIES)), ins());
    for (int i = 1; i < 8; i++) {
      double expected = (float) nats.get(i).get("surprise") / Math.log(2);
      assertThat((double) (float) probabilities.get(i).get("surprise"))
          .isCloseTo(expected, within(1e-4));
      assertThat((double) (float) logs.get(i).get("surprise")).isCloseTo(expected, within(1e-4));
    }
  }

  @Test
  void shouldGiveTheMeanOfASequenceAtItsEnd() {
    PackedModel packed = model("");
    Scoring scoring = scoring(packed, Surprise.ofLogits());
    List<Out> every = ScorePipeline.score(scoring, ins());
    List<Out> ends =
        ScorePipeline.scoreEveryWay(
            packed,
            scoring.with(Outputs.standard().with(Surprise.ofLogits()).emit(new Emit.End())),
            ins());
    assertThat(ends).hasSize(4);
    int last = -1;
    for (int line = 0; line < 4; line++) {
      last += 8 + line;
      assertThat(ends.get(line).score()).isEqualTo(every.get(last).score());
    }
  }

  @Test
  void shouldJudgeSurprise() {
    PackedModel packed = model("");
    Scoring scoring = scoring(packed, Surprise.ofLogits()).with(new Anomaly(1, 2, 20, 3));
    List<Out> outs = ScorePipeline.scoreEveryWay(packed, scoring, ins());
    assertThat(outs.get(0).get("anomaly_likelihood")).isEqualTo(0.5);
    assertThat((double) outs.get(7).get("anomaly_likelihood")).isNotEqualTo(0.5);
  }

  @Test
  void shouldRefuseWhatForetellsNoToken() {
    PackedModel small = PackedModels.random("m", 1, LOGITS.replace("units: 6", "units: 4"), 3, 1);
    try (ScorePipeline pipeline = new ScorePipeline(scoring(small, Surprise.ofLogits()))) {
      pipeline.pipe(new In("k", 1, 5));
      pipeline.pipe(new In("k", 2, 5));
      pipeline.pipe(new In("k", 3, 3));
      assertThat(pipeline.reasons()).containsExactly("token 5.0: the model foretells tokens 0..3");
      assertThat(pipeline.outs).extracting(out -> out.score().frame()).containsExactly(0L, 1L);
    }
    assertThatThrownBy(() -> scoring(model(""), Surprise.ofLogits().channel("word")))
        .hasMessage(
            "surprise needs the channel that holds the token, got \"word\"; the channels are [in0]");
  }
}
