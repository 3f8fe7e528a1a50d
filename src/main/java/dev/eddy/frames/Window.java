package dev.eddy.frames;

import dev.eddy.layer.Shape;
import java.util.List;
import java.util.Objects;

/**
 * Makes one frame of each window of frames.
 *
 * @param span which frames a window has
 * @param contents what it becomes
 * @param startStamp whether its frame has the time of its start: of its first frame, where it is
 *     not by time; else that of its end: the first instant after it, or the time of its last frame
 */
public record Window(Span span, Contents contents, boolean startStamp) implements Stage {
  public Window {
    Objects.requireNonNull(span, "span");
    Objects.requireNonNull(contents, "contents");
  }

  /** With the time of its end. */
  public static Window of(Span span, Contents contents) {
    return new Window(span, contents, false);
  }

  @Override
  public List<FrameChannel> channels(List<FrameChannel> before) {
    return contents.channels(before);
  }

  @Override
  public Shape shape(List<FrameChannel> before) {
    return contents.shape(before);
  }

  @Override
  public boolean oneForOne() {
    return false;
  }

  @Override
  public StageStep step(List<FrameChannel> before, KeyCells cells) {
    WindowFrame frame =
        contents instanceof Contents.Summary summary
            ? new SummaryFrame(summary, before)
            : new SamplesFrame((Contents.Samples) contents, before.size());
    Panes panes = new Panes(frame.layout(), cells);
    SampleLog log =
        frame.samples() == 0 ? null : new SampleLog(before.size(), frame.samples(), cells);
    if (span instanceof Span.Session session) {
      return new SessionStep(session, startStamp, frame, log);
    }
    return new WindowStep(this, frame, panes, log);
  }
}
