package dev.eddy.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.layer.StatePart;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
  /** A model may call its outputs as it likes, and give them in percent. */
  @ParameterizedTest
  @ValueSource(strings = {ClassStage.PROBABILITY, LikelihoodStage.ANOMALY_LIKELIHOOD})
  void shouldTakeAnyLimitOfAnOutputOfTheModel(String name) {
    Stage values = new ValueStage(List.of("load", name), new int[] {-1, -1});
    for (Optional<String> column : List.of(Optional.of(name), Optional.<String>empty())) {
      Gate gate = new Gate(new Emit.Above(50, column), values.columns());
      assertThat(gate.stateParts()).isEqualTo(List.<StatePart>of());
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 50, -0.1})
  void shouldRefuseALimitThatNoProbabilityPasses(double limit) {
    Emit above = new Emit.Above(limit, Optional.empty());
    for (List<Column> columns :
        List.of(
            new ClassStage(Classes.of("x", "y")).columns(),
            new LikelihoodStage(new AnomalyLikelihood(3, 100, 20)).columns())) {
      assertThatThrownBy(() -> new Gate(above, columns))
          .hasMessageContaining("which is 0 to 1, lets out all or none");
    }
  }
}
