package dev.eddy.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Weights;
import dev.eddy.network.OnnxStep;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * ONNX Runtime as its Java API is plainly used, and as a processor with a state for each key must:
 * one thread, default optimisation, frame and state go in as new tensors made from arrays, and come
 * out as arrays.
 */
final class OrtPlainStepper implements StepBenchmark.Stepper {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final OnnxStep model;
  private final Map<String, float[]> states = new HashMap<>();

  OrtPlainStepper(Layer layer, int channels, Weights weights) {
    model = OnnxStep.of(layer, channels, weights);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      session = environment.createSession(model.bytes(), options);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
    model.states().forEach((name, shape) -> states.put(name, new float[size(shape)]));
  }

  private static int size(long[] shape) {
    int size = 1;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    return size;
  }

  @Override
  public float[] step(float[] frame) {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      inputs.put("x", tensor(frame, model.inputShape()));
      for (Map.Entry<String, long[]> state : model.states().entrySet()) {
        inputs.put(state.getKey(), tensor(states.get(state.getKey()), state.getValue()));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        for (Map.Entry<String, float[]> state : states.entrySet()) {
          array(result, state.getKey() + ".next").get(state.getValue());
        }
        float[] out = new float[size(model.outputShape())];
        array(result, "y").get(out);
        return out;
      } finally {
        inputs.values().forEach(OnnxTensor::close);
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private OnnxTensor tensor(float[] values, long[] shape) throws OrtException {
    return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
  }

  private static FloatBuffer array(OrtSession.Result result, String name) {
    return ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
