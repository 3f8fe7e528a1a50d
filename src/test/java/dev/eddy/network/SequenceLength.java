package dev.eddy.network;

import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.Last;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Upsample;

/** How long a layer's whole output is, as ONNX's operators have it. */
final class SequenceLength {
  private SequenceLength() {}

  /** Frames out for {@code frames} in, not above 0 where there are none. */
  static int after(Layer layer, int frames) {
    if (layer instanceof Conv conv) {
      int span = (conv.kernel() - 1) * conv.dilation();
      int padded = frames + (conv.padding() == Conv.Padding.CAUSAL ? span : 0);
      return padded <= span ? 0 : (padded - span - 1) / conv.stride() + 1;
    }
    if (layer instanceof Deconv deconv) {
      return (frames - 1) * deconv.stride() + deconv.kernel();
    }
    if (layer instanceof Upsample upsample) {
      return frames * upsample.time();
    }
    if (layer instanceof Last
        || layer instanceof GlobalPool pool && pool.over() == GlobalPool.Over.TIME) {
      return 1;
    }
    return frames;
  }
}
