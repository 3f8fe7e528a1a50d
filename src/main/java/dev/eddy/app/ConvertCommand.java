package dev.eddy.app;

import dev.eddy.app.models.ModelArgument;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import dev.eddy.model.Model;
import dev.eddy.model.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a model as a description of Eddy's own. */
@Command(
    name = "convert",
    description =
        "Write a model, of whatever kind of file, as a YAML description beside a .safetensors file;"
            + " it gives the same bytes.")
final class ConvertCommand implements Runnable {
  private final Terminal terminal;

  @Mixin private ModelArgument modelArgument;

  @Parameters(
      index = "1",
      paramLabel = "OUT.yaml",
      description = "The description; the weights go beside it, under the same name.")
  private Path output;

  @Option(names = "--force", description = "Replace files that are there.")
  private boolean force;

  ConvertCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    Path weights = ModelWriter.weights(output);
    checkTargets(weights);
    Model model = modelArgument.read(terminal);
    ModelWriter.write(model, output);
    terminal.err().println("wrote " + output + " and " + weights);
  }

  private void checkTargets(Path weights) {
    for (Path file : List.of(output, weights)) {
      if (Files.exists(file) && (Files.isDirectory(file) || isRead(file))) {
        throw new UserException(
            file
                + ": can't be written: "
                + (isRead(file) ? "it is the model itself" : "a directory"));
      }
      if (Files.exists(file) && !force) {
        throw new UserException(
            file + ": exists already; name another file, or replace it with --force");
      }
    }
  }

  private boolean isRead(Path file) {
    try {
      return Files.exists(modelArgument.file()) && Files.isSameFile(file, modelArgument.file());
    } catch (IOException e) {
      return false; // reading the model says why
    }
  }
}
