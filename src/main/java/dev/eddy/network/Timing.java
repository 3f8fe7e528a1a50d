package dev.eddy.network;

import dev.eddy.layer.Clock;
import dev.eddy.layer.Layer;
import java.util.Arrays;
import java.util.List;

/**
 * How far the branches of a graph lag behind each other where they meet.
 *
 * <p>Layers emit at times that don't depend on the values, so one run of their {@link Clock}s alone
 * tells how many frames of each branch ever have to wait for the other: the smallest delay lines
 * that align them. The run is long enough to pass every warm-up and two whole periods of the rates.
 * It also ends the sequence at many lengths, in the middle of warm-up and of a period: branches
 * that then don't give the same number of frames could never be added offline either.
 */
final class Timing {
  private static final int EVERY_LENGTH = 40; // sequences up to this long are all ended once
  private static final int MOST_LENGTHS = 200;
  private static final long MOST_FRAMES = 200_000;

  private final Graph graph;
  private final int[][] reads; // [node][port] node read, -1 for the input
  private final Clock[] clocks; // null for a merge
  private final int[][] waiting; // [node][port] frames in the queue
  private final int[][] capacity; // [node][port] most that ever waited; shared by copies
  private final int[] frames; // [node] emitted in this round

  private Timing(Graph graph, int[][] reads, Clock[] clocks, int[][] waiting, int[][] capacity) {
    this.graph = graph;
    this.reads = reads;
    this.clocks = clocks;
    this.waiting = waiting;
    this.capacity = capacity;
    this.frames = new int[clocks.length];
  }

  /**
   * Finds the queues of a graph.
   *
   * @param reads for each node the indices of the nodes it reads, -1 for the input
   * @param parts what is known of each node
   * @return for each node and port the most frames that wait there; empty for layers
   * @throws IllegalArgumentException if branches that meet don't give equally many frames
   */
  static int[][] queues(Graph graph, int[][] reads, List<Network.Part> parts) {
    int count = parts.size();
    Clock[] clocks = new Clock[count];
    int[][] waiting = new int[count][0];
    int[][] capacity = new int[count][0];
    boolean meets = false;
    long warmUp = 1;
    long period = 1;
    for (int i = 0; i < count; i++) {
      Network.Part part = parts.get(i);
      if (part.operation() instanceof Layer layer) {
        clocks[i] = layer.clock(part.input());
        warmUp += part.ownReach();
        period = Math.min(lcm(period, part.rate().in()), MOST_FRAMES);
      } else {
        meets = true;
        waiting[i] = new int[reads[i].length];
        capacity[i] = new int[reads[i].length];
      }
    }
    if (meets) {
      Timing timing = new Timing(graph, reads, clocks, waiting, capacity);
      timing.run(Math.min(warmUp, MOST_FRAMES), period);
    }
    return capacity;
  }

  private static long lcm(long a, long b) {
    long x = a;
    long y = b;
    while (y != 0) {
      long rest = x % y;
      x = y;
      y = rest;
    }
    return a / Math.max(x, 1) * b;
  }

  private void run(long warmUp, long period) {
    long end = Math.min(warmUp + 2 * period, 2 * MOST_FRAMES);
    long apart =
        Math.max(1, period / MOST_LENGTHS); // odd enough to meet every phase of small periods
    for (long length = 1; length <= end; length++) {
      step();
      boolean late = length > end - period && (end - length) % apart == 0;
      if (length <= EVERY_LENGTH || late) {
        copy().flush(length);
      }
    }
  }

  private Timing copy() {
    Clock[] copies = new Clock[clocks.length];
    int[][] queues = new int[clocks.length][];
    for (int i = 0; i < clocks.length; i++) {
      copies[i] = clocks[i] == null ? null : clocks[i].copy();
      queues[i] = waiting[i].clone();
    }
    return new Timing(graph, reads, copies, queues, capacity);
  }

  private void step() {
    for (int i = 0; i < clocks.length; i++) {
      run(i, true);
    }
  }

  /** Runs node {@code i} on what the nodes that it reads have emitted in this round. */
  private void run(int i, boolean inputCame) {
    if (clocks[i] != null) {
      int count = arrived(reads[i][0], inputCame);
      frames[i] = 0;
      for (int frame = 0; frame < count; frame++) {
        frames[i] += clocks[i].step();
      }
      return;
    }
    int met = Integer.MAX_VALUE;
    for (int port = 0; port < reads[i].length; port++) {
      waiting[i][port] += arrived(reads[i][port], inputCame);
      met = Math.min(met, waiting[i][port]);
    }
    for (int port = 0; port < reads[i].length; port++) {
      waiting[i][port] -= met;
      capacity[i][port] = Math.max(capacity[i][port], waiting[i][port]);
    }
    frames[i] = met;
  }

  private int arrived(int read, boolean inputCame) {
    return read < 0 ? (inputCame ? 1 : 0) : frames[read];
  }

  private void flush(long length) {
    for (int flushed = 0; flushed < clocks.length; flushed++) {
      int calls = clocks[flushed] == null ? 0 : clocks[flushed].flushCalls();
      for (int call = 0; call < calls; call++) {
        Arrays.fill(frames, 0);
        frames[flushed] = clocks[flushed].flush(call);
        for (int i = flushed + 1; i < clocks.length; i++) {
          run(i, false);
        }
      }
    }
    for (int i = 0; i < clocks.length; i++) {
      for (int port = 0; port < waiting[i].length; port++) {
        if (waiting[i][port] > 0) {
          throw unequal(graph.nodes().get(i), i, port, length);
        }
      }
    }
  }

  private IllegalArgumentException unequal(Graph.Node node, int i, int longer, long length) {
    int shorter = 0;
    for (int port = 0; port < waiting[i].length; port++) {
      if (waiting[i][port] < waiting[i][shorter]) {
        shorter = port;
      }
    }
    return new IllegalArgumentException(
        Network.where(node)
            + ": of a sequence of "
            + length
            + " frames, "
            + name(node.reads().get(longer))
            + " gives "
            + (waiting[i][longer] - waiting[i][shorter])
            + " frames more than "
            + name(node.reads().get(shorter))
            + "; branches that meet must give equally many (check their padding)");
  }

  static String name(String read) {
    return read.equals(Graph.INPUT) ? "the input" : "\"" + read + "\"";
  }
}
