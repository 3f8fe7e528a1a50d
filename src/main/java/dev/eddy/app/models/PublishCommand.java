package dev.eddy.app.models;

import dev.eddy.app.pipeline.PipelineConfig;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import dev.eddy.kernel.Kernels;
import dev.eddy.model.Model;
import dev.eddy.model.ModelException;
import dev.eddy.model.ModelSignature;
import dev.eddy.model.PackedModel;
import dev.eddy.model.Provenance;
import dev.eddy.model.Timeline;
import dev.eddy.network.Network;
import dev.eddy.network.StateLayout;
import dev.eddy.streams.ModelFit;
import dev.eddy.streams.models.ModelsTopic;
import dev.eddy.streams.models.TopicContents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks a model and writes it to the models topic. */
@Command(
    name = "publish",
    description =
        "Check a model as a pipeline would, and write it to the models topic. A version is"
            + " immutable: the same bytes again change nothing, other bytes are an error.")
final class PublishCommand implements Runnable {
  private final Terminal terminal;
  private final Supplier<Kernels> kernels;
  private final Clock clock;

  @Mixin private Target target = new Target();

  @Mixin private ModelArgument argument = new ModelArgument();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The model's name (default: as the description says).")
  private String name;

  @Option(
      names = "--version",
      paramLabel = "N",
      description = "The version, from 1 (default: as the description says).")
  private Long version;

  @Option(
      names = "--note",
      paramLabel = "KEY=VALUE",
      description = "What to remember of it; several times where there is more.")
  private Map<String, String> notes = new TreeMap<>();

  @Option(
      names = "--sign",
      paramLabel = "KEY",
      description = "Sign it with this private key, as eddy models keygen makes it.")
  private Path key;

  PublishCommand(Terminal terminal, Supplier<Kernels> kernels, Clock clock) {
    this.terminal = terminal;
    this.kernels = kernels;
    this.clock = clock;
  }

  @Override
  public void run() {
    Model read = argument.read(terminal);
    Model model =
        read.named(name == null ? read.name() : name, version == null ? read.version() : version);
    Kernels found = kernels.get();
    Network network = ModelFit.check(model, found);
    target
        .config()
        .ifPresent(config -> ModelFit.check(config.scoring(config.model().read()), model, found));
    PackedModel packed = packed(model, network);
    target
        .config()
        .flatMap(PipelineConfig::models)
        .ifPresent(updates -> ModelFit.check(updates, packed.manifest()));
    target.open(true, topic -> publish(topic, model, packed));
  }

  private PackedModel packed(Model model, Network network) {
    Provenance provenance =
        new Provenance(ModelsCommand.user(), clock.instant(), argument.file().toString(), notes);
    PackedModel packed =
        PackedModel.of(
            argument.modelFile(),
            model.name(),
            model.version(),
            StateLayout.text(network.stateLayout().fingerprint()),
            provenance);
    packed.checkAsReadersWill();
    if (key == null) {
      return packed;
    }
    try {
      String pem = Files.readString(key);
      return packed.signed(ModelSignature.sign(packed.manifest(), pem, key.toString()));
    } catch (IOException e) {
      throw new UserException("--sign " + key + ": can't be read: " + e.getMessage(), e);
    }
  }

  private void publish(ModelsTopic topic, Model model, PackedModel packed) {
    checkAgainstLive(topic, model);
    boolean isNew = topic.publish(packed);
    terminal
        .err()
        .println(
            model.id()
                + (isNew
                    ? String.format(
                        Locale.ROOT,
                        " is published to %s: %,d bytes in %d chunks, state layout %s",
                        target.topicName(),
                        packed.manifest().size(),
                        packed.manifest().chunks(),
                        packed.manifest().layout())
                    : " was published already, with the same content"));
  }

  /** As a pipeline does that runs the version that is live. */
  private void checkAgainstLive(ModelsTopic topic, Model model) {
    TopicContents contents = topic.read();
    Timeline.Span now = contents.timeline(model.name()).at(clock.millis());
    if (now.live().isEmpty() || now.live().get(0).version() == model.version()) {
      return;
    }
    Model live;
    try {
      live = topic.fetch(contents.get(model.name(), now.live().get(0).version())).model();
    } catch (ModelException e) {
      return; // nothing that runs
    }
    if (!live.graph().input().equals(model.graph().input())
        || !live.outputs().equals(model.outputs())) {
      throw new ModelException(
          "%s takes frames of %s and gives %s; version %d, which is live, takes %s and gives %s"
              .formatted(
                  model.id(),
                  model.graph().input(),
                  model.outputs(),
                  live.version(),
                  live.graph().input(),
                  live.outputs()));
    }
  }
}
