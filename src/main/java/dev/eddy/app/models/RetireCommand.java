package dev.eddy.app.models;

import dev.eddy.app.terminal.Terminal;
import dev.eddy.model.ModelException;
import dev.eddy.model.Timeline;
import dev.eddy.model.Timeline.Activation;
import dev.eddy.model.Timeline.Mode;
import dev.eddy.streams.models.TopicContents;
import java.time.Clock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes a version out of service. */
@Command(
    name = "retire",
    description =
        "Take a version out of service: it scores no more in the shadow or for a share, and can't be"
            + " activated again. Its keys go back to what scored them before, an earlier share too. One"
            + " that is live for all keys has to be replaced first.")
final class RetireCommand implements Runnable {
  private final Terminal terminal;
  private final Clock clock;

  @Mixin private Target target = new Target();
  @Mixin private When when = new When();

  @Option(names = "--name", paramLabel = "NAME", required = true, description = "The model's name.")
  private String name;

  @Option(names = "--version", paramLabel = "N", required = true, description = "The version.")
  private long version;

  @Option(
      names = "--delete",
      description =
          "Remove its weights from the topic, too. Records of the time when it scored can then not be"
              + " scored by it again.")
  private boolean delete;

  RetireCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public void run() {
    long fromMs = when.fromMs(clock);
    target.open(
        false,
        topic -> {
          topic.edit(name, contents -> retired(contents, fromMs));
          if (delete) {
            topic.removeTensors(name, version);
          }
          terminal
              .err()
              .println(
                  "model \""
                      + name
                      + "\" version "
                      + version
                      + " is retired"
                      + (delete ? ", its weights are removed" : ""));
        });
  }

  private Timeline retired(TopicContents contents, long fromMs) {
    contents.get(name, version);
    Timeline timeline = contents.timeline(name);
    if (timeline.isRetired(version)) {
      return timeline;
    }
    Timeline without =
        timeline.plus(
            new Activation(
                version, fromMs, Mode.RETIRED, Timeline.ALL, clock.millis(), ModelsCommand.user()));
    if (without.names(version, fromMs)) {
      throw new ModelException(
          "model \""
              + name
              + "\" version "
              + version
              + " scores after "
              + When.text(fromMs)
              + "; activate another or roll back first");
    }
    return without;
  }
}
