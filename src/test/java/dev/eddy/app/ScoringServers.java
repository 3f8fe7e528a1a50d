package dev.eddy.app;

import dev.eddy.app.embedded.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;

/** A real broker and a real registry for {@link ScoringProcess}es. */
final class ScoringServers implements AutoCloseable {
  private final Path folder;
  private final EmbeddedBroker broker;
  private final RegistryProcess registry;

  private ScoringServers(Path folder, EmbeddedBroker broker, RegistryProcess registry) {
    this.folder = folder;
    this.broker = broker;
    this.registry = registry;
  }

  static ScoringServers start(Path folder) throws IOException, InterruptedException {
    RegistryProcess registry = RegistryProcess.start();
    try {
      return new ScoringServers(folder, EmbeddedBroker.start(folder), registry);
    } catch (IOException e) {
      registry.close();
      throw e;
    }
  }

  String broker() {
    return broker.bootstrapServers();
  }

  String registry() {
    return registry.url();
  }

  /** Where an instance has its state. */
  Path state(String instance) {
    return folder.resolve(instance);
  }

  /** Launches an instance of the application {@code name}, and doesn't wait for it. */
  ScoringProcess launch(String name, String instance, String... settings) throws IOException {
    return ScoringProcess.launch(name, broker(), registry(), state(instance), settings);
  }

  @Override
  public void close() {
    broker.close();
    registry.close();
  }
}
