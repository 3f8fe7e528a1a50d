package dev.eddy.layer;

import static dev.eddy.layer.Conv.Padding.CAUSAL;
import static dev.eddy.layer.Conv.Padding.VALID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.KernelBackend;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What descriptions check, in the words that a user sees, and what they say of themselves. */
class LayerTest {

  @ParameterizedTest
  @MethodSource("refused")
  void shouldRefuse(String message, ThrowingCallable description) {
    assertThatThrownBy(description)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  static Stream<Arguments> refused() {
    Activation tanh = Activation.TANH;
    return Stream.of(
        refusal("units must be 1..65536, got 0", () -> new Dense(0, true)),
        refusal("units must be 1..65536, got 65537", () -> new Dense(65537, true)),
        refusal(
            "filters must be 1..65536, got 0", () -> Conv.overTime(0, 3, 1, 1, 1, CAUSAL, true)),
        refusal("kernel must be 1..65536, got 0", () -> Conv.overTime(8, 0, 1, 1, 1, CAUSAL, true)),
        refusal("stride must be 1..1024, got 0", () -> Conv.overTime(8, 3, 0, 1, 1, CAUSAL, true)),
        refusal(
            "stride must be 1..1024, got 1025",
            () -> Conv.overTime(8, 3, 1025, 1, 1, CAUSAL, true)),
        refusal(
            "dilation must be 1..65536, got 0", () -> Conv.overTime(8, 3, 1, 0, 1, CAUSAL, true)),
        refusal("groups must be 1..8, got 9", () -> Conv.overTime(8, 3, 1, 1, 9, CAUSAL, true)),
        refusal(
            "groups must divide filters, got 3 groups and 8 filters",
            () -> Conv.overTime(8, 3, 1, 1, 3, CAUSAL, true)),
        refusal(
            "(kernel - 1) * dilation must be below 1048576, got 1114112",
            () -> Conv.overTime(8, 18, 1, 65536, 1, CAUSAL, true)),
        refusal(
            "groups must divide the input channels, got 2 groups and 3 channels",
            () -> Conv.overTime(8, 3, 1, 1, 2, CAUSAL, true).output(Shape.of(3))),
        refusal("filters must be 1..65536, got -1", () -> Deconv.overTime(-1, 3, 1, 1, true)),
        refusal("kernel must be 1..65536, got 65537", () -> Deconv.overTime(8, 65537, 1, 1, true)),
        refusal("stride must be 1..1024, got 0", () -> Deconv.overTime(8, 3, 0, 1, true)),
        refusal("groups must be 1..8, got 0", () -> Deconv.overTime(8, 3, 1, 0, true)),
        refusal(
            "groups must divide filters, got 5 groups and 8 filters",
            () -> Deconv.overTime(8, 3, 1, 5, true)),
        refusal(
            "groups must divide the input channels, got 4 groups and 6 channels",
            () -> Deconv.overTime(8, 3, 1, 4, true).output(Shape.of(6))),
        refusal("units must be 1..65536, got 0", () -> new Rnn(0, 1, tanh, true)),
        refusal("layers must be 1..64, got 65", () -> new Rnn(4, 65, tanh, true)),
        refusal(
            "clip must be positive, or 0 for none, got -1.0",
            () -> new Rnn(4, 1, Activation.SIGMOID, true, false, -1f)),
        refusal(
            "a gru has functions of its gates and of what comes in, and none of its output",
            () ->
                new Gru(
                    4,
                    1,
                    Gru.Reset.AFTER,
                    true,
                    false,
                    new CellFunctions(tanh, tanh, Activation.RELU, 0f))),
        refusal("units must be 1..65536, got 0", () -> new Gru(0, 1, Gru.Reset.AFTER, true)),
        refusal("layers must be 1..64, got 0", () -> new Gru(4, 0, Gru.Reset.AFTER, true)),
        refusal("units must be 1..65536, got 0", () -> new Lstm(0, 1, true)),
        refusal("layers must be 1..64, got 0", () -> new Lstm(4, 0, true)),
        refusal("step must be 1..1024, got 0", () -> new TimeSlice(0, 0, 0)),
        refusal("end must be 0..1048576, got -1", () -> new TimeSlice(0, -1, 1)),
        refusal(
            "before must be 0..1048576, got -1",
            () -> new TimePad(-1, 0, TimePad.Mode.CONSTANT, 0f)),
        refusal("frames must be 1..65536, got 0", () -> new Stack(0)),
        refusal(
            "a frame of [2, 5] can't become 3 frames of equal size",
            () -> new Unstack(3).output(Shape.of(2, 5))),
        refusal("rate must be 0..1, got 1.5", () -> new Dropout(1.5f)),
        refusal("rate must be 0..1, got NaN", () -> new Dropout(Float.NaN)));
  }

  private static Arguments refusal(String message, ThrowingCallable description) {
    return Arguments.of(message, description);
  }

  @ParameterizedTest
  @MethodSource("channelLayers")
  void shouldRefuseFramesThatAreNotChannels(Layer layer) {
    assertThatThrownBy(() -> layer.output(Shape.of(3, 28, 28)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            layer.kind()
                + " takes frames of shape [channels], got [3, 28, 28]; put flatten before it");
  }

  static List<Layer> channelLayers() {
    return List.of(
        new Rnn(4, 1, Activation.TANH, true),
        new Gru(4, 1, Gru.Reset.AFTER, true),
        new Lstm(4, 1, true));
  }

  @ParameterizedTest
  @MethodSource("windows")
  void shouldRefuseAWindowOfOtherAxesThanTheFrames(Layer layer) {
    assertThatThrownBy(() -> layer.output(Shape.of(3, 28, 28)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            layer.kind()
                + " with 1 axis can't move over frames of [3, 28, 28]; it takes 2 (within the"
                + " frame) or 3 (and time)");
  }

  static List<Layer> windows() {
    return List.of(
        Conv.overTime(4, 3, 1, 1, 1, CAUSAL, true),
        Deconv.overTime(4, 3, 1, 1, true),
        new Pool(Pool.How.MAX, List.of(Axis.valid(2)), false),
        new Pool(Pool.How.AVERAGE, List.of(Axis.valid(2)), false));
  }

  @Test
  void shouldKeepTheShapeWhereEachValueStandsAlone() {
    Shape shape = Shape.of(3, 28, 28);
    assertThat(new ActivationLayer(Activation.RELU).output(shape)).isEqualTo(shape);
    assertThat(new Dropout(0.5f).output(shape)).isEqualTo(shape);
  }

  @Test
  void shouldNameTensorsAsPyTorchDoes() {
    Shape eight = Shape.of(8);
    assertThat(new Dense(3, true).tensors(eight)).hasToString(specs("weight [3, 8]", "bias [3]"));
    assertThat(new Dense(3, false).tensors(eight)).hasToString(specs("weight [3, 8]"));
    assertThat(Conv.overTime(6, 5, 1, 1, 2, CAUSAL, true).tensors(eight))
        .hasToString(specs("weight [6, 4, 5]", "bias [6]"));
    assertThat(Deconv.overTime(6, 5, 1, 2, true).tensors(eight))
        .hasToString(specs("weight [8, 3, 5]", "bias [6]"));
    assertThat(new Lstm(16, 2, true).tensors(eight))
        .hasToString(
            specs(
                "weight_ih_l0 [64, 8]",
                "weight_hh_l0 [64, 16]",
                "bias_ih_l0 [64]",
                "bias_hh_l0 [64]",
                "weight_ih_l1 [64, 16]",
                "weight_hh_l1 [64, 16]",
                "bias_ih_l1 [64]",
                "bias_hh_l1 [64]"));
    assertThat(new Gru(16, 1, Gru.Reset.BEFORE, false).tensors(eight))
        .hasToString(specs("weight_ih_l0 [48, 8]", "weight_hh_l0 [48, 16]"));
    assertThat(new Rnn(16, 1, Activation.RELU, false).tensors(eight))
        .hasToString(specs("weight_ih_l0 [16, 8]", "weight_hh_l0 [16, 16]"));
    assertThat(new Softmax().tensors(eight)).isEmpty();
  }

  private static String specs(String... nameAndShape) {
    return Stream.of(nameAndShape)
        .map(text -> text.split(" ", 2))
        .map(text -> "TensorSpec[name=" + text[0] + ", dimensions=" + text[1] + "]")
        .toList()
        .toString();
  }

  @Test
  void shouldKnowHowMuchOfTheInputAnOutputSees() {
    Shape eight = Shape.of(8);
    assertThat(new Dense(3, true).receptiveField(eight)).hasValue(1);
    assertThat(Conv.overTime(3, 5, 2, 3, 1, VALID, true).receptiveField(eight)).hasValue(13);
    assertThat(Deconv.overTime(3, 4, 2, 1, true).receptiveField(eight)).hasValue(2);
    assertThat(Deconv.overTime(3, 5, 2, 1, true).receptiveField(eight)).hasValue(3);
    assertThat(Deconv.overTime(3, 2, 5, 1, true).receptiveField(eight)).hasValue(1);
    assertThat(new Lstm(3, 1, true).receptiveField(eight)).isEqualTo(OptionalLong.empty());
    assertThat(new Gru(3, 1, Gru.Reset.AFTER, true).receptiveField(eight)).isEmpty();
    assertThat(new Rnn(3, 1, Activation.TANH, true).receptiveField(eight)).isEmpty();
  }

  @Test
  void shouldCountMultiplicationsWithAWeight() {
    Shape eight = Shape.of(8);
    assertThat(new Dense(3, true).multiplyAdds(eight)).isEqualTo(24);
    assertThat(Conv.overTime(6, 5, 1, 2, 2, CAUSAL, true).multiplyAdds(eight)).isEqualTo(6 * 4 * 5);
    assertThat(Conv.overTime(6, 5, 2, 2, 2, CAUSAL, true).multiplyAdds(eight)).isEqualTo(60);
    assertThat(Deconv.overTime(6, 5, 2, 2, true).multiplyAdds(eight)).isEqualTo(8 * 3 * 5);
    assertThat(new Lstm(16, 1, true).multiplyAdds(eight)).isEqualTo(64 * (8 + 16));
    assertThat(new Gru(16, 3, Gru.Reset.AFTER, true).multiplyAdds(eight))
        .isEqualTo(48 * (8 + 16) + 2 * 48 * (16 + 16));
    assertThat(new Rnn(16, 1, Activation.TANH, true).multiplyAdds(eight)).isEqualTo(16 * (8 + 16));
    assertThat(new Softmax().multiplyAdds(eight)).isZero();
  }

  @Test
  void shouldAverageMultiplicationsOverAStrideThatDoesNotDivideThem() {
    assertThat(Conv.overTime(1, 1, 1024, 1, 1, CAUSAL, true).multiplyAdds(Shape.of(1)))
        .isEqualTo(1 / 1024.0);
  }

  @Test
  void shouldKeepWhatItsStateIsFor() {
    assertThat(state(Conv.overTime(6, 3, 2, 4, 1, VALID, true)))
        .containsExactly(
            new StatePart("position.k3.d4", 1),
            new StatePart("wait.s2.p0", 1),
            new StatePart("seen", 1),
            new StatePart("history.k3.d4", 8 * 8));
    assertThat(state(Conv.overTime(6, 1, 1, 1, 1, CAUSAL, true))).isEmpty();
    assertThat(state(Conv.overTime(6, 1, 3, 1, 1, CAUSAL, true)))
        .extracting(StatePart::name)
        .containsExactly("position.k1.d1", "wait.s3.p0", "seen");
    assertThat(state(Deconv.overTime(6, 5, 2, 1, true)))
        .containsExactly(
            new StatePart("started.k5.s2.d1.c0.0", 1),
            new StatePart("skip.k5.s2.d1.c0.0", 1),
            new StatePart("tail.k5.s2.d1.c0.0", 3 * 6));
    assertThat(state(Deconv.overTime(6, 2, 2, 1, true))).isEmpty();
    assertThat(state(new Lstm(16, 2, true)))
        .extracting(StatePart::name)
        .containsExactly("lstm.h0", "lstm.c0", "lstm.h1", "lstm.c1");
    assertThat(state(new Gru(16, 1, Gru.Reset.AFTER, true)))
        .containsExactly(new StatePart("gru.h0", 16));
    assertThat(state(new Rnn(16, 1, Activation.TANH, true)))
        .containsExactly(new StatePart("rnn.h0", 16));
    assertThat(state(new Dense(6, true))).isEmpty();
  }

  private static List<StatePart> state(Layer layer) {
    Shape eight = Shape.of(8);
    return layer
        .step(eight, RandomWeights.of(layer, eight, new Random(1)), KernelBackend.find().kernels())
        .stateParts();
  }

  @Test
  void shouldRefuseAHistoryThatNoStateCanHold() {
    Conv conv = Conv.overTime(65536, 2, 1, 65536, 65536, CAUSAL, true);
    assertThatThrownBy(() -> conv.output(Shape.of(65536)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a history of 65536 frames of [65536] holds more than 268435456 values");
  }
}
