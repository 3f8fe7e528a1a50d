package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.avro.Calendar;
import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import dev.eddy.score.Comparison;
import dev.eddy.score.Emit;
import dev.eddy.score.Forecast;
import dev.eddy.score.Scaling;
import dev.eddy.streams.ScorePipeline.In;
import dev.eddy.streams.ScorePipeline.Out;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Forecasts of several frames. */
class ForecastTopologyTest {
  private static final PackedModel MODEL =
      PackedModels.random(
          "m",
          1,
          """
          input: {channels: 2}
          layers:
            - conv: {filters: 4, kernel: 3, padding: causal}
            - lstm: {units: 3}
            - dense: {units: 2}
          outputs: [p, t]
          """,
          5,
          2);
  private static final List<Channel> SCALED =
      List.of(new Channel("t", 50, 4, false), new Channel("p", -3, 0.5, false));
  private static final Scoring SCORING = Scoring.of("f", MODEL.model()).with(SCALED);

  private static List<In> ins() {
    List<In> ins = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      ins.add(new In("k", 60_000L * i + 7, (float) Math.sin(i), (float) Math.cos(i * 0.7)));
      ins.add(new In("l", 60_000L * i + 8, (float) Math.cos(i), (float) Math.sin(i * 0.7)));
    }
    return ins;
  }

  /** For each record of key "k" the frames ahead, in the input's units, channel t then p. */
  private static List<float[][]> expected(int horizon) {
    Network network = MODEL.model().network(VersionsPipeline.KERNELS);
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    List<float[][]> all = new ArrayList<>();
    float[] out = new float[2];
    for (In in : ins()) {
      if (!in.key().equals("k")) {
        continue;
      }
      task.step(in.frame(), 0, state, (v, at) -> System.arraycopy(v, at, out, 0, 2));
      float[] ahead = state.clone();
      float[][] frames = new float[horizon][];
      for (int i = 0; i < horizon; i++) {
        float t = out[1];
        float p = out[0];
        frames[i] = new float[] {(float) (t * 4.0 + 50), (float) (p * 0.5 - 3)};
        task.step(new float[] {t, p}, 0, ahead, (v, at) -> System.arraycopy(v, at, out, 0, 2));
      }
      all.add(frames);
    }
    return all;
  }

  @Test
  void shouldGiveArraysInTheRowOfTheRecord() {
    List<Out> outs =
        ScorePipeline.scoreEveryWay(
            MODEL, SCORING.with(Outputs.standard().with(Forecast.arrays(5))), ins());
    List<float[][]> expected = expected(5);
    List<Out> ofK = outs.stream().filter(out -> out.key().equals("k")).toList();
    assertThat(ofK).hasSize(12);
    for (int i = 0; i < 12; i++) {
      List<Float> t = new ArrayList<>();
      List<Float> p = new ArrayList<>();
      for (float[] frame : expected.get(i)) {
        t.add(frame[0]);
        p.add(frame[1]);
      }
      assertThat(ofK.get(i).get("forecasts_t")).isEqualTo(t);
      assertThat(ofK.get(i).get("forecasts_p")).isEqualTo(p);
      assertThat(ofK.get(i).get("t")).isEqualTo(t.get(0));
      assertThat(ofK.get(i).get("forecast_step_ms")).isEqualTo(i == 0 ? null : 60_000L);
    }
  }

  @Test
  void shouldGiveRecordsWithTheTimesThatTheySpeakOf() {
    Outputs outputs =
        Outputs.standard().with(Forecast.records(4).every(Duration.ofSeconds(30))).withEmitted();
    List<Out> outs = ScorePipeline.scoreEveryWay(MODEL, SCORING.with(outputs), ins());
    List<float[][]> expected = expected(4);
    List<Out> ofK = outs.stream().filter(out -> out.key().equals("k")).toList();
    assertThat(ofK).hasSize(48);
    for (int i = 0; i < 48; i++) {
      Out out = ofK.get(i);
      long madeMs = 60_000L * (i / 4) + 7;
      assertThat(out.timeMs()).isEqualTo(madeMs); // a broker refuses what is far ahead
      assertThat(out.score().timeMs()).isEqualTo(madeMs + 30_000L * (i % 4 + 1));
      assertThat(out.score().frame()).isEqualTo(i / 4 + i % 4 + 1);
      assertThat(out.get("ahead")).isEqualTo(i % 4 + 1L);
      assertThat(out.get("emitted")).isEqualTo(madeMs);
      assertThat(out.get("forecast_t")).isEqualTo(expected.get(i / 4)[i % 4][0]);
      assertThat(out.get("forecast_p")).isEqualTo(expected.get(i / 4)[i % 4][1]);
    }
  }

  @Test
  void shouldStepAsBetweenTheLastTwoRecordsAndOnlyWhereTheyGoOut() {
    Outputs outputs = Outputs.standard().with(Forecast.records(2)).emit(new Emit.Nth(3));
    List<Out> outs = ScorePipeline.scoreEveryWay(MODEL, SCORING.with(outputs), ins());
    assertThat(outs)
        .filteredOn(out -> out.key().equals("k"))
        .extracting(out -> out.score().timeMs())
        .containsExactly(
            180_007L, 240_007L, 360_007L, 420_007L, 540_007L, 600_007L, 720_007L, 780_007L);
    outs = ScorePipeline.score(SCORING.with(Outputs.standard().with(Forecast.records(2))), ins());
    assertThat(outs).hasSize(2 * 2 * 11); // nothing tells the step after the first record
  }

  @Test
  void shouldStandBesideErrors() {
    Outputs outputs = Outputs.standard().with(Comparison.ofForecasts(1)).with(Forecast.arrays(3));
    List<Out> outs = ScorePipeline.scoreEveryWay(MODEL, SCORING.with(outputs), ins());
    assertThat(outs).hasSize(24);
    assertThat(outs.get(2).get("forecast_t"))
        .isEqualTo(((List<?>) outs.get(0).get("forecasts_t")).get(0));
  }

  @Test
  void shouldHoldChannelsThatTheModelDoesNotForecastIfTold() {
    PackedModel one =
        PackedModels.random(
            "m", 1, "input: {channels: 2}\nlayers: [{dense: {units: 1}}]\noutputs: [t]\n", 5, 1);
    Scoring scoring = Scoring.of("f", one.model()).with(SCALED);
    assertThatThrownBy(() -> scoring.with(Outputs.standard().with(Forecast.arrays(3))))
        .hasMessage(
            "a forecast needs the next frames whole, but model \"m\" version 1 does not forecast"
                + " the channels [p]; write others: hold to keep their last values");
    Outputs outputs = Outputs.standard().with(Forecast.arrays(3).holdingOthers());
    List<Out> outs = ScorePipeline.scoreEveryWay(one, scoring.with(outputs), ins());
    Network network = one.model().network(VersionsPipeline.KERNELS);
    float[] frame = ins().get(0).frame().clone();
    for (int i = 0; i < 3; i++) {
      network.newTask().step(frame, 0, network.newState(), (v, at) -> frame[0] = v[at]);
      assertThat(((List<?>) outs.get(0).get("forecasts")).get(i))
          .isEqualTo((float) (frame[0] * 4.0 + 50));
    }
  }

  @Test
  void shouldFillTheCalendarOfTheFramesAhead() {
    PackedModel model =
        PackedModels.random(
            "m",
            1,
            """
            input: {channels: 3}
            layers:
              - lstm: {units: 3}
              - dense: {units: 1}
            outputs: [t]
            """,
            5,
            2);
    Calendar day = new Calendar("", List.of(Calendar.Cycle.DAY), ZoneId.of("Europe/Paris"));
    List<Channel> channels = new ArrayList<>(List.of(new Channel("t", 50, 4, false)));
    channels.addAll(Channel.of(day));
    Outputs outputs = Outputs.standard().with(Forecast.arrays(30)); // over midnight
    Scoring scoring = Scoring.of("f", model.model()).with(channels).with(outputs);
    List<In> ins = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      float[] frame = {(float) Math.sin(i), 0, 0};
      day.write(3_600_000L * i, frame, 1);
      ins.add(new In("k", 3_600_000L * i, frame));
    }
    List<Out> outs = ScorePipeline.scoreEveryWay(model, scoring, ins);
    assertThat(outs.get(0).get("forecasts")).isNull(); // nothing tells the step
    NetworkTask task = model.model().network(VersionsPipeline.KERNELS).newTask();
    float[] state = model.model().network(VersionsPipeline.KERNELS).newState();
    float[] out = new float[1];
    for (In in : ins) {
      task.step(in.frame(), 0, state, (v, at) -> out[0] = v[at]);
    }
    List<?> forecasts = (List<?>) outs.get(8).get("forecasts");
    for (int i = 0; i < 30; i++) {
      assertThat(forecasts.get(i)).isEqualTo((float) (out[0] * 4.0 + 50));
      float[] frame = {out[0], 0, 0};
      day.write(3_600_000L * (9 + i), frame, 1);
      task.step(frame, 0, state, (v, at) -> out[0] = v[at]);
    }
    assertThat(ScorePipeline.scoreEveryWay(model, scoring.with(Scaling.perKey()), ins)).hasSize(9);
  }

  @Test
  void shouldRefuseANetworkThatLags() {
    PackedModel lagging =
        PackedModels.random(
            "m",
            1,
            "input: {channels: 1}\nlayers: [{conv: {filters: 1, kernel: 3, padding: 1}}]\n"
                + "outputs: [in0]\n",
            5,
            1);
    assertThatThrownBy(
            () ->
                Scoring.of("f", lagging.model()).with(Outputs.standard().with(Forecast.arrays(3))))
        .hasMessage(
            "a forecast feeds each output in as the next reading; the outputs of model \"m\""
                + " version 1 do not come with each reading at once; pad causally");
  }
}
