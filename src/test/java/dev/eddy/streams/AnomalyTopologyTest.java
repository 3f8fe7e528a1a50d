package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.InputMapping;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Lstm;
import dev.eddy.model.Model;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import dev.eddy.score.AnomalyLikelihood;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnomalyTopologyTest {
  private static final Schema READING =
      SchemaBuilder.record("Reading").fields().requiredDouble("t").requiredDouble("p").endRecord();
  private static final InputMapping SCALED =
      InputMapping.of(
          ChannelSpec.numeric("t", "t").scaled(50, 4),
          ChannelSpec.numeric("p", "p").scaled(-3, 0.5));
  private static final Anomaly SOON = new Anomaly(1, 3, 50, 5);

  @Test
  void shouldGiveOneRowAReadingWithForecastActualErrorAndLikelihood() {
    Model model =
        Models.random("one", 1, 2, List.of("t"), new Lstm(4, 1, true), new Dense(1, true));
    Scoring scoring = Scoring.of("one", model).with(Channel.of(SCALED)).with(SOON);
    try (TestPipeline pipeline = new TestPipeline(scoring, SCALED)) {
      List<double[]> readings = feed(pipeline, 40);

      List<TestRecord<byte[], GenericRecord>> rows = pipeline.scoresSoFar();

      List<float[]> outputs = outputs(model, readings);
      AnomalyLikelihood likelihood = new AnomalyLikelihood(3, 50, 5);
      float[] state = new float[likelihood.stateLength()];
      assertThat(rows).hasSize(40);
      for (int i = 0; i < 40; i++) {
        GenericRecord row = rows.get(i).value();
        double actual = readings.get(i)[0];
        assertThat(row.get("frame")).isEqualTo((long) i);
        assertThat((float) row.get("actual")).isCloseTo((float) actual, within(1e-4f));
        if (i == 0) {
          assertThat(row.get("forecast")).isNull();
          assertThat(row.get("error")).isNull();
          assertThat(row.get("anomaly_likelihood")).isEqualTo(0.5);
          continue;
        }
        float forecast = outputs.get(i - 1)[0];
        float scaled = (float) ((actual - 50) / 4);
        assertThat((float) row.get("forecast")).isEqualTo((float) (forecast * 4.0 + 50));
        float error = (float) Math.abs((double) forecast - scaled);
        assertThat((float) row.get("error")).isCloseTo(error * 4, within(1e-4f));
        assertThat(row.get("anomaly_likelihood")).isEqualTo(likelihood.score(error, state, 0));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "5"})
  void shouldPairEachForecastWithItsReadingWhereFramesComeInBursts(int horizon) {
    Model model =
        Models.random(
            "burst",
            1,
            2,
            List.of("p", "t"),
            Conv.overTime(4, 4, 3, 1, 1, Conv.Padding.CAUSAL, true),
            Deconv.overTime(3, 3, 3, 1, true),
            new Dense(2, true));
    Scoring scoring =
        Scoring.of("burst", model).with(Channel.of(SCALED)).with(new Anomaly(horizon, 3, 50, 5));
    try (TestPipeline pipeline = new TestPipeline(scoring, SCALED)) {
      List<double[]> readings = feed(pipeline, 50);
      List<TestRecord<byte[], GenericRecord>> rows = pipeline.scoresSoFar();
      List<float[]> outputs = outputs(model, readings);
      assertThat(rows).hasSize(50);
      for (int i = 0; i < 50; i++) {
        GenericRecord row = rows.get(i).value();
        // a burst at readings 0, 3, 6, ...: frames up to 3 * (i - 1) / 3 + 2 are out before reading
        // i
        boolean known = i >= horizon && (i - horizon) / 3 * 3 < i;
        assertThat(row.get("forecast_t") != null).as("reading %d", i).isEqualTo(known);
        if (known) {
          float t = outputs.get(i - horizon)[1];
          float p = outputs.get(i - horizon)[0];
          assertThat((float) row.get("forecast_t")).isEqualTo((float) (t * 4.0 + 50));
          assertThat((float) row.get("forecast_p")).isEqualTo((float) (p * 0.5 - 3));
          double dt = t - (readings.get(i)[0] - 50) / 4;
          double dp = p - (readings.get(i)[1] + 3) / 0.5;
          assertThat((float) row.get("error"))
              .isCloseTo((float) Math.sqrt((dt * dt + dp * dp) / 2), within(1e-5f));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"VALID,4", "CAUSAL,0"})
  void shouldRefuseAHorizonThatNoForecastIsInTimeFor(Conv.Padding padding, int lag) {
    Model model =
        Models.random(
            "late",
            1,
            2,
            List.of("t"),
            Conv.overTime(4, 5, 1, 1, 1, padding, true),
            new Dense(1, true));
    Scoring scoring = Scoring.of("late", model).with(Channel.of(SCALED));
    if (lag > 0) {
      assertThatThrownBy(() -> scoring.with(new Anomaly(lag, 3, 50, 5)))
          .hasMessage(
              "anomaly: horizon is 4, but the output of model \"late\" version 1 comes 4 frames after"
                  + " the reading that it is numbered like, so no forecast would be there in time;"
                  + " write horizon: 5 or more, or pad causally");
    }
    try (TestPipeline pipeline =
        new TestPipeline(scoring.with(new Anomaly(lag + 1, 3, 50, 5)), SCALED)) {
      feed(pipeline, 20);
      List<TestRecord<byte[], GenericRecord>> rows = pipeline.scoresSoFar();
      assertThat(rows).hasSize(20);
      for (int i = 0; i < 20; i++) {
        assertThat(rows.get(i).value().get("forecast") != null).isEqualTo(i > lag);
      }
    }
  }

  private static List<double[]> feed(TestPipeline pipeline, int count) {
    SplittableRandom random = new SplittableRandom(5);
    List<double[]> readings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double[] reading = {45 + 10 * random.nextDouble(), -4 + 2 * random.nextDouble()};
      readings.add(reading);
      pipeline.pipe("k", pipeline.encode(READING, reading[0], reading[1]), i);
    }
    assertThat(pipeline.deadSoFar()).isEmpty();
    return readings;
  }

  private static List<float[]> outputs(Model model, List<double[]> readings) {
    Network network = model.network(KernelBackend.find().kernels());
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    int size = network.output().size();
    List<float[]> out = new ArrayList<>();
    for (double[] r : readings) {
      float[] frame = {(float) ((r[0] - 50) / 4), (float) ((r[1] + 3) / 0.5)};
      task.step(frame, 0, state, (v, at) -> out.add(Arrays.copyOfRange(v, at, at + size)));
    }
    return out;
  }
}
