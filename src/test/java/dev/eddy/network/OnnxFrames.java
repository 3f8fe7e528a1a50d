package dev.eddy.network;

import dev.eddy.layer.Layer;
import dev.eddy.layer.LogSoftmax;
import dev.eddy.layer.Prelu;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Softmax;
import dev.eddy.layer.Weights;
import dev.eddy.network.OnnxModel.Attribute;
import java.util.List;

/**
 * What layers that look at one frame at a time mean in ONNX's words: time becomes the batch, and a
 * frame has its own dimensions behind it.
 */
final class OnnxFrames {
  private final OnnxModel model;

  OnnxFrames(OnnxModel model) {
    this.model = model;
  }

  String layer(Layer layer, Shape input, Weights weights, String x) {
    String frames = frames(x, input);
    String mapped;
    if (layer instanceof Softmax) {
      mapped = model.node("Softmax", List.of(frames), Attribute.of("axis", 1L));
    } else if (layer instanceof LogSoftmax) {
      mapped = model.node("LogSoftmax", List.of(frames), Attribute.of("axis", 1L));
    } else if (layer instanceof Prelu prelu) {
      String slope =
          prelu.perChannel()
              ? perChannel(weights.tensor("weight"), input)
              : model.constant(weights.tensor("weight"), 1);
      mapped = model.node("PRelu", List.of(frames, slope));
    } else {
      throw new AssertionError("say in ONNX's words what " + layer + " means");
    }
    return sequence(mapped);
  }

  /** {@code [1, size, time]} as {@code [time, channels, ...]}. */
  private String frames(String x, Shape shape) {
    long[] dimensions = new long[shape.rank() + 1];
    dimensions[0] = -1;
    for (int i = 0; i < shape.rank(); i++) {
      dimensions[i + 1] = shape.dimension(i);
    }
    String byTime = model.node("Transpose", List.of(x), Attribute.ofInts("perm", 2, 0, 1));
    return model.node("Reshape", List.of(byTime, model.constant(dimensions)));
  }

  /** {@code [time, channels, ...]} as {@code [1, size, time]}. */
  private String sequence(String frames) {
    String flat = model.node("Flatten", List.of(frames), Attribute.of("axis", 1L));
    String byValue = model.node("Transpose", List.of(flat), Attribute.ofInts("perm", 1, 0));
    return model.node("Unsqueeze", List.of(byValue, model.constant(0L)));
  }

  /** One value a channel, to be spread over the positions of a frame. */
  private String perChannel(float[] values, Shape shape) {
    long[] dimensions = new long[shape.rank()];
    java.util.Arrays.fill(dimensions, 1);
    dimensions[0] = shape.channels();
    return model.constant(values, dimensions);
  }
}
