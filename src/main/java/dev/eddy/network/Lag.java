package dev.eddy.network;

import dev.eddy.layer.Clock;
import dev.eddy.layer.Layer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * By how many frames a network of rate 1 has fallen behind its input, at worst: it counts, from the
 * clocks alone, what has come out after each frame that went in.
 */
final class Lag {
  private static final long MOST_STEPS = 20_000_000; // of clocks: about a second
  private static final int AFTER_THE_FIRST = 4_096; // frames in; longer than periods of strides

  private Lag() {}

  /** Frames in less frames out; empty if nothing comes out for very long. */
  static OptionalLong of(Graph graph, List<Network.Part> parts) {
    int count = parts.size();
    Map<String, Integer> indices = new HashMap<>(Map.of(Graph.INPUT, -1));
    int[][] reads = new int[count][];
    Clock[] clocks = new Clock[count];
    long[][] waiting = new long[count][];
    for (int i = 0; i < count; i++) {
      Graph.Node node = graph.nodes().get(i);
      reads[i] = node.reads().stream().mapToInt(indices::get).toArray();
      waiting[i] = new long[reads[i].length];
      clocks[i] =
          node.operation() instanceof Layer layer ? layer.clock(parts.get(i).input()) : null;
      indices.put(node.name(), i);
    }
    long[] frames = new long[count];
    long worst = 0;
    long out = 0;
    long since = 0;
    long steps = 0;
    for (long in = 1; since < AFTER_THE_FIRST && steps < MOST_STEPS; in++) {
      for (int i = 0; i < count; i++) {
        long met = Long.MAX_VALUE;
        for (int port = 0; port < reads[i].length; port++) {
          waiting[i][port] += reads[i][port] < 0 ? 1 : frames[reads[i][port]];
          met = Math.min(met, waiting[i][port]);
        }
        for (int port = 0; port < reads[i].length; port++) {
          waiting[i][port] -= met;
        }
        frames[i] = met;
        if (clocks[i] != null) {
          frames[i] = 0;
          for (long frame = 0; frame < met; frame++) {
            frames[i] += clocks[i].step();
          }
          steps += met;
        }
        steps++;
      }
      out += frames[count - 1];
      since += out > 0 ? 1 : 0;
      worst = Math.max(worst, in - out);
    }
    return out > 0 ? OptionalLong.of(worst) : OptionalLong.empty();
  }
}
