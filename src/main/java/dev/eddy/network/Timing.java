package dev.eddy.network;

import dev.eddy.layer.Clock;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Rate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How far the branches of a graph lag behind each other where they meet, and its output behind its
 * input.
 *
 * <p>Layers emit at times that don't depend on the values, so one run of their {@link Clock}s alone
 * tells how many frames of each branch ever have to wait for the other: the smallest delay lines
 * that align them. Nodes that emit whenever what they read does, most of them, are left out of it.
 * The run is long enough to pass every warm-up and two whole periods of the rates.
 *
 * <p>It also ends the sequence at many lengths (the fewer, the longer an end takes), at all of the
 * last period among them. Branches that never give the same number of frames could never meet
 * offline either and are refused. Where they do for some lengths only (a stride of 2 and its
 * upsampling give an even number of frames), the frames that all have are merged and the rest is
 * dropped at the end.
 */
final class Timing {
  private static final long EVERY_LENGTH = 2_000; // sequences up to this long are ended, at most
  private static final long MOST_STEPS = 1L << 24; // of all that is counted, half a second or so
  private static final int FOLLOWED = 4_096; // frames in, after the first out: many periods

  private final Graph graph;
  private final List<Network.Part> parts;
  private final int[][] allReads; // [node of the graph][port] node read, -1 for the input

  /** {@code [node of the graph]} a counted one that emits with it, -1 for the input. */
  private final int[] standIns;

  /** The nodes that do not emit with another, in order; below, nodes are these. */
  private final List<Integer> counted = new ArrayList<>();

  private final int[][] reads; // [node][port] node read, -1 for the input
  private final Clock[] clocks; // null for a merge
  private final int[] frames; // [node] emitted in this round
  private final int ports; // of all nodes
  private final long copied; // nodes and queues
  private int[][] waiting; // [node][port] frames in the queue
  private final int[][] capacity; // [node][port] most that ever waited
  private final boolean[] equal; // [node] whether the branches of a merge ever ended together
  private final List<Feedback> feedback = new ArrayList<>();
  private long flushed; // frames that the last node gave at ends
  private long steps; // of clocks, nodes passed, clocks copied

  /** {@code fed}: the node that is fed back, -1 for the input. */
  private record Feedback(Graph.Node node, int fed) {}

  private Timing(Graph graph, int[][] allReads, List<Network.Part> parts) {
    this.graph = graph;
    this.parts = parts;
    this.allReads = allReads;
    this.standIns = new int[parts.size()];
    List<int[]> kept = new ArrayList<>();
    List<Clock> keptClocks = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Clock clock = clock(parts.get(i));
      int[] from = Arrays.stream(allReads[i]).map(this::standIn).toArray();
      if (clock == Clock.EVERY || clock == null && Arrays.stream(from).distinct().count() == 1) {
        standIns[i] = from[0];
      } else {
        standIns[i] = counted.size();
        counted.add(i);
        kept.add(from);
        keptClocks.add(clock);
      }
    }
    int count = counted.size();
    this.reads = kept.toArray(int[][]::new);
    this.clocks = keptClocks.toArray(Clock[]::new);
    this.frames = new int[count];
    this.waiting = new int[count][0];
    this.capacity = new int[count][0];
    this.equal = new boolean[count];
    for (int i = 0; i < count; i++) {
      if (clocks[i] == null) {
        waiting[i] = new int[reads[i].length];
        capacity[i] = new int[reads[i].length];
      }
    }
    findFeedback();
    this.ports = Arrays.stream(reads).mapToInt(from -> from.length).sum();
    this.copied = 2L * count + ports;
  }

  /** When a node emits; null for a merge. Feedback comes with each frame. */
  private static Clock clock(Network.Part part) {
    if (part.operation() instanceof Layer layer) {
      return layer.clock(part.input());
    }
    return part.operation() instanceof Previous ? Clock.EVERY : null;
  }

  private int standIn(int node) {
    return node < 0 ? node : standIns[node];
  }

  private void findFeedback() {
    Map<String, Integer> places = Analysis.places(graph);
    for (Graph.Node node : graph.nodes()) {
      if (node.operation() instanceof Previous) {
        feedback.add(new Feedback(node, standIn(places.get(node.reads().get(0)))));
      }
    }
  }

  /**
   * Finds the queues of a graph.
   *
   * @param reads for each node the indices of the nodes it reads, -1 for the input
   * @param parts what is known of each node
   * @return for each node and port the most frames that wait there; empty for layers
   * @throws IllegalArgumentException if branches that meet never give equally many frames, or lag
   *     too far to find out
   */
  static int[][] queues(Graph graph, int[][] reads, List<Network.Part> parts) {
    Timing timing = new Timing(graph, reads, parts);
    if (timing.firstMerge() >= 0 || !timing.feedback.isEmpty()) {
      long warmUp = 1;
      long period = 1;
      for (int node : timing.counted) {
        Network.Part part = parts.get(node);
        if (part.operation() instanceof Layer) {
          warmUp = Math.min(warmUp + Math.min(part.ownReach(), MOST_STEPS), MOST_STEPS);
          period = Math.min(lcm(period, part.rate().in()), MOST_STEPS);
        }
      }
      timing.run(warmUp, period);
    }
    return timing.capacities();
  }

  /** Of all nodes of the graph. */
  private int[][] capacities() {
    int[][] all = new int[parts.size()][0];
    for (int i = 0; i < all.length; i++) {
      if (parts.get(i).operation() instanceof Merge) {
        boolean isCounted = standIns[i] >= 0 && counted.get(standIns[i]) == i;
        all[i] = isCounted ? capacity[standIns[i]] : new int[allReads[i].length];
      }
    }
    return all;
  }

  /**
   * By how many frames the output of a graph of rate 1 is behind its input, at worst, while a
   * sequence goes on.
   *
   * @throws IllegalArgumentException if it lags too far to find out
   */
  static long lag(Graph graph, int[][] reads, List<Network.Part> parts) {
    Timing timing = new Timing(graph, reads, parts);
    long worst = 0;
    long out = 0;
    int last = timing.standIn(parts.size() - 1);
    int followed = 0;
    for (long in = 1; followed < FOLLOWED; in++) {
      timing.step();
      out += last < 0 ? 1 : timing.frames[last];
      worst = Math.max(worst, in - out);
      followed += out > 0 ? 1 : 0;
    }
    return worst;
  }

  /**
   * When the frames of a graph come beside those that go in, for a long while and at an end.
   *
   * @throws IllegalArgumentException if it lags too far to find out
   */
  static OutputSchedule schedule(Graph graph, int[][] reads, List<Network.Part> parts) {
    Timing timing = new Timing(graph, reads, parts);
    int last = timing.standIn(parts.size() - 1);
    Network.Part part = parts.get(parts.size() - 1);
    Rate rate = part.rate();
    if (rate.out() == 0) {
      return new OutputSchedule(0, 0, 0, 0, true);
    }
    long first = 0;
    long emitted = 0;
    long behind = 0;
    long lag = 0;
    long ahead = 0;
    int followed = 0;
    for (long seen = 1; followed < FOLLOWED; seen++) {
      timing.step();
      int come = last < 0 ? 1 : timing.frames[last];
      if (emitted == 0 && come > 0) {
        long place = seen - 1 - part.delayFrames();
        first = place * rate.out() - (come - 1) * rate.in();
      }
      emitted += come;
      if (emitted > 0) {
        followed++;
        long oldest = first + (emitted - come) * rate.in();
        behind = Math.max(behind, seen - 1 - Math.floorDiv(oldest, rate.out()));
      }
      lag = Math.max(lag, seen - emitted);
      ahead = Math.max(ahead, emitted - seen);
    }
    timing.flush();
    return new OutputSchedule(first, behind, lag, ahead, timing.flushed > 0);
  }

  private void step() {
    for (int i = 0; i < clocks.length; i++) {
      run(i, 1);
    }
  }

  private int firstMerge() {
    for (int i = 0; i < clocks.length; i++) {
      if (clocks[i] == null) {
        return i;
      }
    }
    return -1;
  }

  /** The first one is at most {@link #MOST_STEPS}. */
  private static long lcm(long a, long b) {
    long x = a;
    long y = b;
    while (y != 0) {
      long rest = x % y;
      x = y;
      y = rest;
    }
    long factor = b / x;
    return factor > MOST_STEPS ? MOST_STEPS : a * factor;
  }

  private void run(long warmUp, long period) {
    long end = warmUp + 2 * period;
    if (end > MOST_STEPS / Math.max(1, ports)) {
      throw tooFar();
    }
    long ends = Math.min(EVERY_LENGTH, MOST_STEPS / 4 / stepsOfAnEnd());
    long apart = ends == 0 ? end : end / ends + 1;
    for (long length = 1; length <= end; length++) {
      step();
      checkFeedback(length);
      boolean last = length > end - period;
      if (last || length <= ends || length % apart == 0) {
        end(last);
      }
    }
    flush();
    for (int i = 0; i < clocks.length; i++) {
      if (clocks[i] == null && !equal[i]) {
        throw unequal(node(i), waiting[i], end);
      }
    }
  }

  /** Of what is fed back there must be one frame at each step. */
  private void checkFeedback(long length) {
    for (Feedback one : feedback) {
      if (one.fed >= 0 && frames[one.fed] != 1) {
        throw new IllegalArgumentException(
            Network.where(one.node)
                + ": "
                + name(one.node.reads().get(0))
                + " gives "
                + frames[one.fed]
                + " frames at frame "
                + length
                + " of a sequence; feedback takes one at each");
      }
    }
  }

  /** What it takes to end the sequence once, if no branch upsamples. */
  private long stepsOfAnEnd() {
    long cost = 1 + copied;
    long behind = 0;
    for (int i = clocks.length - 1; i >= 0; i--) {
      cost += clocks[i] == null ? 0 : clocks[i].flushCalls() * (1 + behind);
      behind += reads[i].length;
    }
    return cost;
  }

  /** Runs node {@code i} on what the nodes that it reads have emitted in this round. */
  private void run(int i, int inputs) {
    int met = Integer.MAX_VALUE;
    spend(reads[i].length);
    for (int port = 0; port < reads[i].length; port++) {
      int read = reads[i][port];
      int come = read < 0 ? inputs : frames[read];
      if (clocks[i] != null) {
        frames[i] = count(clocks[i], come);
        return;
      }
      waiting[i][port] = checked((long) waiting[i][port] + come);
      met = Math.min(met, waiting[i][port]);
    }
    for (int port = 0; port < reads[i].length; port++) {
      waiting[i][port] -= met;
      capacity[i][port] = Math.max(capacity[i][port], waiting[i][port]);
    }
    frames[i] = met;
  }

  private int count(Clock clock, int come) {
    spend(come);
    long emitted = 0;
    for (int frame = 0; frame < come; frame++) {
      emitted += clock.step();
    }
    return checked(emitted);
  }

  /** A counted node. */
  private Graph.Node node(int i) {
    return graph.nodes().get(counted.get(i));
  }

  private void spend(long more) {
    steps += more;
    if (steps > MOST_STEPS) {
      throw tooFar();
    }
  }

  /** More frames than this a network could neither emit at once nor keep. */
  private int checked(long frames) {
    if (frames > MOST_STEPS) {
      throw tooFar();
    }
    return (int) frames;
  }

  private IllegalArgumentException tooFar() {
    int merge = firstMerge();
    return merge < 0
        ? new IllegalArgumentException(
            Network.where(graph.nodes().get(parts.size() - 1))
                + ": it lags too far behind what comes into the network to be counted")
        : new IllegalArgumentException(
            Network.where(node(merge))
                + ": its branches lag too far behind each other, or repeat too slowly, to be"
                + " aligned");
  }

  /** Ends the sequence here, and goes back. */
  private void end(boolean last) {
    spend(copied);
    Clock[] saved = clocks.clone();
    int[][] savedWaiting = waiting;
    waiting = new int[clocks.length][];
    for (int i = 0; i < clocks.length; i++) {
      clocks[i] = saved[i] == null ? null : saved[i].copy();
      waiting[i] = savedWaiting[i].clone();
    }
    flush();
    for (int i = 0; i < clocks.length; i++) {
      equal[i] |= last && endedTogether(waiting[i]);
    }
    System.arraycopy(saved, 0, clocks, 0, saved.length);
    waiting = savedWaiting;
  }

  private static boolean endedTogether(int[] left) {
    for (int count : left) {
      if (count > 0) {
        return false;
      }
    }
    return true;
  }

  /** What gives nothing moves nothing behind it. */
  private void flush() {
    int last = standIn(parts.size() - 1);
    Arrays.fill(frames, 0);
    for (int flushed = 0; flushed < clocks.length; flushed++) {
      int calls = clocks[flushed] == null ? 0 : clocks[flushed].flushCalls();
      spend(calls);
      for (int call = 0; call < calls; call++) {
        frames[flushed] = clocks[flushed].flush(call);
        for (int i = flushed + 1; i < clocks.length && frames[flushed] > 0; i++) {
          run(i, 0);
        }
        this.flushed += frames[flushed] > 0 && last >= 0 ? frames[last] : 0;
      }
      frames[flushed] = 0;
    }
  }

  private static IllegalArgumentException unequal(Graph.Node node, int[] left, long length) {
    int longest = 0;
    int shortest = 0;
    for (int port = 0; port < left.length; port++) {
      longest = left[port] > left[longest] ? port : longest;
      shortest = left[port] < left[shortest] ? port : shortest;
    }
    return new IllegalArgumentException(
        Network.where(node)
            + ": of a sequence of "
            + length
            + " frames, "
            + name(node.reads().get(longest))
            + " gives "
            + (left[longest] - left[shortest])
            + " frames more than "
            + name(node.reads().get(shortest))
            + "; branches that meet must give equally many (check their padding)");
  }

  static String name(String read) {
    return read.equals(Graph.INPUT) ? "the input" : "\"" + read + "\"";
  }
}
