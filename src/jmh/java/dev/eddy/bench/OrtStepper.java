package dev.eddy.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Weights;
import dev.eddy.network.OnnxStep;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * ONNX Runtime in Eddy's place: one thread, default optimisation, state passed in and out. Tensors
 * are made once, over direct buffers; two sets of state tensors change places from step to step.
 */
final class OrtStepper implements StepBenchmark.Stepper {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final FloatBuffer in;
  private final FloatBuffer result;
  private final float[] out;
  private final List<Map<String, OnnxTensor>> inputs = List.of(new HashMap<>(), new HashMap<>());
  private final List<Map<String, OnnxTensor>> outputs = List.of(new HashMap<>(), new HashMap<>());
  private final Set<OnnxTensor> tensors = new HashSet<>();
  private int turn;

  OrtStepper(Layer layer, int channels, Weights weights) {
    OnnxStep model = OnnxStep.of(layer, channels, weights);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      session = environment.createSession(model.bytes(), options);
      in = buffer(model.inputShape());
      result = buffer(model.outputShape());
      OnnxTensor x = OnnxTensor.createTensor(environment, in, model.inputShape());
      OnnxTensor y = OnnxTensor.createTensor(environment, result, model.outputShape());
      for (int set = 0; set < 2; set++) {
        inputs.get(set).put("x", x);
        outputs.get(set).put("y", y);
      }
      for (Map.Entry<String, long[]> state : model.states().entrySet()) {
        for (int set = 0; set < 2; set++) {
          OnnxTensor tensor =
              OnnxTensor.createTensor(environment, buffer(state.getValue()), state.getValue());
          inputs.get(set).put(state.getKey(), tensor);
          outputs.get(1 - set).put(state.getKey() + ".next", tensor);
        }
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
    inputs.forEach(set -> tensors.addAll(set.values()));
    outputs.forEach(set -> tensors.addAll(set.values()));
    out = new float[result.capacity()];
  }

  private static FloatBuffer buffer(long[] shape) {
    int size = 4;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  @Override
  public float[] step(float[] frame) {
    in.put(0, frame);
    try (OrtSession.Result ignored = session.run(inputs.get(turn), outputs.get(turn))) {
      turn = 1 - turn;
      result.get(0, out);
      return out;
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      tensors.forEach(OnnxTensor::close);
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
