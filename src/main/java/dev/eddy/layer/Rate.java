package dev.eddy.layer;

/**
 * Output frames per input frame, an exact fraction in lowest terms: stride 2 is 1/2, an upsampling
 * deconvolution by 4 is 4/1. The one rate of 0, {@link #END}, means frames that come once, at the
 * end of the sequence or at its beginning, however long it is.
 */
public record Rate(long out, long in) {
  public static final Rate ONE = new Rate(1, 1);

  /** Once: at the end, or at the first frame; whatever follows comes once, too. */
  public static final Rate END = new Rate(0, 1);

  public Rate {
    if (out < 0 || in < 1) {
      throw new IllegalArgumentException("a rate is 0 or positive, got " + out + "/" + in);
    }
    long divisor = gcd(out, in);
    out /= divisor;
    in /= divisor;
  }

  /**
   * The rate of this followed by {@code next}.
   *
   * @throws ArithmeticException if its parts don't fit a long
   */
  public Rate then(Rate next) {
    long up = gcd(out, next.in); // cancelled first, so that only a rate too long to write overflows
    long down = gcd(next.out, in);
    return new Rate(
        Math.multiplyExact(out / up, next.out / down), Math.multiplyExact(in / down, next.in / up));
  }

  /** How many frames at this rate span {@code frames} input frames, rounded up; 0 at the end. */
  public long outFrames(long frames) {
    return ceilDiv(Math.multiplyExact(frames, out), in);
  }

  /**
   * How many input frames {@code frames} at this rate span, rounded up; 0 at the end, when no input
   * comes any more.
   */
  public long inFrames(long frames) {
    return out == 0 ? 0 : ceilDiv(Math.multiplyExact(frames, in), out);
  }

  private static long ceilDiv(long a, long b) {
    return -Math.floorDiv(-a, b);
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** Such as {@code 1/2}, or {@code end}. */
  @Override
  public String toString() {
    return out == 0 ? "end" : out + "/" + in;
  }
}
