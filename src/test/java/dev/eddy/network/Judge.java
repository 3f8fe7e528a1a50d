package dev.eddy.network;

import dev.eddy.layer.Weights;
import java.util.function.Function;

/** Gives the offline answer for a whole sequence. */
@FunctionalInterface
interface Judge {

  /** The output frames, {@code [time][values]}, for the input frames, {@code [time][values]}. */
  float[][] run(float[][] frames);

  /** A judge that holds something of the system. */
  interface Closeable extends Judge, AutoCloseable {
    @Override
    void close();
  }

  /** ONNX Runtime, by whatever way it can tell. */
  static Closeable of(Graph graph, Function<String, Weights> weights) {
    return FeedbackJudge.isNeeded(graph)
        ? new FeedbackJudge(graph, weights)
        : new OnnxJudge(graph, weights);
  }
}
