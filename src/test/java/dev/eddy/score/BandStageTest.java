package dev.eddy.score;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BandStageTest {
  private static final Units UNITS =
      new Units() {
        @Override
        public double of(int channel, double value) {
          return 10 * value + 3;
        }

        @Override
        public double scale(int channel) {
          return 10;
        }
      };

  /** A row of two columns. */
  private static final class Band implements Row {
    final float[] values = new float[2];
    int set;

    @Override
    public void setFloat(int column, float value) {
      values[column] = value;
      set++;
    }

    @Override
    public void setFloats(int firstColumn, float[] values, int offset, int count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setDouble(int column, double value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setLong(int column, long value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setWord(int column, int word) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setArray(int column, float[] values) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isSet(int column) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long bits(int column) {
      throw new UnsupportedOperationException();
    }
  }

  private static double share(double coverage, int memory, int from, int to, double drift) {
    BandStage stage =
        new BandStage(
            new Bands(coverage, memory), Comparison.Of.FORECAST, List.of("y"), new int[] {0});
    float[] state = new float[stage.stateParts().get(0).length()];
    Moment moment = new Moment(UNITS, new double[] {1});
    Random random = new Random(5);
    int inside = 0;
    for (int i = 0; i < to; i++) {
      float forecast = (float) random.nextGaussian();
      double bias = i < from ? 0.2 : 0.2 + drift;
      float actual = (float) (forecast + bias + 0.5 * random.nextGaussian());
      Band band = new Band();
      moment.set(new float[] {forecast}, 0, new float[] {actual}, 0);
      stage.read(moment, state, 0, band, 0);
      assertThat(band.set).isEqualTo(i < 10 ? 0 : 2);
      float inUnits = (float) UNITS.of(0, actual);
      if (i >= from + 2000) {
        inside += inUnits >= band.values[0] && inUnits <= band.values[1] ? 1 : 0;
      }
    }
    return inside / (double) (to - from - 2000);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.9, 0.95, 0.99})
  void shouldHoldTheShareOfReadingsThatItIsTo(double coverage) {
    assertThat(share(coverage, 1000, 0, 30_000, 0)).isBetween(coverage - 0.01, coverage + 0.01);
  }

  @Test
  void shouldFollowAProcessThatChanges() {
    assertThat(share(0.9, 200, 5000, 15_000, 3)).isBetween(0.88, 0.92);
  }
}
