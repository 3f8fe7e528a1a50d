package dev.eddy.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * Where the packed weights of one network lie: side by side, on cache lines wherever the virtual
 * machine lets arrays be placed.
 *
 * <p>Objects lie on multiples of 8 bytes, so that as a rule every second load of a register crosses
 * a cache line, and costs double. But the collector G1 gives an object of more than half a region a
 * place of its own, from the start of a region on, and leaves it there. So weights go into arrays
 * of that size, and start where the array's header and {@value #LEAD} floats fill a cache line.
 *
 * <p>A network that needs less costs such an array all the same: half a region, and what the heap
 * counts is a whole one, a 2,048th of a heap of 2 GB or more. Where regions are longer than {@value
 * #LONGEST_REGION} bytes, under other collectors, and for small matrices, weights lie in arrays of
 * their own, wherever those are.
 *
 * <p>Used by one thread, while a network is compiled.
 */
public final class WeightStore {
  private static final int LEAD = 12; // floats; an array's header has 16 bytes
  private static final int LONGEST_REGION = 8 << 20; // bytes
  private static final int SMALL = 1024; // floats
  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  /** Makes an array for each matrix. Has no state. */
  static final WeightStore PLAIN = new WeightStore(0, 0);

  private final int humongous; // floats of the arrays that matrices share, 0 if they share none
  private float[] array = {};
  private int used;

  /** A range of an array. */
  record Place(float[] array, int offset) {}

  private WeightStore(int regionBytes, long expected) {
    int half = regionBytes / Float.BYTES / 2;
    long length = Math.min(Math.max(half + LEAD, LEAD + expected), 2L * half - LEAD);
    this.humongous = regionBytes == 0 || regionBytes > LONGEST_REGION ? 0 : (int) length;
  }

  /**
   * A store for a network.
   *
   * @param expected numbers that it will hold, more or less
   */
  public static WeightStore ofAbout(long expected) {
    return of(regionBytes(), expected);
  }

  /** A store where regions are as long as said; 0 for none. */
  static WeightStore of(int regionBytes, long expected) {
    return new WeightStore(regionBytes, expected);
  }

  /** Bytes of a region of G1, 0 if the heap has none. */
  private static int regionBytes() {
    try {
      HotSpotDiagnosticMXBean machine =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return Integer.parseInt(machine.getVMOption("G1HeapRegionSize").getValue());
    } catch (RuntimeException | LinkageError e) { // another virtual machine, or another collector
      return 0;
    }
  }

  /** Packs a matrix; see {@link Matrix#ofRows(Matrix.Rows, float[], int)}. */
  public Matrix matrix(Matrix.Rows source, float[] bias, int columns) {
    return Matrix.ofRows(source, bias, columns, this);
  }

  /** Room for {@code length} floats, zeros, on a cache line if possible. */
  Place take(long length, int rows, int columns) {
    if (length > LONGEST_ARRAY - LEAD) {
      throw new IllegalArgumentException(
          "matrix of " + rows + " x " + columns + " is too large to be packed");
    }
    if (length < SMALL || length > humongous - LEAD) {
      return new Place(new float[LEAD + (int) length], LEAD);
    }
    if (length > array.length - used) {
      array = new float[humongous];
      used = LEAD;
    }
    Place place = new Place(array, used);
    used += ((int) length + Matrix.LINE - 1) / Matrix.LINE * Matrix.LINE;
    return place;
  }
}
