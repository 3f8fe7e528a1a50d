package dev.eddy.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.layer.StatePart;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateBytesTest {
  private static final StateLayout LAYOUT =
      new StateLayout(
          List.of(
              new StatePart("0.wait.s2.causal", 1),
              new StatePart("1.lstm.h0", 2),
              new StatePart("1.lstm.c0", 2)));
  private static final float[] STATE = {
    1, -0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, Float.intBitsToFloat(0x7fc0dead)
  };

  private final StateBytes bytes = new StateBytes(LAYOUT);

  @Test
  void shouldLieInThePlacesThatTheLayoutSays() {
    ByteBuffer stored =
        ByteBuffer.wrap(bytes.write(STATE, 7, 1L << 40, 1L << 41, -3))
            .order(ByteOrder.LITTLE_ENDIAN);
    assertThat(stored.capacity()).isEqualTo(bytes.size()).isEqualTo(48 + 4 * 5);
    assertThat(Arrays.copyOf(stored.array(), 4)).containsExactly('E', 'D', 'D', 'Y');
    assertThat(stored.getInt(4)).isEqualTo(1);
    assertThat(stored.getLong(8)).isEqualTo(LAYOUT.fingerprint());
    assertThat(stored.getLong(16)).isEqualTo(7);
    assertThat(stored.getLong(24)).isEqualTo(1L << 40);
    assertThat(stored.getLong(32)).isEqualTo(1L << 41);
    assertThat(stored.getLong(40)).isEqualTo(-3);
    for (int i = 0; i < STATE.length; i++) {
      assertThat(stored.getInt(48 + 4 * i)).isEqualTo(Float.floatToRawIntBits(STATE[i]));
    }
  }

  @Test
  void shouldGiveBackWhatWasWritten() {
    float[] longer = Arrays.copyOf(STATE, 9);
    float[] read = new float[9];
    new StateBytes(LAYOUT).write(longer, 1, 1, 1, 1);
    StateBytes reader = new StateBytes(LAYOUT);
    reader.read(bytes.write(longer, 7, 12, 34, 345), read);
    for (int i = 0; i < STATE.length; i++) {
      assertThat(Float.floatToRawIntBits(read[i])).isEqualTo(Float.floatToRawIntBits(STATE[i]));
    }
    assertThat(reader.modelVersion()).isEqualTo(7);
    assertThat(reader.framesSeen()).isEqualTo(12);
    assertThat(reader.framesEmitted()).isEqualTo(34);
    assertThat(reader.lastTimeMs()).isEqualTo(345);
  }

  @Test
  void shouldHoldNothingButTheHeadOfANetworkWithoutState() {
    StateBytes none = new StateBytes(new StateLayout(List.of()));
    byte[] stored = none.write(new float[0], 1, 2, 3, 4);
    assertThat(stored).hasSize(48);
    none.read(stored, new float[0]);
    assertThat(none.framesSeen()).isEqualTo(2);
  }

  @Test
  void shouldRefuseForeignBytes() {
    assertRefused(new byte[0], "the 0 bytes found are not a state of Eddy's");
    assertRefused(new byte[47], "the 47 bytes found are not a state of Eddy's");
    byte[] stored = written();
    stored[0] = 'e';
    assertRefused(stored, "the 68 bytes found are not a state of Eddy's");
  }

  @Test
  void shouldRefuseAnotherVersionOfTheByteLayout() {
    byte[] stored = written();
    stored[4] = 2;
    assertRefused(stored, "the state's byte layout has version 2, known: 1");
  }

  @Test
  void shouldRefuseAnotherLayoutAndNameTheModelVersion() {
    StateLayout other = new StateLayout(List.of(new StatePart("0.gru.h0", 5)));
    byte[] stored = new StateBytes(other).write(new float[5], 6, 1, 1, 1);
    assertRefused(
        stored,
        "written by model version 6 (layout "
            + StateLayout.text(other.fingerprint())
            + "), which layout "
            + StateLayout.text(LAYOUT.fingerprint())
            + " can't continue");
  }

  @Test
  void shouldRefuseMissingAndLeftOverBytes() {
    byte[] stored = written();
    assertRefused(Arrays.copyOf(stored, 48), "the bytes end in part \"0.wait.s2.causal\"");
    assertRefused(Arrays.copyOf(stored, 59), "the bytes end in part \"1.lstm.h0\"");
    assertRefused(Arrays.copyOf(stored, 67), "the bytes end in part \"1.lstm.c0\"");
    assertRefused(Arrays.copyOf(stored, 71), "3 bytes are left over after the last part");
  }

  private byte[] written() {
    return bytes.write(STATE, 7, 12, 34, 345);
  }

  /** And neither the array nor what was last read changes. */
  private void assertRefused(byte[] stored, String message) {
    bytes.read(bytes.write(STATE, 1, 2, 3, 4), new float[5]);
    float[] state = {1, 2, 3, 4, 5};
    assertThatThrownBy(() -> bytes.read(stored, state))
        .isInstanceOf(StateMismatchException.class)
        .hasMessage(message);
    assertThat(state).containsExactly(1, 2, 3, 4, 5);
    assertThat(bytes.modelVersion()).isEqualTo(1);
    assertThat(bytes.framesSeen()).isEqualTo(2);
    assertThat(bytes.framesEmitted()).isEqualTo(3);
    assertThat(bytes.lastTimeMs()).isEqualTo(4);
  }
}
