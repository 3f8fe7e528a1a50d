package dev.eddy.app;

import dev.eddy.app.pipeline.PipelineConfig;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.avro.RegistrySettings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.kafka.streams.TopologyDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a pipeline would run. */
@Command(name = "topology", description = "Show what a pipeline would run, without running it.")
final class TopologyCommand implements Runnable {
  private final Terminal terminal;

  @Parameters(paramLabel = "CONFIG.yaml", description = "The pipeline; see docs/configuration.md.")
  private Path configFile;

  @Option(names = "--mermaid", description = "As a Mermaid flowchart, for Markdown.")
  private boolean mermaid;

  TopologyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    PipelineConfig config = PipelineConfig.read(configFile);
    TopologyDescription description =
        config
            .pipeline(
                config.scoring(config.model().read()),
                RegistrySettings.at("mock://" + UUID.randomUUID()), // nothing is asked of it
                Backend.kernels(terminal))
            .topology()
            .describe();
    PrintWriter out = new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8);
    if (mermaid) {
      Mermaid.print(description, config.deadLetterTopic(), out);
    } else {
      out.print(description);
      out.println("   Dead letters: topic: " + config.deadLetterTopic());
    }
    out.flush();
  }
}
