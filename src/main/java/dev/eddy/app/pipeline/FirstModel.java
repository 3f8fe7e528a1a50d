package dev.eddy.app.pipeline;

import dev.eddy.app.terminal.Terminal;
import dev.eddy.model.Model;
import dev.eddy.model.ModelFile;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.PackedModel;
import dev.eddy.model.Provenance;
import dev.eddy.model.Timeline;
import dev.eddy.network.StateLayout;
import dev.eddy.streams.models.ModelsConflictException;
import dev.eddy.streams.models.ModelsTopic;
import dev.eddy.streams.models.TopicContents;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Brings the model that a config names to the models topic, at the first start; later the topic
 * says what scores.
 */
public final class FirstModel {
  private static final int TRIES = 20;
  private static final long PAUSE_NS = 500_000_000;

  private FirstModel() {}

  /**
   * Publishes the model and lets it score from the beginning of time on, unless the topic has a
   * timeline for it already.
   *
   * @param file where the model was read from
   * @param model its weights are not asked for
   * @param layout of the network's state
   * @throws dev.eddy.model.ModelException if the version was published with other content, or the
   *     file doesn't hold all weights itself
   */
  public static void publish(
      ModelFile file,
      Model model,
      StateLayout layout,
      Properties settings,
      String topic,
      Terminal terminal) {
    Map<String, Object> all = new HashMap<>();
    settings.stringPropertyNames().forEach(key -> all.put(key, settings.getProperty(key)));
    try (ModelsTopic models = new ModelsTopic(all, topic, Duration.ofSeconds(30))) {
      models.create();
      TopicContents contents = models.read();
      if (contents.timeline(model.name()).activations().isEmpty()) {
        PackedModel packed = checked(file, model, layout);
        untilNobodyElseDoes(() -> models.publish(packed));
        untilNobodyElseDoes(
            () ->
                models.edit(
                    model.name(), now -> begun(now.timeline(model.name()), model.version())));
        return;
      }
      ModelManifest there = contents.find(model.name(), model.version()).orElse(null);
      if (there == null || !there.hasContentOf(packed(file, model, layout).manifest())) {
        terminal
            .err()
            .println(
                "the models topic "
                    + topic
                    + " says what scores; "
                    + file.path()
                    + " is "
                    + (there == null
                        ? "not"
                        : "another version " + model.version() + " than the one")
                    + " there; publish it with eddy models publish");
      }
    }
  }

  /** Several instances may start at once; each tries until it is not shut out by another. */
  private static void untilNobodyElseDoes(Runnable change) {
    for (int left = TRIES; ; left--) {
      try {
        change.run();
        return;
      } catch (ModelsConflictException e) {
        if (left == 1) {
          throw e;
        }
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE_NS));
      }
    }
  }

  private static Timeline begun(Timeline timeline, long version) {
    return timeline.activations().isEmpty()
        ? timeline.plus(
            new Timeline.Activation(
                version,
                Timeline.ALWAYS,
                Timeline.Mode.LIVE,
                Timeline.ALL,
                System.currentTimeMillis(),
                user()))
        : timeline; // another instance was first
  }

  static PackedModel checked(ModelFile file, Model model, StateLayout layout) {
    PackedModel packed = packed(file, model, layout);
    packed.checkAsReadersWill();
    return packed;
  }

  private static PackedModel packed(ModelFile file, Model model, StateLayout layout) {
    return PackedModel.of(
        file,
        model.name(),
        model.version(),
        StateLayout.text(layout.fingerprint()),
        new Provenance(user(), Instant.now(), file.path().toString(), Map.of()));
  }

  private static String user() {
    return System.getProperty("user.name", "unknown");
  }
}
