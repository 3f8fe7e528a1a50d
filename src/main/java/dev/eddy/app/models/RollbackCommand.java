package dev.eddy.app.models;

import dev.eddy.app.terminal.Terminal;
import dev.eddy.model.ModelException;
import dev.eddy.model.Timeline;
import dev.eddy.model.Timeline.Activation;
import dev.eddy.model.Timeline.Mode;
import java.time.Clock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Goes back to the version that was live before. */
@Command(
    name = "rollback",
    description =
        "Let the version score again that was live before, for all keys; rolling back once more goes"
            + " on back.")
final class RollbackCommand implements Runnable {
  private final Terminal terminal;
  private final Clock clock;

  @Mixin private Target target = new Target();
  @Mixin private When when = new When();

  @Option(names = "--name", paramLabel = "NAME", required = true, description = "The model's name.")
  private String name;

  RollbackCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public void run() {
    long fromMs = when.fromMs(clock);
    long[] version = new long[1];
    target.open(
        false,
        topic -> {
          topic.edit(
              name,
              contents -> {
                Timeline timeline = contents.timeline(name);
                version[0] =
                    timeline
                        .before(fromMs)
                        .orElseThrow(
                            () ->
                                new ModelException(
                                    "model \""
                                        + name
                                        + "\": no version was live before, at "
                                        + When.text(fromMs)));
                contents.chunkOffsets(contents.get(name, version[0]));
                if (timeline.isRetired(version[0])) {
                  throw new ModelException(
                      "model \""
                          + name
                          + "\" version "
                          + version[0]
                          + ", which was live before, is retired; activate another");
                }
                return timeline.plus(
                    new Activation(
                        version[0],
                        fromMs,
                        Mode.ROLLBACK,
                        Timeline.ALL,
                        clock.millis(),
                        ModelsCommand.user()));
              });
          terminal
              .err()
              .println(
                  "model \""
                      + name
                      + "\" version "
                      + version[0]
                      + " scores again from "
                      + When.text(fromMs)
                      + " on");
        });
  }
}
