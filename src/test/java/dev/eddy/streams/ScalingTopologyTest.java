package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.model.Timeline;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import dev.eddy.network.StateMismatchException;
import dev.eddy.score.Comparison;
import dev.eddy.score.Emit;
import dev.eddy.score.Scaling;
import dev.eddy.streams.ScorePipeline.In;
import dev.eddy.streams.ScorePipeline.Out;
import dev.eddy.streams.models.MemoryTopic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Frames standardised by what has been seen, and outputs put back into the input's units. */
class ScalingTopologyTest {
  private static final PackedModel MODEL =
      PackedModels.random(
          "m",
          1,
          """
          input: {channels: 2}
          layers:
            - lstm: {units: 3}
            - dense: {units: 2}
          outputs: [in1, other]
          """,
          5,
          2);

  private static List<In> ins() {
    SplittableRandom random = new SplittableRandom(4);
    List<In> ins = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String key = i % 3 == 0 ? "b" : "a";
      float a = (float) (1e6 + random.nextDouble());
      ins.add(new In(key, i, a, (float) (key.equals("b") ? 5 : 20 * random.nextDouble())));
    }
    return ins;
  }

  @ParameterizedTest
  @CsvSource({"KEY,0", "KEY,10", "ALL,0", "ALL,25"})
  void shouldStandardiseByWhatWasSeenAndUndoIt(Scaling.Learn learn, int freezeAfter) {
    Scoring scoring =
        Scoring.of("p", MODEL.model()).with(new Scaling(learn, freezeAfter, List.of()));
    List<In> ins = ins();
    List<Out> outs = ScorePipeline.scoreEveryWay(MODEL, scoring, ins);
    Network network = MODEL.model().network(VersionsPipeline.KERNELS);
    NetworkTask task = network.newTask();
    Map<String, float[]> states = new HashMap<>();
    Map<String, List<float[]>> seen = new HashMap<>();
    for (int i = 0; i < ins.size(); i++) {
      In in = ins.get(i);
      String learner = learn == Scaling.Learn.KEY ? in.key() : "all";
      List<float[]> frames = seen.computeIfAbsent(learner, k -> new ArrayList<>());
      if (freezeAfter == 0 || frames.size() < freezeAfter) {
        frames.add(in.frame());
      }
      double[] mean = new double[2];
      double[] std = new double[2];
      float[] scaled = new float[2];
      for (int c = 0; c < 2; c++) {
        for (float[] frame : frames) {
          mean[c] += (double) frame[c] / frames.size();
        }
        for (float[] frame : frames) {
          std[c] += Math.pow(frame[c] - mean[c], 2) / frames.size();
        }
        std[c] = std[c] < 1e-9 ? 1 : Math.sqrt(std[c]);
        scaled[c] = (float) ((in.frame()[c] - mean[c]) / std[c]);
      }
      float[] out = new float[2];
      float[] state = states.computeIfAbsent(in.key(), k -> network.newState());
      task.step(scaled, 0, state, (v, at) -> System.arraycopy(v, at, out, 0, 2));
      assertThat((double) (float) outs.get(i).get("in1"))
          .as("record %d", i)
          .isCloseTo(out[0] * std[1] + mean[1], within(2e-3));
      assertThat((float) outs.get(i).get("other")).isCloseTo(out[1], within(2e-3f));
    }
  }

  @Test
  void shouldLeaveChannelsThatAreNotNamedAsTheyAre() {
    Scoring named = Scoring.of("p", MODEL.model()).with(Scaling.perKey().of(List.of("in0")));
    List<Out> outs = ScorePipeline.scoreEveryWay(MODEL, named, ins());
    List<Out> all = ScorePipeline.score(named.with(Scaling.perKey()), ins());
    assertThat(outs.get(5).text()).isNotEqualTo(all.get(5).text());
    assertThatThrownBy(() -> named.with(Scaling.perKey().of(List.of("in7"))))
        .hasMessage("scaling of the channel \"in7\"; the channels are [in0, in1]");
  }

  @Test
  void shouldGiveErrorsInStandardDeviationsAndValuesInUnits() {
    PackedModel same =
        PackedModels.random("m", 1, "input: {channels: 2}\nlayers: [{dense: {units: 2}}]\n", 5, 1);
    Scoring scoring =
        Scoring.of("p", same.model())
            .with(Scaling.perKey())
            .with(Outputs.standard().with(Comparison.ofReconstructions().withEach()));
    List<In> ins = ins();
    List<Out> outs = ScorePipeline.scoreEveryWay(same, scoring, ins);
    for (int i = 0; i < ins.size(); i++) {
      assertThat(outs.get(i).get("actual_in1")).isEqualTo(ins.get(i).frame()[1]);
      double distance =
          (double) (float) outs.get(i).get("reconstruction_in1") - ins.get(i).frame()[1];
      assertThat((double) (float) outs.get(i).get("error_in1"))
          .isCloseTo(Math.abs(distance), within(1e-5));
      assertThat((float) outs.get(i).get("error")).isLessThan(10f);
    }
  }

  @Test
  void shouldNotTakeWhatWasLearntOfOneChannelForThatOfAnother() {
    for (Scaling scaling : List.of(Scaling.perKey(), Scaling.overAll())) {
      Scoring one = Scoring.of("p", MODEL.model()).with(scaling.of(List.of("in0")));
      Scoring other = Scoring.of("p", MODEL.model()).with(scaling.of(List.of("in1")));
      Map<String, List<KeyValue<Object, Object>>> states;
      try (ScorePipeline pipeline = new ScorePipeline(one)) {
        ins().forEach(pipeline::pipe);
        states = pipeline.states();
      }
      try (ScorePipeline pipeline = new ScorePipeline(other, null, states)) {
        assertThatThrownBy(() -> pipeline.pipe(new In("a", 100, 1, 2)))
            .rootCause()
            .isInstanceOf(StateMismatchException.class);
      }
      StateStore resetting =
          new StateStore(StateStore.Kind.MEMORY, true, StateStore.OtherLayout.RESET);
      try (ScorePipeline pipeline = new ScorePipeline(other.with(resetting), null, states);
          ScorePipeline fresh = new ScorePipeline(other)) {
        pipeline.pipe(new In("c", 100, 1, 2));
        fresh.pipe(new In("c", 100, 1, 2));
        assertThat(pipeline.outs.get(0).text()).isEqualTo(fresh.outs.get(0).text());
      }
    }
  }

  /** What a record learnt that became a dead letter is forgotten. */
  @Test
  void shouldLearnNothingFromWhatCantBeUsed() {
    for (Scaling scaling : List.of(Scaling.perKey(), Scaling.overAll())) {
      Scoring scoring = Scoring.of("p", MODEL.model()).with(scaling);
      List<In> ins = ins();
      try (ScorePipeline pipeline = new ScorePipeline(scoring)) {
        for (In in : ins) {
          pipeline.pipe(in);
          pipeline.pipe(new In(in.key(), in.timeMs(), Float.NaN, 1));
          pipeline.pipe(new In(in.key(), in.timeMs(), Float.MAX_VALUE, Float.MAX_VALUE));
        }
        assertThat(pipeline.reasons()).hasSize(2 * ins.size());
        assertThat(pipeline.outs)
            .extracting(Out::text)
            .isEqualTo(ScorePipeline.score(scoring, ins).stream().map(Out::text).toList());
      }
    }
  }

  /** A network without memory gives the same by another version of the same weights. */
  @ParameterizedTest
  @EnumSource(StatePolicy.class)
  void shouldGoOnWithWhatWasLearntWhereTheModelChanges(StatePolicy policy) {
    String yaml =
        """
        input: {channels: 2}
        layers:
          - conv: {filters: 2, kernel: 2, padding: causal}
          - dense: {units: 2}
        """;
    PackedModel one = PackedModels.random("m", 1, yaml, 5, 1);
    PackedModel two = PackedModels.random("m", 2, yaml, 5, 1);
    boolean anew = policy == StatePolicy.RESET || policy == StatePolicy.WARM_UP;
    MemoryTopic topic = new MemoryTopic();
    topic.publish(one);
    topic.publish(two);
    topic.activate("m", 1, Timeline.ALWAYS, Timeline.Mode.LIVE, Timeline.ALL);
    topic.activate("m", 2, 30, Timeline.Mode.LIVE, Timeline.ALL);
    ModelUpdates updates =
        ModelUpdates.from("models").onChange(policy).warmUpFrames(4).dualRunFrames(3);
    for (Scaling scaling : List.of(Scaling.perKey(), Scaling.overAll())) {
      Scoring scoring =
          Scoring.of("p", one.model()).with(scaling).with(Outputs.standard().emit(new Emit.Nth(3)));
      List<Out> expected = ScorePipeline.score(scoring, ins());
      List<Out> outs = ScorePipeline.score(scoring.with(updates), topic, ins(), 13);
      assertThat(outs).hasSameSizeAs(expected).hasSize(19);
      assertThat(outs).extracting(out -> out.score().model()).contains("m/1", "m/2");
      for (int i = 0; i < outs.size(); i++) {
        if (anew && expected.get(i).timeMs() / 3 == 10) {
          continue; // its window begins anew, or is scaled as of now
        }
        for (String column : List.of("frame", "out0", "out1")) {
          assertThat(outs.get(i).get(column))
              .as("score %d, %s", i, column)
              .isEqualTo(expected.get(i).get(column));
        }
      }
    }
  }
}
