package dev.eddy.frames;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What stages give, worked out over a key's whole history at once, in double: no state, nothing
 * incremental, each frame from its definition. For plans in the order of a config: gap, grid or
 * time since the last, window, features.
 */
final class FramesByHand {
  private static final long NEVER = Long.MAX_VALUE;

  /**
   * A frame, or without values the end of a sequence.
   *
   * @param timeMs of the frame
   * @param overMs of an end that drops what is left: windows until then come out
   */
  record Event(long timeMs, double[] values, long overMs) {
    static Event of(long timeMs, double... values) {
      return new Event(timeMs, values, NEVER);
    }

    static Event end() {
      return new Event(0, null, NEVER);
    }

    boolean ends() {
      return values == null;
    }
  }

  /** One sequence, and what ended it. */
  private record Stretch(List<Event> frames, Event end) {
    Event frame(int i) {
      return frames.get(i);
    }

    long lastMs() {
      return frames.get(frames.size() - 1).timeMs;
    }
  }

  private FramesByHand() {}

  static List<Event> of(FramePlan plan, List<Event> in) {
    List<Event> now = in;
    List<FrameChannel> channels = plan.input();
    for (Stage stage : plan.stages()) {
      List<Event> out = new ArrayList<>();
      for (Stretch stretch : stretches(now)) {
        if (stage instanceof Gap gap) {
          gap(gap, stretch, out);
        } else if (stage instanceof SinceLast since) {
          since(since, stretch, out);
        } else if (stage instanceof Sampling grid) {
          grid(grid, stretch, out);
        } else if (stage instanceof Window window) {
          window(window, channels, stretch, out);
        } else if (stage instanceof Lags lags) {
          lags(lags.frames(), Lags.places(channels, lags.of()), lags.before(), null, stretch, out);
        } else if (stage instanceof Differences diff) {
          int[] places = Lags.places(channels, diff.of());
          lags(List.of(diff.frames()), places, diff.before(), diff, stretch, out);
        }
        out.add(stretch.end);
      }
      channels = stage.channels(channels);
      now = out;
    }
    return now;
  }

  private static List<Stretch> stretches(List<Event> events) {
    List<Stretch> stretches = new ArrayList<>();
    List<Event> frames = new ArrayList<>();
    for (Event event : events) {
      if (event.ends()) {
        stretches.add(new Stretch(frames, event));
        frames = new ArrayList<>();
      } else {
        frames.add(event);
      }
    }
    return stretches;
  }

  private static void gap(Gap gap, Stretch stretch, List<Event> out) {
    Event before = null;
    for (Event frame : stretch.frames) {
      boolean after = before != null && frame.timeMs - before.timeMs > gap.overMs();
      if (after && gap.then() == Gap.Then.RESET) {
        out.add(new Event(0, null, frame.timeMs));
      } else if (after && gap.then() == Gap.Then.FLUSH) {
        out.add(Event.end());
      } else if (after && gap.then() == Gap.Then.FILL) {
        List<Event> filled = new ArrayList<>();
        long timeMs = before.timeMs + gap.stepMs();
        for (; timeMs < frame.timeMs; timeMs += gap.stepMs()) {
          filled.add(gap.linear() ? line(before, frame, timeMs) : Event.of(timeMs, before.values));
        }
        out.addAll(filled.size() > gap.maxFill() ? List.of(Event.end()) : filled);
      }
      out.add(gap.then() == Gap.Then.MARK ? with(frame, after ? 1 : 0) : frame);
      before = frame;
    }
  }

  private static void since(SinceLast since, Stretch stretch, List<Event> out) {
    Event before = null;
    for (Event frame : stretch.frames) {
      out.add(with(frame, units(since, before == null ? 0 : frame.timeMs - before.timeMs)));
      before = frame;
    }
  }

  private static double units(SinceLast since, long ms) {
    double units = (double) ms / since.unitMs();
    return since.log() ? Math.log(1 + units) : units;
  }

  private static Event line(Event from, Event to, long timeMs) {
    double[] values = new double[from.values.length];
    for (int i = 0; i < values.length; i++) {
      double slope = (to.values[i] - from.values[i]) / (to.timeMs - from.timeMs);
      values[i] = from.values[i] + slope * (timeMs - from.timeMs);
    }
    return Event.of(timeMs, values);
  }

  private static Event with(Event frame, double... more) {
    double[] values = Arrays.copyOf(frame.values, frame.values.length + more.length);
    System.arraycopy(more, 0, values, frame.values.length, more.length);
    return Event.of(frame.timeMs, values);
  }

  /** Every point from the first frame on; a long stretch without frames ends the sequence. */
  private static void grid(Sampling grid, Stretch stretch, List<Event> out) {
    List<Event> part = new ArrayList<>();
    for (Event frame : stretch.frames) {
      if (!part.isEmpty()) {
        long emptyMs = point(grid, part.get(part.size() - 1).timeMs) + grid.everyMs();
        long empty = (point(grid, frame.timeMs) - emptyMs) / grid.everyMs();
        if (empty > grid.maxFill()) {
          points(grid, new Stretch(part, Event.end()), out);
          out.add(Event.end());
          part = new ArrayList<>();
        }
      }
      part.add(frame);
    }
    if (!part.isEmpty()) {
      points(grid, new Stretch(part, stretch.end), out);
    }
  }

  /** The first point at a time or behind it. */
  private static long point(Sampling grid, long timeMs) {
    long pastMs = Math.floorMod(timeMs - grid.offsetMs(), grid.everyMs());
    return pastMs == 0 ? timeMs : timeMs - pastMs + grid.everyMs();
  }

  private static void points(Sampling grid, Stretch part, List<Event> out) {
    boolean linear = grid.fill() == Sampling.Fill.LINEAR;
    long lastMs = point(grid, part.lastMs());
    long pointMs = point(grid, part.frame(0).timeMs);
    for (; pointMs <= lastMs; pointMs += grid.everyMs()) {
      int at = part.frames.size() - 1;
      while (part.frame(at).timeMs > pointMs) {
        at--;
      }
      Event last = part.frame(at);
      boolean isLast = at == part.frames.size() - 1;
      boolean empty = last.timeMs <= pointMs - grid.everyMs();
      Event frame = Event.of(pointMs, last.values);
      if (linear && last.timeMs < pointMs) {
        if (isLast) {
          break;
        }
        frame = line(last, part.frame(at + 1), pointMs);
      } else if (grid.fill() == Sampling.Fill.ZERO && empty) {
        frame = Event.of(pointMs, new double[last.values.length]);
      }
      frame = grid.mask() ? with(frame, empty ? 1 : 0) : frame;
      if (grid.sinceLast().isPresent()) {
        frame = with(frame, units(grid.sinceLast().get(), pointMs - last.timeMs));
      }
      out.add(frame);
    }
  }

  private static void window(
      Window window, List<FrameChannel> channels, Stretch stretch, List<Event> out) {
    List<Event> in = stretch.frames;
    if (in.isEmpty()) {
      return;
    }
    if (window.span() instanceof Span.ByTime span) {
      long startMs =
          in.get(0).timeMs - Math.floorMod(in.get(0).timeMs - span.offsetMs(), span.hopMs());
      while (startMs + span.sizeMs() > in.get(0).timeMs) {
        startMs -= span.hopMs();
      }
      for (; startMs <= stretch.lastMs(); startMs += span.hopMs()) {
        long fromMs = startMs;
        long toMs = startMs + span.sizeMs();
        List<Event> of = in.stream().filter(f -> f.timeMs >= fromMs && f.timeMs < toMs).toList();
        if (!of.isEmpty() && toMs <= stretch.end.overMs) {
          out.add(frame(window, channels, of, Math.max(0, window.startStamp() ? fromMs : toMs)));
        }
      }
    } else if (window.span() instanceof Span.ByCount span) {
      int from = 0;
      int had = 0;
      for (; from + span.count() <= in.size(); from += span.hop()) {
        had = from + span.count();
        out.add(frame(window, channels, in.subList(from, had)));
      }
      if (had < in.size() && stretch.end.overMs == NEVER) {
        out.add(frame(window, channels, in.subList(from, in.size())));
      }
    } else {
      Span.Session span = (Span.Session) window.span();
      int from = 0;
      for (int i = 1; i <= in.size(); i++) {
        long overMs =
            Math.min(in.get(i - 1).timeMs + span.gapMs() + 1, in.get(from).timeMs + span.maxMs());
        if (i == in.size() ? overMs <= stretch.end.overMs : in.get(i).timeMs >= overMs) {
          out.add(frame(window, channels, in.subList(from, i)));
          from = i;
        }
      }
    }
  }

  private static Event frame(Window window, List<FrameChannel> channels, List<Event> of) {
    Event stamp = window.startStamp() ? of.get(0) : of.get(of.size() - 1);
    return frame(window, channels, of, stamp.timeMs);
  }

  private static Event frame(
      Window window, List<FrameChannel> channels, List<Event> of, long timeMs) {
    if (window.contents() instanceof Contents.Samples samples) {
      double[] values = new double[channels.size() * samples.width()];
      for (int i = 0; i < values.length; i++) {
        int at = of.size() - samples.width() + i % samples.width();
        int channel = i / samples.width();
        values[i] =
            at >= 0 ? of.get(at).values[channel] : samples.edge() ? edge(of, samples, channel) : 0;
      }
      return Event.of(timeMs, values);
    }
    Contents.Summary summary = (Contents.Summary) window.contents();
    double[] values = new double[summary.values().size()];
    for (int i = 0; i < values.length; i++) {
      Contents.Value value = summary.values().get(i);
      int channel = value.channel().isEmpty() ? 0 : Contents.index(channels, value.channel());
      values[i] = statistic(value.statistic(), summary, of, channel);
    }
    return Event.of(timeMs, values);
  }

  private static double edge(List<Event> of, Contents.Samples samples, int channel) {
    return of.get(Math.max(0, of.size() - samples.width())).values[channel];
  }

  private static double statistic(
      Statistic statistic, Contents.Summary summary, List<Event> of, int channel) {
    double[] x = of.stream().mapToDouble(frame -> frame.values[channel]).toArray();
    double mean = Arrays.stream(x).average().orElseThrow();
    return switch (statistic.kind()) {
      case MEAN -> mean;
      case MIN -> Arrays.stream(x).min().orElseThrow();
      case MAX -> Arrays.stream(x).max().orElseThrow();
      case SUM -> Arrays.stream(x).sum();
      case STD ->
          Math.sqrt(Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
      case FIRST -> x[0];
      case LAST -> x[x.length - 1];
      case COUNT -> x.length;
      case SLOPE -> slope(of, x, mean) * summary.slopeUnitMs();
      case QUANTILE -> {
        double[] last =
            Arrays.copyOfRange(x, Math.max(0, x.length - summary.maxSamples()), x.length);
        Arrays.sort(last);
        double at = statistic.quantile() * (last.length - 1);
        int below = (int) at;
        double above = last[Math.min(below + 1, last.length - 1)];
        yield last[below] + (at - below) * (above - last[below]);
      }
    };
  }

  private static double slope(List<Event> of, double[] x, double mean) {
    double meanMs = of.stream().mapToLong(Event::timeMs).average().orElseThrow();
    double products = 0;
    double squares = 0;
    for (int i = 0; i < x.length; i++) {
      double ms = of.get(i).timeMs - meanMs;
      products += ms * (x[i] - mean);
      squares += ms * ms;
    }
    return squares == 0 ? 0 : products / squares;
  }

  /**
   * @param difference what is asked for instead of the lags; null for those
   */
  private static void lags(
      List<Integer> lags,
      int[] places,
      Before before,
      Differences difference,
      Stretch stretch,
      List<Event> out) {
    int longest = lags.stream().mapToInt(lag -> lag).max().orElseThrow();
    for (int i = before == Before.SKIP ? longest : 0; i < stretch.frames.size(); i++) {
      Event frame = stretch.frame(i);
      Event made = frame;
      for (int place : places) {
        for (int lag : lags) {
          double then =
              i < lag && before == Before.ZERO
                  ? 0
                  : stretch.frame(Math.max(0, i - lag)).values[place];
          double value = difference == null ? then : frame.values[place] - then;
          if (difference != null && difference.replace()) {
            made = Event.of(made.timeMs, made.values.clone());
            made.values[place] = value;
          } else {
            made = with(made, value);
          }
        }
      }
      out.add(made);
    }
  }
}
