package dev.eddy.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.layer.StatePart;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateLayoutTest {
  private static final StateLayout LAYOUT =
      new StateLayout(List.of())
          .with("0", List.of(new StatePart("history.k5.d1", 64)))
          .with("2", List.of(new StatePart("lstm.h0", 32), new StatePart("lstm.c0", 32)));

  @Test
  void shouldReadAsTextInGraphOrder() {
    assertThat(LAYOUT).hasToString("0.history.k5.d1[64] 2.lstm.h0[32] 2.lstm.c0[32]");
    assertThat(LAYOUT.length()).isEqualTo(128);
  }

  @Test
  void shouldNameThePartOfAValue() {
    assertThat(LAYOUT.partAt(0)).isEqualTo("0.history.k5.d1");
    assertThat(LAYOUT.partAt(63)).isEqualTo("0.history.k5.d1");
    assertThat(LAYOUT.partAt(64)).isEqualTo("2.lstm.h0");
    assertThat(LAYOUT.partAt(127)).isEqualTo("2.lstm.c0");
    assertThatThrownBy(() -> LAYOUT.partAt(128)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** {@code printf '0.history.k5.d1[64] 2.lstm.h0[32] 2.lstm.c0[32]' | sha256sum | cut -c1-16}. */
  @Test
  void shouldHaveTheFirstBytesOfTheSha256AsItsFingerprint() {
    assertThat(StateLayout.text(LAYOUT.fingerprint())).isEqualTo("156f265b55f2b8e7");
  }

  @Test
  void shouldDifferWhereANameOrALengthOrTheOrderDoes() {
    StatePart a = new StatePart("a", 1);
    StatePart b = new StatePart("b", 1);
    long fingerprint = new StateLayout(List.of(a, b)).fingerprint();
    assertThat(new StateLayout(List.of(a, b)).fingerprint()).isEqualTo(fingerprint);
    assertThat(new StateLayout(List.of(b, a)).fingerprint()).isNotEqualTo(fingerprint);
    assertThat(new StateLayout(List.of(a)).fingerprint()).isNotEqualTo(fingerprint);
    assertThat(new StateLayout(List.of(a, new StatePart("b", 2))).fingerprint())
        .isNotEqualTo(fingerprint);
  }

  @Test
  void shouldRefuseAPartWithoutValues() {
    assertThatThrownBy(() -> new StatePart("tail", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("state part tail must hold at least one value");
  }
}
