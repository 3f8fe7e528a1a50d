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
import java.util.List;
import org.junit.jupiter.api.Test;

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
