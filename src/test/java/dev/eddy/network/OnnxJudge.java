package dev.eddy.network;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.eddy.layer.Weights;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.function.Function;

/**
 * ONNX Runtime's offline answer for a whole sequence: graph optimisation off, one thread.
 *
 * <p>A sequence too short to give a frame is one that it refuses; don't ask.
 */
public final class OnnxJudge implements Judge.Closeable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final int inputSize;

  public OnnxJudge(Graph graph, Function<String, Weights> weights) {
    this.inputSize = graph.input().size();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      this.session = environment.createSession(OnnxGraph.write(graph, weights), options);
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public float[][] run(float[][] frames) {
    float[] byChannel = new float[inputSize * frames.length];
    for (int time = 0; time < frames.length; time++) {
      for (int i = 0; i < inputSize; i++) {
        byChannel[i * frames.length + time] = frames[time][i];
      }
    }
    long[] shape = {1, inputSize, frames.length};
    try (OnnxTensor x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(byChannel), shape);
        OrtSession.Result result = session.run(Map.of("x", x))) {
      float[][] values = ((float[][][]) result.get(0).getValue())[0]; // [values][time]
      float[][] out = new float[values[0].length][values.length];
      for (int time = 0; time < out.length; time++) {
        for (int i = 0; i < values.length; i++) {
          out[time][i] = values[i][time];
        }
      }
      return out;
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }
}
