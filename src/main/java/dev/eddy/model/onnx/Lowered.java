package dev.eddy.model.onnx;

import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.network.Graph;
import java.util.List;

/**
 * A graph that could be lowered.
 *
 * @param lowering what was made
 * @param names of the outputs that are frames, in order
 * @param outputs their frames
 * @param length the first length of the sequence that was tried
 * @param fixedLength the one length that the file was exported for; 0 without
 * @param sawTime whether a recurrence or a window moves along time
 */
record Lowered(
    Lowering lowering,
    List<String> names,
    List<Frames> outputs,
    long length,
    long fixedLength,
    boolean sawTime) {

  /** The nodes that the outputs need. */
  List<Graph.Node> nodes() {
    return outputs.stream()
        .flatMap(frames -> lowering.graph.graph(frames.node()).nodes().stream())
        .toList();
  }
}
