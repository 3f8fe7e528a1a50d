package dev.eddy.score;

/**
 * Says how wide the band around a forecast is.
 *
 * @param coverage the share of readings that it is to hold, 0.5..0.9999
 * @param memory residuals that it weighs most, 10..10,000,000
 */
public record Bands(double coverage, int memory) {
  public Bands {
    if (!(coverage >= 0.5 && coverage <= 0.9999)) {
      throw new IllegalArgumentException("coverage must be 0.5..0.9999, got " + coverage);
    }
    if (memory < 10 || memory > 10_000_000) {
      throw new IllegalArgumentException("memory must be 10..10000000, got " + memory);
    }
  }

  /** 95% of the readings, by the last 1,000 or so. */
  public static Bands standard() {
    return new Bands(0.95, 1000);
  }
}
