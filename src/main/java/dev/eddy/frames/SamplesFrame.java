package dev.eddy.frames;

import java.util.Set;

/** Raw samples of a window in a frame. */
final class SamplesFrame implements WindowFrame {
  private final int width;
  private final boolean edge;
  private final int channels;
  private final PaneLayout layout;
  private final float[] out; // [channels][width]

  SamplesFrame(Contents.Samples samples, int channels) {
    this.width = samples.width();
    this.edge = samples.edge();
    this.channels = channels;
    this.layout = new PaneLayout(channels, Set.of());
    this.out = new float[channels * width];
  }

  @Override
  public PaneLayout layout() {
    return layout;
  }

  @Override
  public int samples() {
    return width;
  }

  @Override
  public float[] make(double[] sum, SampleLog log) {
    int missing = width - log.found;
    for (int channel = 0; channel < channels; channel++) {
      for (int i = 0; i < width; i++) {
        int sample = i - missing;
        out[channel * width + i] =
            sample >= 0 || edge ? log.samples[Math.max(sample, 0) * channels + channel] : 0f;
      }
    }
    return out;
  }
}
