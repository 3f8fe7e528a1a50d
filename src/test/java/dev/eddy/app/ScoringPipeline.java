package dev.eddy.app;

import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.InputMapping;
import dev.eddy.frames.Contents;
import dev.eddy.frames.FrameChannel;
import dev.eddy.frames.FramePlan;
import dev.eddy.frames.Span;
import dev.eddy.frames.Statistic;
import dev.eddy.frames.Window;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Last;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.model.Model;
import dev.eddy.model.PackedModels;
import dev.eddy.streams.Channel;
import dev.eddy.streams.Models;
import dev.eddy.streams.Scoring;
import dev.eddy.streams.Sequences;
import dev.eddy.streams.time.Grace;
import dev.eddy.streams.time.Timing;
import java.time.Duration;
import java.util.List;

/** What a {@link ScoringProcess} makes of readings. */
enum ScoringPipeline {
  /** Each reading as it comes; the model holds state of every kind. */
  READINGS(
      scoring(
          Conv.overTime(5, 3, 2, 1, 1, Conv.Padding.CAUSAL, true),
          new Lstm(6, 1, true),
          Deconv.overTime(4, 3, 2, 1, true),
          new Dense(2, true)),
      Timing.NONE),

  /**
   * Readings put in order, then hopping windows, then a model that looks a frame ahead. A partition
   * never falls silent here: what comes out is said by event time alone.
   */
  WINDOWS(
      Scoring.of("pumps", PackedModels.random("pumps", 7, ahead(4), 1, 1).model())
          .with(Channel.of(windows())),
      Timing.NONE
          .with(new Grace(Duration.ofSeconds(90), Duration.ofHours(1), 1_000))
          .with(windows())),

  /** One result a sequence, which ends at a null value or when its key is idle. */
  RESULTS(
      scoring(new Lstm(6, 1, true), new Last(), new Dense(2, true))
          .with(Sequences.OPEN.endingWhenIdleFor(Duration.ofMinutes(4))),
      Timing.NONE);

  private final Scoring scoring;
  private final Timing timing;

  ScoringPipeline(Scoring scoring, Timing timing) {
    this.scoring = scoring;
    this.timing = timing;
  }

  Scoring scoring() {
    return scoring;
  }

  Timing timing() {
    return timing;
  }

  /** What {@link Feed} sends. */
  static InputMapping readings() {
    return InputMapping.of(ChannelSpec.numeric("a", "a"), ChannelSpec.numeric("b", "b"));
  }

  /** The description of a model that looks a frame ahead, and gives one for each. */
  static String ahead(int channels) {
    return """
        input: {channels: %d}
        layers:
          - conv: {filters: 5, kernel: 3, padding: 1}
          - lstm: {units: 6}
          - dense: {units: 2}
        outputs: [x, y]
        """
        .formatted(channels);
  }

  /** Mean and last value of 120 s, every 40 s. */
  private static FramePlan windows() {
    List<FrameChannel> channels = Channel.frames(readings());
    return FramePlan.of(
        channels,
        Window.of(
            new Span.ByTime(120_000, 40_000, 0),
            Contents.Summary.of(channels, List.of(Statistic.of("mean"), Statistic.of("last")))));
  }

  private static Scoring scoring(Layer... layers) {
    Model model = Models.random("pumps", 7, 2, List.of("x", "y"), layers);
    return Scoring.of("pumps", model).with(Channel.of(readings()));
  }
}
