package dev.eddy.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.kernel.KernelBackend;
import dev.eddy.kernel.Kernels;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What norms, shapes, embeddings and poolings refuse, and what they say of themselves. */
class FrameLayersTest {
  private static final Shape WIDE = Shape.of(3, 7);
  private static final Shape HIGH = Shape.of(2, 3, 5);
  private static final Kernels KERNELS = KernelBackend.find().kernels();

  @ParameterizedTest
  @MethodSource("refused")
  void shouldRefuse(String message, ThrowingCallable description) {
    assertThatThrownBy(description)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        refusal("eps must be positive, got 0.0", () -> new BatchNorm(0f, true)),
        refusal(
            "eps must be positive, got NaN",
            () -> new LayerNorm(LayerNorm.Over.FRAME, Float.NaN, true)),
        refusal("groups must be 1..65536, got 0", () -> new GroupNorm(0, 1e-5f, true)),
        refusal(
            "groups must divide the channels, got 2 groups and 3 channels",
            () -> new GroupNorm(2, 1e-5f, true).output(WIDE)),
        refusal(
            "instance-norm takes frames of shape [channels, width] or [channels, height, width],"
                + " got [3]: one value has no variance; running-standardise looks back over time",
            () -> new InstanceNorm(1e-5f, false).output(Shape.of(3))),
        refusal("window must be 2..16777216, got 1", () -> new RunningStandardise(1, 1e-5f)),
        refusal(
            "std must be positive, channel 1 has 0.0",
            () -> step(new Standardise(), Map.of("mean", new float[2], "std", new float[] {1, 0}))),
        refusal(
            "running_var must not be negative, channel 0 has -1.0",
            () ->
                step(
                    new BatchNorm(1e-5f, false),
                    Map.of("running_mean", new float[2], "running_var", new float[] {-1, 0}))),
        refusal(
            "glu takes an even number of channels, got [3, 7]",
            () -> new Gate(Gate.Form.LINEAR).output(WIDE)),
        refusal("tokens must be 1..16777216, got 0", () -> new Embedding(0, 4)),
        refusal(
            "tokens times size must be at most 268435456, got 1099511627776",
            () -> new Embedding(1 << 24, 1 << 16)),
        refusal(
            "embedding takes frames of shape [channels], got [3, 7]; put flatten before it",
            () -> new Embedding(5, 4).output(WIDE)),
        refusal("dimensions must be 1..3, got 0", () -> new Reshape(List.of())),
        refusal(
            "a dimension must be at least 1, or -1 for what is left, got [3, 0]",
            () -> new Reshape(List.of(3, 0))),
        refusal("-1 may stand once, got [-1, -1]", () -> new Reshape(List.of(-1, -1))),
        refusal(
            "a frame of [3, 7] has 21 values, not those of [4, 5]",
            () -> new Reshape(List.of(4, 5)).output(WIDE)),
        refusal(
            "a frame of [3, 7] has 21 values, not those of [-1, 2]",
            () -> new Reshape(List.of(-1, 2)).output(WIDE)),
        refusal(
            "a frame of [3, 7] has 21 values, not those of [65536, 65536, 65536]",
            () -> new Reshape(List.of(65536, 65536, 65536)).output(WIDE)),
        refusal("axes must hold each of 0..1 once, got [1, 1]", () -> new Transpose(List.of(1, 1))),
        refusal(
            "axes [1, 0] are for frames of 2 dimensions, got [2, 3, 5]",
            () -> new Transpose(List.of(1, 0)).output(HIGH)),
        refusal(
            "a slice goes from a start of at least 0 to an end above it, got 3:3",
            () -> new Slice(0, 3, 3)),
        refusal("frames of [3, 7] have no axis 2", () -> new Slice(2, 0, 1).output(WIDE)),
        refusal("axis 1 of [3, 7] has no 2:8", () -> new Slice(1, 2, 8).output(WIDE)),
        refusal("axis 0 of [3, 7] has no 3:", () -> new Slice(0, 3, Slice.TO_THE_END).output(WIDE)),
        refusal(
            "linear is over time only, got height 1 and width 2",
            () -> new Upsample(1, 1, 2, Upsample.Mode.LINEAR)),
        refusal(
            "frames of [3, 7] have no height",
            () -> new Upsample(1, 2, 2, Upsample.Mode.NEAREST).output(WIDE)),
        refusal(
            "frames of [3] have no width",
            () -> new Upsample(1, 1, 2, Upsample.Mode.NEAREST).output(Shape.of(3))),
        refusal(
            "frames of [3] have no width to pool over",
            () -> new GlobalPool(GlobalPool.How.MAX, GlobalPool.Over.SPACE).output(Shape.of(3))),
        refusal(
            "how must be an operation on two values, got matrix-product",
            () -> new Arithmetic(Merge.How.MATRIX_PRODUCT, Operand.ONE, false)),
        refusal("fill must be a number, got NaN", () -> new Rearrange(WIDE, Float.NaN)),
        refusal(
            "index holds whole numbers from -1 to 1, the last value of a frame of [2]; at 1 it has"
                + " 0.5",
            () -> step(new Rearrange(Shape.of(2), 0f), Map.of("index", new float[] {1f, 0.5f}))),
        refusal(
            "index holds whole numbers from -1 to 1, the last value of a frame of [2]; at 0 it has"
                + " -2.0",
            () -> step(new Rearrange(Shape.of(2), 0f), Map.of("index", new float[] {-2f, 0f}))),
        refusal("axis must be 0..2, got -1", () -> new Reduce(Reduce.How.SUM, -1)),
        refusal(
            "frames of [3, 7] have no axis 2", () -> new Reduce(Reduce.How.SUM, 2).output(WIDE)),
        refusal("projection must be 0..3, got 4", () -> new Lstm(4, 1, true, false, 4, false)));
  }

  private static Arguments refusal(String message, ThrowingCallable description) {
    return Arguments.of(message, description);
  }

  private static Step step(Layer layer, Map<String, float[]> tensors) {
    return layer.step(Shape.of(2), tensors::get, KERNELS);
  }

  @ParameterizedTest
  @MethodSource("noTokens")
  void shouldSayWhichValueIsNoToken(float value) {
    Step step = step(new Embedding(5, 1), Map.of("weight", new float[5]));
    assertThatThrownBy(() -> step.step(new float[] {4, value}, 0, null, 0, new float[2], 0, null))
        .isInstanceOfSatisfying(
            BadFrameException.class,
            e -> {
              assertThat(e.channel()).isEqualTo(1);
              assertThat(e.value()).isEqualTo(Float.valueOf(value));
            })
        .hasMessage("channel 1 holds " + value + ", which is not a token, a whole number below 5");
  }

  static List<Float> noTokens() {
    return List.of(
        5f, -1f, 0.5f, Float.NaN, 1e10f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
  }

  @Test
  void shouldPutEmbeddingsSideBySide() {
    Step step = step(new Embedding(3, 2), Map.of("weight", new float[] {0, 1, 10, 11, 20, 21}));
    float[] out = new float[4];
    assertThat(step.step(new float[] {2, 0}, 0, null, 0, out, 0, null)).isOne();
    assertThat(out).containsExactly(20, 21, 0, 1);
  }

  /** A mean that is large beside its deviation costs no digits. */
  @Test
  void shouldStandardiseFarFromZero() {
    Step step =
        step(
            new Standardise(),
            Map.of("mean", new float[] {1e6f, -1e6f}, "std", new float[] {0.5f, 2}));
    float[] out = new float[2];
    step.step(new float[] {1e6f + 0.0625f, -1e6f + 3}, 0, null, 0, out, 0, new float[0]);
    assertThat(out).containsExactly(0.125f, 1.5f);
  }

  @Test
  void shouldNameTensorsAsPyTorchDoes() {
    assertThat(names(new BatchNorm(1e-5f, true), WIDE))
        .containsExactly("weight[3]", "bias[3]", "running_mean[3]", "running_var[3]");
    assertThat(names(new LayerNorm(LayerNorm.Over.FRAME, 1e-5f, true), WIDE))
        .containsExactly("weight[3, 7]", "bias[3, 7]");
    assertThat(names(new LayerNorm(LayerNorm.Over.CHANNELS, 1e-5f, true), WIDE))
        .containsExactly("weight[3]", "bias[3]");
    assertThat(names(new InstanceNorm(1e-5f, false), WIDE)).isEmpty();
    assertThat(names(new Prelu(true), WIDE)).containsExactly("weight[3]");
    assertThat(names(new Prelu(false), WIDE)).containsExactly("weight[1]");
    assertThat(names(new Embedding(9, 4), Shape.of(1))).containsExactly("weight[9, 4]");
    assertThat(names(new Lstm(5, 2, false, true, 3, true), Shape.of(4)))
        .containsExactly(
            "weight_ih_l0[20, 4]",
            "weight_hh_l0[20, 3]",
            "weight_ih_l1[20, 3]",
            "weight_hh_l1[20, 3]",
            "weight_hr_l0[3, 5]",
            "weight_peephole_l0[15]",
            "weight_hr_l1[3, 5]",
            "weight_peephole_l1[15]",
            "h0[2, 3]",
            "c0[2, 5]");
  }

  private static List<String> names(Layer layer, Shape input) {
    return layer.tensors(input).stream().map(spec -> spec.name() + spec.dimensions()).toList();
  }

  @Test
  void shouldStartFromTheLearntState() {
    Lstm lstm = new Lstm(2, 2, true, false, 1, true);
    Map<String, float[]> tensors = new HashMap<>();
    for (TensorSpec spec : lstm.tensors(Shape.of(3))) {
      tensors.put(spec.name(), new float[(int) spec.size()]);
    }
    tensors.put("h0", new float[] {1, 2});
    tensors.put("c0", new float[] {3, 4, 5, 6});
    Step step = lstm.step(Shape.of(3), tensors::get, KERNELS);
    float[] state = new float[step.stateLength()];
    Arrays.fill(state, Float.NaN);
    step.reset(state, 0);
    assertThat(state).containsExactly(1, 3, 4, 2, 5, 6);
  }

  @Test
  void shouldKnowHowFarUpsamplingLooks() {
    Upsample linear = new Upsample(4, 1, 1, Upsample.Mode.LINEAR);
    assertThat(linear.rate(WIDE)).hasToString("4/1");
    assertThat(linear.delayFrames(WIDE)).isOne();
    for (int time : new int[] {2, 3, 4, 5, 100}) {
      Upsample upsample = new Upsample(time, 1, 1, Upsample.Mode.LINEAR);
      assertThat(upsample.receptiveField(WIDE)).hasValue(2);
    }
    Upsample nearest = new Upsample(4, 1, 2, Upsample.Mode.NEAREST);
    assertThat(nearest.receptiveField(WIDE)).hasValue(1);
    assertThat(nearest.delayFrames(WIDE)).isZero();
    assertThat(nearest.output(WIDE)).isEqualTo(Shape.of(3, 14));
  }
}
