package dev.eddy.network;

import dev.eddy.layer.Previous;
import dev.eddy.layer.Reshape;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Slice;
import dev.eddy.layer.Weights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * ONNX Runtime's answer where there is feedback, which it has no word for: what is fed back comes
 * in as more channels of the input. It is guessed, and found by going through the whole sequence as
 * often as it has frames: each time one frame more is what it should be.
 */
final class FeedbackJudge implements Judge.Closeable {
  private final int inputSize;
  private final Map<String, OnnxJudge> fed = new LinkedHashMap<>(); // by the name of the feedback
  private final Map<String, float[]> starts = new HashMap<>();
  private final OnnxJudge whole;
  private int size; // of a frame with all that is fed back

  FeedbackJudge(Graph graph, Function<String, Weights> weights) {
    this.inputSize = graph.input().size();
    this.size = inputSize;
    List<Graph.Node> nodes = opened(graph);
    Shape input = Shape.of(size);
    for (Graph.Node node : graph.nodes()) {
      if (node.operation() instanceof Previous previous) {
        Graph upTo = new Graph(input, upTo(nodes, node.reads().get(0)));
        fed.put(node.name(), new OnnxJudge(upTo, weights));
        starts.put(node.name(), previous.start(weights.apply(node.name())));
      }
    }
    String last = graph.nodes().get(graph.nodes().size() - 1).name();
    this.whole = new OnnxJudge(new Graph(input, upTo(nodes, last)), weights);
  }

  static boolean isNeeded(Graph graph) {
    return graph.nodes().stream().anyMatch(node -> node.operation() instanceof Previous);
  }

  /** The graph without its feedback, over frames that hold it behind their own values. */
  private List<Graph.Node> opened(Graph graph) {
    List<Graph.Node> nodes = new ArrayList<>();
    String own = "the input";
    part(nodes, own, 0, graph.input());
    for (Graph.Node node : graph.nodes()) {
      if (node.operation() instanceof Previous previous) {
        part(nodes, node.name(), size, previous.shape());
        size += previous.shape().size();
      } else {
        List<String> reads =
            node.reads().stream().map(read -> read.equals(Graph.INPUT) ? own : read).toList();
        nodes.add(new Graph.Node(node.name(), node.operation(), reads));
      }
    }
    return nodes;
  }

  private static void part(List<Graph.Node> nodes, String name, int from, Shape shape) {
    String flat = name + ", flat";
    nodes.add(new Graph.Node(flat, new Slice(0, from, from + shape.size()), Graph.INPUT));
    nodes.add(new Graph.Node(name, new Reshape(shape.dimensions()), flat));
  }

  private static List<Graph.Node> upTo(List<Graph.Node> nodes, String last) {
    String name = last.equals(Graph.INPUT) ? "the input" : last;
    List<Graph.Node> first = new ArrayList<>();
    for (Graph.Node node : nodes) {
      first.add(node);
      if (node.name().equals(name)) {
        return first;
      }
    }
    throw new AssertionError(last);
  }

  @Override
  public float[][] run(float[][] frames) {
    float[][] wider = new float[frames.length][size];
    for (int time = 0; time < frames.length; time++) {
      System.arraycopy(frames[time], 0, wider[time], 0, inputSize);
    }
    for (int again = 0; again < frames.length; again++) {
      Map<String, float[][]> gave = new HashMap<>();
      fed.forEach((name, judge) -> gave.put(name, judge.run(wider)));
      int at = inputSize;
      for (String name : fed.keySet()) {
        float[] start = starts.get(name);
        for (int time = 0; time < frames.length; time++) {
          float[] before = time == 0 ? start : gave.get(name)[time - 1];
          System.arraycopy(before, 0, wider[time], at, start.length);
        }
        at += start.length;
      }
    }
    return whole.run(wider);
  }

  @Override
  public void close() {
    fed.values().forEach(OnnxJudge::close);
    whole.close();
  }
}
