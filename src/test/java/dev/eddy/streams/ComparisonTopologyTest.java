package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import dev.eddy.score.AnomalyLikelihood;
import dev.eddy.score.Bands;
import dev.eddy.score.Comparison;
import dev.eddy.streams.ScorePipeline.In;
import dev.eddy.streams.ScorePipeline.Out;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors of reconstructions and forecasts, and the bands around them. */
class ComparisonTopologyTest {
  private static final List<Channel> SCALED =
      List.of(new Channel("t", 50, 4, false), new Channel("p", -3, 0.5, false));

  private static PackedModel model(String layers) {
    return PackedModels.random(
        "m", 1, "input: {channels: 2}\nlayers: [" + layers + "]\noutputs: [t, p]\n", 5, 1);
  }

  private static List<In> ins(int count, int size) {
    SplittableRandom random = new SplittableRandom(8);
    List<In> ins = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] frame = new float[size];
      for (int k = 0; k < size; k++) {
        frame[k] = (float) random.nextDouble(-2, 2);
      }
      ins.add(new In("k", 100 * i, frame));
    }
    ins.add(In.end("k", 100 * count));
    return ins;
  }

  private static List<float[]> offline(PackedModel packed, List<In> ins) {
    Network network = packed.model().network(VersionsPipeline.KERNELS);
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    int size = network.output().size();
    List<float[]> out = new ArrayList<>();
    for (In in : ins) {
      if (in.frame() != null) {
        task.step(in.frame(), 0, state, (v, at) -> out.add(Arrays.copyOfRange(v, at, at + size)));
      }
    }
    task.flush(state, (v, at) -> out.add(Arrays.copyOfRange(v, at, at + size)));
    return out;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{dense: {units: 2}}",
        "{conv: {filters: 3, kernel: 5, padding: 2}}, relu, {conv: {filters: 2, kernel: 3, padding: 1}}",
        "{conv: {filters: 3, kernel: 3, stride: 3}}, {deconv: {filters: 2, kernel: 3, stride: 3}}",
        "{conv: {filters: 3, kernel: 3, padding: valid}}, {deconv: {filters: 2, kernel: 3}}"
      })
  void shouldCompareAReconstructionWithTheFrameOfItsNumber(String layers) {
    PackedModel packed = model(layers);
    Scoring scoring =
        Scoring.of("p", packed.model())
            .with(SCALED)
            .with(Outputs.standard().with(Comparison.ofReconstructions().withEach()));
    List<In> ins = ins(21, 2);
    List<Out> outs = ScorePipeline.scoreEveryWay(packed, scoring, ins);
    List<float[]> offline = offline(packed, ins);
    assertThat(outs).hasSize(21);
    for (int j = 0; j < 21; j++) {
      Out out = outs.get(j);
      float[] made = offline.get(j);
      float[] in = ins.get(j).frame();
      assertThat(out.score().frame()).isEqualTo(j);
      assertThat(out.score().timeMs()).isEqualTo(100 * j);
      assertThat(out.get("reconstruction_t")).isEqualTo((float) (made[0] * 4.0 + 50));
      assertThat(out.get("actual_p")).isEqualTo((float) (in[1] * 0.5 - 3));
      double dt = (double) made[0] - in[0];
      double dp = (double) made[1] - in[1];
      assertThat((float) out.get("error"))
          .isCloseTo((float) Math.sqrt((dt * dt + dp * dp) / 2), within(1e-6f));
      assertThat((float) out.get("error_t")).isCloseTo((float) Math.abs(4 * dt), within(1e-5f));
      assertThat((float) out.get("error_p")).isCloseTo((float) Math.abs(dp / 2), within(1e-5f));
    }
  }

  @Test
  void shouldGiveErrorsOfFramesWithAWidthByChannel() {
    PackedModel packed =
        PackedModels.random(
            "m",
            1,
            """
            input: {channels: 2, width: 5}
            layers:
              - conv: {filters: 2, kernel: [1, 3], padding: [0, 1]}
            """,
            5,
            1);
    List<Channel> channels = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      channels.add(new Channel((i < 5 ? "x_" : "y_") + i % 5, 1, i < 5 ? 2 : 3, false));
    }
    Scoring scoring =
        Scoring.of("p", packed.model())
            .with(channels)
            .with(Outputs.standard().with(Comparison.ofReconstructions()));
    List<In> ins = ins(11, 10);
    List<Out> outs = ScorePipeline.scoreEveryWay(packed, scoring, ins);
    List<float[]> offline = offline(packed, ins);
    assertThat(outs).hasSize(11);
    for (int j = 0; j < 11; j++) {
      double[] squares = new double[2];
      for (int i = 0; i < 10; i++) {
        squares[i / 5] += Math.pow((double) offline.get(j)[i] - ins.get(j).frame()[i], 2);
      }
      Out out = outs.get(j);
      assertThat((float) out.get("error"))
          .isCloseTo((float) Math.sqrt((squares[0] + squares[1]) / 10), within(1e-6f));
      assertThat((float) out.get("error_x"))
          .isCloseTo((float) (2 * Math.sqrt(squares[0] / 5)), within(1e-5f));
      assertThat((float) out.get("error_y"))
          .isCloseTo((float) (3 * Math.sqrt(squares[1] / 5)), within(1e-5f));
    }
  }

  @Test
  void shouldJudgeReconstructions() {
    PackedModel packed = model("{conv: {filters: 2, kernel: 3, padding: 1}}");
    Scoring scoring =
        Scoring.of("p", packed.model())
            .with(SCALED)
            .with(Outputs.standard().with(Comparison.ofReconstructions()))
            .with(new Anomaly(1, 3, 50, 5));
    List<In> ins = ins(40, 2);
    List<Out> outs = ScorePipeline.scoreEveryWay(packed, scoring, ins);
    AnomalyLikelihood likelihood = new AnomalyLikelihood(3, 50, 5);
    float[] state = new float[likelihood.stateLength()];
    assertThat(outs).hasSize(40);
    for (Out out : outs) {
      assertThat(out.get("anomaly_likelihood"))
          .isEqualTo(likelihood.score((float) out.get("error"), state, 0));
    }
  }

  @Test
  void shouldPutBandsAroundForecastsByTheResidualsBefore() {
    PackedModel packed = model("{lstm: {units: 3}}, {dense: {units: 2}}");
    Scoring scoring =
        Scoring.of("p", packed.model())
            .with(SCALED)
            .with(
                Outputs.standard()
                    .with(Comparison.ofForecasts(2).withEach())
                    .with(new Bands(0.9, 1000)));
    List<In> ins = ins(300, 2);
    List<Out> outs = ScorePipeline.scoreEveryWay(packed, scoring, ins);
    assertThat(outs).hasSize(300);
    double sum = 0;
    double squares = 0;
    int inside = 0;
    for (int i = 0; i < 300; i++) {
      Out out = outs.get(i);
      assertThat(out.get("forecast_t") != null).isEqualTo(i >= 2);
      assertThat(out.get("forecast_low_t") != null).isEqualTo(i >= 12);
      if (i < 2) {
        continue;
      }
      double residual = (double) (float) out.get("actual_t") - (float) out.get("forecast_t");
      assertThat((double) (float) out.get("error_t")).isCloseTo(Math.abs(residual), within(1e-4));
      if (i >= 12) {
        int count = i - 2;
        double mean = sum / count;
        double half = 1.6448536 * Math.sqrt(squares / count - mean * mean);
        float forecast = (float) out.get("forecast_t");
        float low = (float) out.get("forecast_low_t");
        float high = (float) out.get("forecast_high_t");
        assertThat((double) low).isCloseTo(forecast + mean - half, within(1e-3));
        assertThat((double) high).isCloseTo(forecast + mean + half, within(1e-3));
        float actual = (float) out.get("actual_t");
        inside += actual >= low && actual <= high ? 1 : 0;
      }
      sum += residual;
      squares += residual * residual;
    }
    assertThat(inside / 288.0).isBetween(0.8, 1.0);
  }

  @Test
  void shouldRefuseWhatCantBeCompared() {
    PackedModel upsampling = model("{deconv: {filters: 2, kernel: 2, stride: 2}}");
    Scoring scoring = Scoring.of("p", upsampling.model()).with(SCALED);
    assertThatThrownBy(() -> scoring.with(Outputs.standard().with(Comparison.ofReconstructions())))
        .hasMessage(
            "a reconstruction is compared with the frame of the same number; model \"m\" version 1"
                + " gives 2/1 frames a reading");
    PackedModel narrow =
        PackedModels.random(
            "m", 1, "input: {channels: 2}\nlayers: [{dense: {units: 1}}]\noutputs: [t]\n", 1, 1);
    assertThatThrownBy(
            () ->
                Scoring.of("p", narrow.model())
                    .with(SCALED)
                    .with(Outputs.standard().with(Comparison.ofReconstructions())))
        .hasMessage(
            "a reconstruction has the shape of its frame; model \"m\" version 1 takes frames of"
                + " [2] and gives frames of [1]");
    assertThatThrownBy(
            () ->
                Scoring.of("p", narrow.model())
                    .with(SCALED)
                    .with(Outputs.standard().with(Bands.standard())))
        .hasMessage(
            "bands are around forecasts or reconstructions of channels with one value each");
    Scoring ahead =
        Scoring.of("p", narrow.model())
            .with(SCALED)
            .with(Outputs.standard().with(Comparison.ofForecasts(3)));
    assertThatThrownBy(() -> ahead.with(Anomaly.standard()))
        .hasMessage("anomaly has the horizon 1, the error 3; they must be equal");
  }
}
