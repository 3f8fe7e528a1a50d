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
 * of that size, and start where the array's header and a few floats fill a cache line.
 *
 * <p>A network that needs less costs such an array all the same: half a region in memory, and of
 * the heap a whole one, a 2,048th of it or less where it has 2 GB. Where regions are longer than
 * {@value #LONGEST_REGION} bytes, under other collectors, and for small matrices, weights lie in
 * arrays of their own, wherever those are.
 *
 * <p>Used by one thread, while a network is compiled.
 */
public final class WeightStore {
  private static final int LEAD = 12; // floats, behind a header of 16 bytes
  private static final int COMPACT_LEAD = 13; // floats, behind a header of 12 bytes
  private static final int LONGEST_REGION = 8 << 20; // bytes
  private static final int SMALL = 1024; // floats
  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final int lead;
  private final int shortest; // floats of an array that matrices share
  private final int longest; // the same; 0 if they share none
  private float[] array = {};
  private int used;

  /** A range of an array. */
  record Place(float[] array, int offset) {}

  /** Gives a matrix its place. */
  @FunctionalInterface
  interface Places {
    Place take(long length, int rows, int columns);
  }

  private WeightStore(int regionBytes, int lead, long expected) {
    boolean shares = regionBytes > 0 && regionBytes <= LONGEST_REGION;
    int region = shares ? regionBytes / Float.BYTES : 0;
    this.lead = lead;
    this.longest = shares ? region - LEAD : 0;
    this.shortest = (int) Math.min(Math.max(region / 2 + LEAD, lead + expected), longest);
  }

  /**
   * A store for a network.
   *
   * @param expected numbers that it will hold, more or less
   */
  public static WeightStore ofAbout(long expected) {
    int regionBytes =
        option("UseG1GC").equals("true") ? Integer.parseInt(option("G1HeapRegionSize")) : 0;
    int lead = option("UseCompactObjectHeaders").equals("true") ? COMPACT_LEAD : LEAD;
    return new WeightStore(regionBytes, lead, expected);
  }

  /** A store where regions are as long as said; 0 for none. */
  static WeightStore of(int regionBytes, long expected) {
    return new WeightStore(regionBytes, LEAD, expected);
  }

  /** How the virtual machine was started, empty where it has no such option. */
  private static String option(String name) {
    try {
      return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .getVMOption(name)
          .getValue();
    } catch (RuntimeException | LinkageError e) { // an older one, or not HotSpot
      return "";
    }
  }

  /** Packs a matrix; see {@link Matrix#ofRows(Matrix.Rows, float[], int)}. */
  public Matrix matrix(Matrix.Rows source, float[] bias, int columns) {
    return Matrix.ofRows(source, bias, columns, this::take);
  }

  /** An array for one matrix. */
  static Place alone(long length, int rows, int columns) {
    if (length > LONGEST_ARRAY - LEAD) {
      throw new IllegalArgumentException(
          "matrix of " + rows + " x " + columns + " is too large to be packed");
    }
    return new Place(new float[LEAD + (int) length], LEAD);
  }

  /** Room for {@code length} floats, zeros, on a cache line if possible. */
  Place take(long length, int rows, int columns) {
    if (length < SMALL || length > longest - lead) {
      return alone(length, rows, columns);
    }
    if (length > array.length - used) {
      array = new float[Math.max(shortest, lead + (int) length)];
      used = lead;
    }
    Place place = new Place(array, used);
    used += ((int) length + Matrix.LINE - 1) / Matrix.LINE * Matrix.LINE;
    return place;
  }
}
