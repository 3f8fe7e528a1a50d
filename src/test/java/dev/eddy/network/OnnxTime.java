package dev.eddy.network;

import ai.onnx.proto.OnnxMl;
import dev.eddy.layer.Layer;
import dev.eddy.layer.RunningStandardise;
import dev.eddy.layer.RunningSum;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Stack;
import dev.eddy.layer.TimePad;
import dev.eddy.layer.TimeSlice;
import dev.eddy.layer.Unstack;
import dev.eddy.network.OnnxModel.Attribute;
import java.util.List;

/** What layers that change which frames follow each other mean in ONNX's words. */
final class OnnxTime {
  private static final Attribute TO_DOUBLE =
      Attribute.of("to", (long) OnnxMl.TensorProto.DataType.DOUBLE.getNumber());
  private static final Attribute TO_FLOAT =
      Attribute.of("to", (long) OnnxMl.TensorProto.DataType.FLOAT.getNumber());

  private final OnnxModel model;

  OnnxTime(OnnxModel model) {
    this.model = model;
  }

  static boolean has(Layer layer) {
    return layer instanceof TimePad
        || layer instanceof TimeSlice
        || layer instanceof RunningSum
        || layer instanceof RunningStandardise
        || layer instanceof Stack
        || layer instanceof Unstack;
  }

  String layer(Layer layer, Shape input, String x) {
    if (layer instanceof TimePad pad) {
      String pads = model.constant(0L, 0L, pad.before(), 0L, 0L, pad.after());
      String value = model.constant(new float[] {pad.value()});
      return model.node("Pad", List.of(x, pads, value), Attribute.of("mode", pad.mode().word()));
    } else if (layer instanceof TimeSlice slice) {
      return model.node(
          "Slice",
          List.of(
              x,
              model.constant((long) slice.start()),
              model.constant(slice.end() == 0 ? Long.MAX_VALUE : -slice.end()),
              model.constant(2L),
              model.constant((long) slice.step())));
    } else if (layer instanceof RunningSum sum) {
      return model.node(
          "CumSum",
          List.of(x, model.constant(2L)),
          Attribute.of("exclusive", sum.exclusive() ? 1L : 0L));
    } else if (layer instanceof RunningStandardise standardise) {
      return standardise(standardise.epsilon(), x);
    } else if (layer instanceof Stack stack) {
      long frames = stack.frames();
      String split = shape(wholeStacks(x, frames), 1L, input.size(), -1L, frames);
      String side = model.node("Transpose", List.of(split), Attribute.ofInts("perm", 0, 3, 1, 2));
      return shape(side, 1L, frames * input.size(), -1L);
    } else if (layer instanceof Unstack unstack) {
      long size = input.size() / unstack.frames();
      String split = shape(x, 1L, unstack.frames(), size, -1L);
      String behind = model.node("Transpose", List.of(split), Attribute.ofInts("perm", 0, 2, 3, 1));
      return shape(behind, 1L, size, -1L);
    }
    throw new AssertionError("say in ONNX's words what " + layer + " means");
  }

  /** For sequences that the window is not full in, in doubles. */
  private String standardise(float epsilon, String x) {
    String wide = model.node("Cast", List.of(x), TO_DOUBLE);
    String mean = model.node("Div", List.of(sum(wide), counts(wide)));
    String squares = sum(model.node("Mul", List.of(wide, wide)));
    String meanSquare = model.node("Div", List.of(squares, counts(wide)));
    String squaredMean = model.node("Mul", List.of(mean, mean));
    String variance = model.node("Sub", List.of(meanSquare, squaredMean));
    String least = model.node("Cast", List.of(model.constant(new float[] {epsilon})), TO_DOUBLE);
    String deviation = model.node("Sqrt", List.of(model.node("Add", List.of(variance, least))));
    String distance = model.node("Sub", List.of(wide, mean));
    return model.node("Cast", List.of(model.node("Div", List.of(distance, deviation))), TO_FLOAT);
  }

  private String sum(String x) {
    return model.node("CumSum", List.of(x, model.constant(2L)));
  }

  /** How many frames there are up to each. */
  private String counts(String x) {
    String zeros = model.node("Sub", List.of(x, x));
    return sum(model.node("Exp", List.of(zeros)));
  }

  private String wholeStacks(String x, long frames) {
    String length =
        model.node("Shape", List.of(x), Attribute.of("start", 2L), Attribute.of("end", 3L));
    String many = model.node("Div", List.of(length, model.constant(frames)));
    String whole = model.node("Mul", List.of(many, model.constant(frames)));
    return model.node("Slice", List.of(x, model.constant(0L), whole, model.constant(2L)));
  }

  private String shape(String x, long... dimensions) {
    return model.node("Reshape", List.of(x, model.constant(dimensions)));
  }
}
