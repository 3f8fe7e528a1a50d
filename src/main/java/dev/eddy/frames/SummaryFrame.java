package dev.eddy.frames;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Statistics of a window in a frame. */
final class SummaryFrame implements WindowFrame {
  private final Contents.Summary summary;
  private final PaneLayout layout;
  private final int[] channels; // [value]
  private final boolean hasQuantiles;
  private final float[] out;

  SummaryFrame(Contents.Summary summary, List<FrameChannel> before) {
    this.summary = summary;
    Set<Statistic.Kind> kinds = EnumSet.noneOf(Statistic.Kind.class);
    summary.values().forEach(value -> kinds.add(value.statistic().kind()));
    this.layout = new PaneLayout(before.size(), kinds);
    this.hasQuantiles = kinds.contains(Statistic.Kind.QUANTILE);
    this.channels =
        summary.values().stream()
            .mapToInt(v -> v.channel().isEmpty() ? 0 : Contents.index(before, v.channel()))
            .toArray();
    this.out = new float[channels.length];
  }

  @Override
  public PaneLayout layout() {
    return layout;
  }

  @Override
  public int samples() {
    return hasQuantiles ? summary.maxSamples() : 0;
  }

  @Override
  public float[] make(double[] sum, SampleLog log) {
    int sortedChannel = -1;
    float[] sorted = null;
    for (int i = 0; i < out.length; i++) {
      Statistic statistic = summary.values().get(i).statistic();
      if (statistic.kind() != Statistic.Kind.QUANTILE) {
        out[i] = (float) layout.value(sum, statistic.kind(), channels[i], summary.slopeUnitMs());
        continue;
      }
      if (sortedChannel != channels[i]) {
        sortedChannel = channels[i];
        sorted = log.sorted(sortedChannel);
      }
      out[i] = quantile(sorted, statistic.quantile());
    }
    return out;
  }

  private static float quantile(float[] sorted, double quantile) {
    double at = (sorted.length - 1) * quantile;
    int below = (int) at;
    double low = sorted[below];
    double high = sorted[Math.min(below + 1, sorted.length - 1)];
    return (float) (low + (at - below) * (high - low));
  }
}
