package dev.eddy.network;

import dev.eddy.layer.Axis;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.First;
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.Last;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Stack;
import dev.eddy.layer.TimePad;
import dev.eddy.layer.TimeSlice;
import dev.eddy.layer.Unstack;
import dev.eddy.layer.Upsample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How long whole outputs are, as ONNX's operators have it. */
final class SequenceLength {
  private SequenceLength() {}

  /** Frames that each node of a graph gives of a sequence of {@code length}, by name. */
  static Map<String, Integer> ofNodes(Graph graph, int length) {
    Map<String, Integer> frames = new HashMap<>(Map.of(Graph.INPUT, length));
    Map<String, Shape> shapes = RandomNetworkWeights.shapes(graph);
    for (Graph.Node node : graph.nodes()) {
      if (node.operation() instanceof Previous) {
        frames.put(node.name(), length);
        continue;
      }
      int shortest = node.reads().stream().mapToInt(frames::get).min().orElseThrow();
      frames.put(
          node.name(),
          node.operation() instanceof Layer layer && shortest > 0
              ? Math.max(0, after(layer, shapes.get(node.reads().get(0)), shortest))
              : shortest);
    }
    return frames;
  }

  private static int after(Layer layer, Shape input, int frames) {
    if (layer instanceof Conv conv) {
      return windows(time(conv.axes(), input), frames);
    }
    if (layer instanceof Pool pool) {
      return windows(time(pool.axes(), input), frames);
    }
    if (layer instanceof Deconv deconv) {
      Axis time = time(deconv.axes(), input);
      int extra = deconv.axes().size() == input.rank() ? deconv.outputPadding().get(0) : 0;
      int whole = (frames - 1) * time.stride() + (time.kernel() - 1) * time.dilation() + 1;
      return whole + extra - time.before() - time.after();
    }
    if (layer instanceof Upsample upsample) {
      return frames * upsample.time();
    }
    if (layer instanceof Stack stack) {
      return frames / stack.frames();
    }
    if (layer instanceof Unstack unstack) {
      return frames * unstack.frames();
    }
    if (layer instanceof TimePad pad) {
      boolean tooShort =
          pad.mode() == TimePad.Mode.REFLECT && frames <= Math.max(pad.before(), pad.after());
      return tooShort ? 0 : pad.before() + frames + pad.after();
    }
    if (layer instanceof TimeSlice slice) {
      return -Math.floorDiv(-(frames - slice.start() - slice.end()), slice.step());
    }
    if (layer instanceof Last
        || layer instanceof First
        || layer instanceof GlobalPool pool && pool.over() == GlobalPool.Over.TIME) {
      return 1;
    }
    return frames;
  }

  static Axis time(List<Axis> axes, Shape input) {
    return axes.size() == input.rank() ? axes.get(0) : Axis.ONE;
  }

  private static int windows(Axis time, int frames) {
    int last = frames + time.before() + time.after() - (time.kernel() - 1) * time.dilation() - 1;
    return last < 0 ? 0 : last / time.stride() + 1;
  }
}
