package dev.eddy.network;

import dev.eddy.layer.Layer;
import dev.eddy.layer.TimePad;
import dev.eddy.layer.TimeSlice;
import dev.eddy.network.OnnxModel.Attribute;
import java.util.List;

/** What layers that change which frames follow each other mean in ONNX's words. */
final class OnnxTime {
  private final OnnxModel model;

  OnnxTime(OnnxModel model) {
    this.model = model;
  }

  String layer(Layer layer, String x) {
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
    }
    throw new AssertionError("say in ONNX's words what " + layer + " means");
  }
}
