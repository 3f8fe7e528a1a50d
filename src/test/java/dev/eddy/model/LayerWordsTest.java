package dev.eddy.model;

import static dev.eddy.kernel.Activation.Function.HARD_SIGMOID;
import static dev.eddy.kernel.Activation.Function.LEAKY_RELU;
import static dev.eddy.kernel.Activation.Function.SOFTSIGN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Arithmetic;
import dev.eddy.layer.BatchNorm;
import dev.eddy.layer.CellFunctions;
import dev.eddy.layer.Embedding;
import dev.eddy.layer.First;
import dev.eddy.layer.Flatten;
import dev.eddy.layer.Gate;
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.GroupNorm;
import dev.eddy.layer.Gru;
import dev.eddy.layer.InstanceNorm;
import dev.eddy.layer.Last;
import dev.eddy.layer.Layer;
import dev.eddy.layer.LayerNorm;
import dev.eddy.layer.LogSoftmax;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Operand;
import dev.eddy.layer.Prelu;
import dev.eddy.layer.Rearrange;
import dev.eddy.layer.Reduce;
import dev.eddy.layer.Reshape;
import dev.eddy.layer.Rnn;
import dev.eddy.layer.RunningStandardise;
import dev.eddy.layer.RunningSum;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Slice;
import dev.eddy.layer.Stack;
import dev.eddy.layer.Standardise;
import dev.eddy.layer.TimePad;
import dev.eddy.layer.TimeSlice;
import dev.eddy.layer.Transpose;
import dev.eddy.layer.Unstack;
import dev.eddy.layer.Upsample;
import dev.eddy.network.Graph;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a description's words and options become. */
class LayerWordsTest {

  @ParameterizedTest
  @MethodSource("words")
  void shouldRead(String yaml, Layer layer) {
    assertThat(read(yaml)).isEqualTo(layer);
  }

  @ParameterizedTest
  @MethodSource("words")
  void shouldReadWhatIsWritten(String yaml, Layer layer) {
    String written = DescriptionText.of(new Graph.Node("it", layer, Graph.INPUT));

    String kept = written.replace("name: \"it\", from: \"input\"", "").replace("{, ", "{");
    assertThat(read(kept)).isEqualTo(layer);
  }

  static Stream<Arguments> words() {
    return Stream.of(
        word("celu: {alpha: 0.5}", activation(Activation.Function.CELU, 0.5f)),
        word("mish: {}", activation(Activation.Function.MISH, 0f)),
        word("log-sigmoid: {}", activation(Activation.Function.LOG_SIGMOID, 0f)),
        word("prelu: {}", new Prelu(false)),
        word("prelu: {per-channel: true}", new Prelu(true)),
        word("log-softmax: {}", new LogSoftmax()),
        word("gate: {}", new Gate(Gate.Form.TANH)),
        word("glu: {}", new Gate(Gate.Form.LINEAR)),
        word("batch-norm: {}", new BatchNorm(1e-5f, true)),
        word("batch-norm: {eps: 0.001, affine: false}", new BatchNorm(1e-3f, false)),
        word("layer-norm: {}", new LayerNorm(LayerNorm.Over.FRAME, 1e-5f, true)),
        word("layer-norm: {over: channels}", new LayerNorm(LayerNorm.Over.CHANNELS, 1e-5f, true)),
        word("group-norm: {groups: 4}", new GroupNorm(4, 1e-5f, true)),
        word("instance-norm: {}", new InstanceNorm(1e-5f, false)),
        word("standardise: {}", new Standardise()),
        word("running-standardise: {window: 500}", new RunningStandardise(500, 1e-5f)),
        word("embedding: {tokens: 100000, size: 8}", new Embedding(100_000, 8)),
        word("flatten: {}", new Flatten()),
        word("reshape: {shape: [2, -1]}", new Reshape(List.of(2, -1))),
        word("transpose: {axes: [1, 0]}", new Transpose(List.of(1, 0))),
        word("slice: {start: 1, end: 3}", new Slice(0, 1, 3)),
        word("slice: {axis: 1, start: 2}", new Slice(1, 2, Slice.TO_THE_END)),
        word("upsample: {time: 3}", new Upsample(3, 1, 1, Upsample.Mode.NEAREST)),
        word("upsample: {time: 2, mode: linear}", new Upsample(2, 1, 1, Upsample.Mode.LINEAR)),
        word("upsample: {height: 2, width: 4}", new Upsample(1, 2, 4, Upsample.Mode.NEAREST)),
        word("selu: {}", new Activation(Activation.Function.SELU, 1.6732632f, 1.050701f)),
        word("selu: {alpha: 2, scale: 0.5}", new Activation(Activation.Function.SELU, 2f, 0.5f)),
        word("swish: {}", new Activation(Activation.Function.SWISH, 1f, 0f)),
        word("thresholded-relu: {alpha: 3}", activation(Activation.Function.THRESHOLDED_RELU, 3f)),
        word(
            "shrink: {lambda: 1, bias: 0.5}", new Activation(Activation.Function.SHRINK, 1f, 0.5f)),
        word(
            "clip: {min: 0}",
            new Activation(Activation.Function.CLIP, 0f, Float.POSITIVE_INFINITY)),
        word(
            "clip: {min: -.inf, max: 6}",
            new Activation(Activation.Function.CLIP, Float.NEGATIVE_INFINITY, 6f)),
        word("is-nan: {}", activation(Activation.Function.IS_NAN, 0f)),
        word(
            "arithmetic: {how: subtract, operand: channels, operand-first: true}",
            new Arithmetic(Merge.How.SUBTRACT, Operand.CHANNELS, true)),
        word(
            "arithmetic: {how: greater-or-equal, operand: one}",
            new Arithmetic(Merge.How.GREATER_OR_EQUAL, Operand.ONE, false)),
        word("rearrange: {shape: [2, 3]}", new Rearrange(Shape.of(2, 3), 0f)),
        word("rearrange: {shape: [7], fill: -.inf}", new Rearrange(Shape.of(7), -1f / 0f)),
        word("reduce: {how: log-sum-exp, axis: 0}", new Reduce(Reduce.How.LOG_SUM_EXP, 0)),
        word("last: {}", new Last()),
        word("first: {}", new First()),
        word(
            "upsample: {time: 2, mode: linear-asymmetric}",
            new Upsample(2, 1, 1, Upsample.Mode.LINEAR_ASYMMETRIC)),
        word("time-pad: {before: 2}", new TimePad(2, 0, TimePad.Mode.CONSTANT, 0f)),
        word(
            "time-pad: {before: 2, after: 3, value: -1}",
            new TimePad(2, 3, TimePad.Mode.CONSTANT, -1f)),
        word("time-pad: {after: 3, mode: reflect}", new TimePad(0, 3, TimePad.Mode.REFLECT, 0f)),
        word("time-slice: {start: 1, end: 2}", new TimeSlice(1, 2, 1)),
        word("running-sum: {exclusive: true}", new RunningSum(true)),
        word("stack: {frames: 3}", new Stack(3)),
        word("unstack: {frames: 2}", new Unstack(2)),
        word("time-slice: {step: 3}", new TimeSlice(0, 0, 3)),
        word(
            "global-pool: {over: time, how: average}",
            new GlobalPool(GlobalPool.How.AVERAGE, GlobalPool.Over.TIME)),
        word(
            "global-pool: {over: time, how: variance}",
            new GlobalPool(GlobalPool.How.VARIANCE, GlobalPool.Over.TIME)),
        word(
            "global-pool: {over: space, how: max}",
            new GlobalPool(GlobalPool.How.MAX, GlobalPool.Over.SPACE)),
        word(
            "rnn: {units: 3, activation: relu, initial-state: true}",
            new Rnn(3, 1, Activation.RELU, true, true)),
        word(
            "gru: {units: 3, layers: 2, reset: before, bias: false}",
            new Gru(3, 2, Gru.Reset.BEFORE, false, false)),
        word(
            "lstm: {units: 8, peepholes: true, projection: 3, initial-state: true}",
            new Lstm(8, 1, true, true, 3, true)),
        word(
            "rnn: {units: 3, activation: {leaky-relu: {slope: 0.2}}, clip: 5}",
            new Rnn(3, 1, activation(LEAKY_RELU, 0.2f, 0f), true, false, 5f)),
        word(
            "gru: {units: 3, functions: [{hard-sigmoid: {alpha: 0.2}}, softsign]}",
            new Gru(
                3,
                1,
                Gru.Reset.AFTER,
                true,
                false,
                new CellFunctions(
                    activation(HARD_SIGMOID, 0.2f, 0.5f),
                    Activation.of(SOFTSIGN),
                    Activation.TANH,
                    0f))),
        word(
            "lstm: {units: 3, functions: [sigmoid, relu, tanh], clip: 2, coupled: true, cell-out: true}",
            new Lstm(
                3,
                1,
                true,
                false,
                0,
                false,
                new CellFunctions(Activation.SIGMOID, Activation.RELU, Activation.TANH, 2f),
                true,
                true)));
  }

  private static Arguments word(String yaml, Layer layer) {
    return Arguments.of(yaml, layer);
  }

  private static Arguments word(String yaml, Activation activation) {
    return word(yaml, new ActivationLayer(activation));
  }

  private static Layer activation(Activation.Function function, float alpha) {
    return new ActivationLayer(new Activation(function, alpha, 0f));
  }

  private static Activation activation(Activation.Function function, float alpha, float beta) {
    return new Activation(function, alpha, beta);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "group-norm: {}|group-norm: the key \"groups\" is missing",
        "running-standardise: {window: 1}|\"1\" is not a whole number from 2 to 16777216",
        "lstm: {units: 4, projection: 4}|\"4\" is not a whole number from 1 to 3",
        "global-pool: {over: time}|global-pool: the key \"how\" is missing",
        "global-pool: {over: place, how: max}|\"place\" is not one of time, space",
        "upsample: {width: 2, mode: linear}|linear is over time only, got height 1 and width 2",
        "time-pad: {mode: edge, value: 1}|value is what constant frames hold; leave it out with mode"
            + " edge, got 1.0",
        "time-slice: {step: 0}|\"0\" is not a whole number from 1 to 1024",
        "gru: {units: 3, functions: [tanh]}|there are 2 functions, got 1",
        "rnn: {units: 3, activation: {tanhh: {}}}|there is no such function; accepted: identity,",
        "rnn: {units: 3, activation: {elu: {slope: 2}}}|unknown key; accepted here: alpha",
        "lstm: {units: 3, clip: -2}|lstm: clip must be positive, or 0 for none, got -2.0",
        "celu: {alpha: 0}|celu: alpha must be positive, got 0.0",
        "reshape: {shape: 4}|is not a list",
        "clip: {min: 1, max: 0}|clip: the lower bound must not be above the upper one, got 1.0",
        "clip: {min: nothing}|\"nothing\" is not a number",
        "arithmetic: {operand: one}|arithmetic: the key \"how\" is missing",
        "arithmetic: {how: concat, operand: one}|how must be an operation on two values, got concat",
        "arithmetic: {how: add, operand: all}|\"all\" is not one of one, channels, frame",
        "rearrange: {shape: [0]}|\"0\" is not a whole number from 1 to 2147483647",
        "reduce: {how: sum, axis: 3}|\"3\" is not a whole number from 0 to 2",
        "reduce: {how: sum}|reduce: the key \"axis\" is missing",
      })
  void shouldSayWhatIsWrong(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining(message);
  }

  private static Layer read(String yaml) {
    YamlMap layer = YamlValue.parse(yaml, "model.yaml").asMap();
    String word = layer.all().keySet().iterator().next();
    YamlValue options = layer.get(word);
    return LayerWords.read(word, options, options.asMap(), Shape.of(4));
  }
}
