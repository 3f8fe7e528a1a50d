package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Axis;
import dev.eddy.layer.CellFunctions;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Rnn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {

  @Test
  void shouldShowWhatAModelIsMadeOf() {
    Invocation run = Invocation.of("inspect", "models/pumps/model.yaml");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .contains(
            "name             pumps",
            "output           [5]: vibration, pressure, flow, temperature, current",
            "rate             1/1 output frames per input frame",
            "receptive field  unbounded",
            "parameters       6,261",
            "state            200 bytes a key",
            "cost             3,056 multiply-adds per input frame")
        .anyMatch(
            line ->
                line.matches(
                    "0 +conv filters=16 kernel=4 stride=2 dilation=1 padding=\\[\\[3,0\\]\\] groups=1"
                        + " bias=true +\\[5\\] +\\[16\\] +336 +72 +1/2 +0 +4 +160"))
        .anyMatch(line -> line.matches("total +6,261 +200 +1/1 +0 +unbounded +3,056"));
  }

  @Test
  void shouldSayWhichLayerDoesTheWorkOfANormalisation(@TempDir Path folder) throws IOException {
    Path model = folder.resolve("model.yaml");
    Files.writeString(
        model,
        """
        name: folded
        version: 1
        input: {channels: 1}
        weights: model.safetensors
        layers:
          - dense: {units: 1, bias: false}
          - batch-norm: {affine: false}
        outputs: [value]
        """);
    String header =
        "{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
            + "\"1.running_mean\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]},"
            + "\"1.running_var\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}";
    ByteBuffer weights =
        ByteBuffer.allocate(8 + header.length() + 12).order(ByteOrder.LITTLE_ENDIAN);
    weights.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
    weights.putFloat(2f).putFloat(3f).putFloat(4f);
    Files.write(folder.resolve("model.safetensors"), weights.array());

    Invocation run = Invocation.of("inspect", model.toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().lines())
        .anyMatch(line -> line.matches("0 +dense units=1 bias=false .* 1"))
        .anyMatch(line -> line.matches("1 +batch-norm .*affine=false \\(folded into 0\\) .* 0"))
        .contains("cost             1 multiply-adds per input frame");
  }

  @Test
  void shouldNameTheOptionsOfALayer() {
    assertThat(LayerText.of(new Rnn(3, 2, Activation.RELU, false)))
        .isEqualTo("rnn units=3 layers=2 activation=relu bias=false initial-state=false clip=0.0");
    CellFunctions unusual =
        new CellFunctions(
            new Activation(Activation.Function.HARD_SIGMOID, 0.5f, 0.25f),
            Activation.RELU,
            Activation.TANH,
            3f);
    assertThat(LayerText.of(new Lstm(3, 1, true, false, 0, false, unusual, false, true)))
        .isEqualTo(
            "lstm units=3 layers=1 bias=true peepholes=false projection=0 initial-state=false"
                + " functions=[hard-sigmoid(0.5,0.25),relu,tanh] clip=3 coupled=false cell-out=true");
    assertThat(LayerText.of(new ActivationLayer(Activation.TANH))).isEqualTo("tanh");
    assertThat(LayerText.of(new ActivationLayer(Activation.of(Activation.Function.HARD_TANH))))
        .isEqualTo("hard-tanh alpha=-1 beta=1");
    assertThat(LayerText.of(new Merge(Merge.How.ADD))).isEqualTo("add");
    Axis time = new Axis(3, 2, 1, 0, 2);
    assertThat(LayerText.of(new Pool(Pool.How.MAX, List.of(time, Axis.valid(2)), false)))
        .isEqualTo(
            "max-pool kernel=[3,2] stride=[2,1] dilation=[1,1] padding=[[0,2],[0,0]]"
                + " count-padding=false");
  }
}
