package dev.eddy.app.models;

import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import dev.eddy.model.ModelException;
import dev.eddy.model.Timeline;
import dev.eddy.model.Timeline.Activation;
import dev.eddy.model.Timeline.Mode;
import java.time.Clock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lets a version score from some event time on. */
@Command(
    name = "activate",
    description = "Let a published version score the records from some event time on.")
final class ActivateCommand implements Runnable {
  private final Terminal terminal;
  private final Clock clock;

  @Mixin private Target target = new Target();
  @Mixin private When when = new When();

  @Option(names = "--name", paramLabel = "NAME", required = true, description = "The model's name.")
  private String name;

  @Option(
      names = "--version",
      paramLabel = "N",
      required = true,
      description = "The version that is to score.")
  private long version;

  @Option(names = "--shadow", description = "Beside the live version, to a topic of its own.")
  private boolean shadow;

  @Option(
      names = "--share",
      paramLabel = "PERCENT",
      description = "For so much of the keys, such as 10%%; a key stays with its version.")
  private String share;

  ActivateCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public void run() {
    if (shadow && share != null) {
      throw new UserException("--shadow and --share exclude each other");
    }
    int permille = share == null ? Timeline.ALL : permille(share);
    long fromMs = when.fromMs(clock);
    Mode mode = shadow ? Mode.SHADOW : Mode.LIVE;
    Activation activation =
        new Activation(version, fromMs, mode, permille, clock.millis(), ModelsCommand.user());
    target.open(
        false,
        topic -> {
          topic.edit(
              name,
              contents -> {
                contents.chunkOffsets(contents.get(name, version));
                Timeline timeline = contents.timeline(name);
                if (timeline.isRetired(version)) {
                  throw new ModelException(
                      "model \"" + name + "\" version " + version + " is retired");
                }
                return timeline.plus(activation);
              });
          terminal
              .err()
              .println(
                  "model \""
                      + name
                      + "\" version "
                      + version
                      + (shadow ? " scores in the shadow" : " scores")
                      + (share == null ? "" : " " + Percent.text(permille) + " of the keys")
                      + " from "
                      + When.text(fromMs)
                      + " on");
          topic.readRefusals().stream()
              .filter(refusal -> refusal.name().equals(name) && refusal.version() == version)
              .forEach(
                  refusal ->
                      terminal
                          .err()
                          .println(
                              "the pipeline "
                                  + refusal.application()
                                  + " has refused it: "
                                  + refusal.reason()));
        });
  }

  private static int permille(String share) {
    return Percent.permille(share)
        .orElseThrow(
            () ->
                new UserException("--share: \"" + share + "\" is not a share; write 0.1% to 100%"));
  }
}
