package dev.eddy.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WeightStoreTest {
  private final Kernels kernels = KernelBackend.find().kernels();
  private final Random random = new Random(1);

  @Test
  void shouldKeepMatricesApart() {
    int[] rows = {128, 33, 7, 300, 64, 1, 16, 500};
    WeightStore store = WeightStore.of(1 << 20, 300_000);
    List<Matrix> stored = new ArrayList<>();
    List<Matrix> alone = new ArrayList<>();
    for (int turn = 0; turn < 6; turn++) {
      for (int count : rows) {
        int width = 90 + 17 * turn;
        float[] rowMajor = values(count * width);
        float[] bias = values(count);
        stored.add(
            store.matrix(
                (row, to) -> System.arraycopy(rowMajor, row * width, to, 0, width), bias, width));
        alone.add(Matrix.ofRows(rowMajor, bias, width));
      }
    }
    float[] x = values(200);
    for (int i = 0; i < stored.size(); i++) {
      float[] y = new float[500];
      float[] should = new float[500];
      kernels.affine(stored.get(i), x, 0, y, 0);
      kernels.affine(alone.get(i), x, 0, should, 0);
      assertThat(y).isEqualTo(should);
    }
  }

  @Test
  void shouldPlaceWeightsOnLinesOfOneArray() {
    WeightStore store = WeightStore.of(1 << 20, 1000);
    WeightStore.Place first = store.take(1030, 2, 2);
    WeightStore.Place second = store.take(1024, 2, 2);
    assertThat(second.array()).isSameAs(first.array());
    assertThat(first.array().length * 4L).isGreaterThan(1 << 19).isLessThan(1 << 20);
    assertThat(first.offset()).isEqualTo(12);
    assertThat(second.offset()).isEqualTo(12 + 1040);
  }

  @Test
  void shouldTakeAnotherArrayWhereOneIsFull() {
    WeightStore store = WeightStore.of(1 << 20, 1000);
    float[] first = store.take(100_000, 2, 2).array();
    float[] second = store.take(100_000, 2, 2).array();
    assertThat(second).isNotSameAs(first);
    assertThat(store.take(10_000, 2, 2).array()).isSameAs(second);
  }

  @Test
  void shouldStretchAnArrayForAMatrixThatARegionCanHold() {
    WeightStore store = WeightStore.of(1 << 20, 1000);
    float[] array = store.take(240_000, 2, 2).array();
    assertThat(array.length * 4L).isGreaterThan(1 << 19).isLessThan(1 << 20);
    assertThat(store.take(1024, 2, 2).array()).isNotSameAs(array);
  }

  /** Whatever the collector of this virtual machine is. */
  @Test
  void shouldShareArraysWhereTheCollectorLeavesThemInTheirPlace() {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    boolean g1 = machine.getVMOption("UseG1GC").getValue().equals("true");
    long region = Long.parseLong(machine.getVMOption("G1HeapRegionSize").getValue());
    WeightStore store = WeightStore.ofAbout(1000);
    boolean shares = store.take(1030, 2, 2).array() == store.take(1030, 2, 2).array();
    assertThat(shares).isEqualTo(g1 && region <= 8 << 20);
  }

  @Test
  void shouldRefuseWhatIsLongerThanAnArray() {
    assertThatThrownBy(() -> WeightStore.of(1 << 20, 1000).take(1L << 31, 1 << 16, 1 << 15))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("matrix of 65536 x 32768 is too large to be packed");
  }

  @Test
  void shouldLeaveToThemselvesWhatIsSmallOrLarge() {
    WeightStore store = WeightStore.of(1 << 20, 1000);
    assertThat(store.take(1000, 2, 2).array()).hasSize(1012);
    assertThat(store.take(300_000, 2, 2).array()).hasSize(300_012);
    assertThat(WeightStore.of(0, 1000).take(2000, 2, 2).array()).hasSize(2012);
    assertThat(WeightStore.of(16 << 20, 1000).take(2000, 2, 2).array()).hasSize(2012);
  }

  private float[] values(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }
}
