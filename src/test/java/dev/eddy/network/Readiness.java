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
import java.util.Map;

/**
 * After which input each frame is determined, by the operators' own formulas over a whole sequence:
 * the last input that it depends on, or that tells it exists at all. The length of the sequence
 * stands for its end.
 */
final class Readiness {
  private Readiness() {}

  /** For each output frame of the graph's last node the input frame, 0-based, that settles it. */
  static int[] ofOutputs(Graph graph, int length) {
    Map<String, Integer> frames = SequenceLength.ofNodes(graph, length);
    Map<String, Shape> shapes = RandomNetworkWeights.shapes(graph);
    Map<String, int[]> ready = new HashMap<>();
    int[] inputs = new int[length];
    for (int i = 0; i < length; i++) {
      inputs[i] = i;
    }
    ready.put(Graph.INPUT, inputs);
    int[] last = inputs;
    for (Graph.Node node : graph.nodes()) {
      if (node.operation() instanceof Previous) {
        ready.put(node.name(), inputs);
        last = inputs;
        continue;
      }
      last = new int[frames.get(node.name())];
      Shape input = shapes.get(node.reads().get(0));
      for (int frame = 0; frame < last.length; frame++) {
        for (String read : node.reads()) {
          int[] before = ready.get(read);
          int needs = needs(node.operation() instanceof Layer layer ? layer : null, input, frame);
          last[frame] =
              Math.max(last[frame], needs < before.length ? before[Math.max(0, needs)] : length);
        }
        last[frame] = Math.max(last[frame], frame == 0 ? 0 : last[frame - 1]);
      }
      ready.put(node.name(), last);
    }
    return last;
  }

  /** The frame read that settles frame {@code frame}; a merge needs the one of the same number. */
  private static int needs(Layer layer, Shape input, int frame) {
    if (layer instanceof Last
        || layer instanceof GlobalPool global && global.over() == GlobalPool.Over.TIME) {
      return Integer.MAX_VALUE;
    }
    if (layer instanceof First) {
      return 0;
    }
    if (layer instanceof Upsample upsample) {
      int time = upsample.time();
      return switch (upsample.mode()) {
        case NEAREST -> frame / time;
        case LINEAR -> (int) Math.ceil((frame + 0.5) / time - 0.5 - 1e-9);
        case LINEAR_ASYMMETRIC -> (frame + time - 1) / time;
      };
    }
    if (layer instanceof Stack stack) {
      return (frame + 1) * stack.frames() - 1;
    }
    if (layer instanceof Unstack unstack) {
      return frame / unstack.frames();
    }
    if (layer instanceof TimePad pad) {
      int mirrored = pad.mode() == TimePad.Mode.REFLECT ? Math.max(pad.before(), pad.after()) : 0;
      return Math.max(mirrored, frame - pad.before());
    }
    if (layer instanceof TimeSlice slice) {
      return slice.start() + frame * slice.step() + slice.end();
    }
    if (layer instanceof Conv conv) {
      return lastTap(SequenceLength.time(conv.axes(), input), frame);
    }
    if (layer instanceof Pool pool) {
      return lastTap(SequenceLength.time(pool.axes(), input), frame);
    }
    if (layer instanceof Deconv deconv) {
      Axis time = SequenceLength.time(deconv.axes(), input);
      int extra = deconv.axes().size() == input.rank() ? deconv.outputPadding().get(0) : 0;
      int place = frame + time.before(); // in what is not cropped
      int finishes = place / time.stride(); // the last input whose taps may reach it
      int ends = (time.kernel() - 1) * time.dilation() + 1 + extra - time.after();
      int exists = Math.max(0, -Math.floorDiv(-(place + 1 - ends), time.stride()));
      return Math.max(finishes, exists);
    }
    return frame;
  }

  private static int lastTap(Axis time, int frame) {
    return frame * time.stride() - time.before() + (time.kernel() - 1) * time.dilation();
  }
}
