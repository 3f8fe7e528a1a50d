package dev.eddy.app.models;

import dev.eddy.model.ImportOptions;
import dev.eddy.model.Model;
import dev.eddy.model.ModelFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The model that a command works on, and what its file can leave open. */
public final class ModelArgument {
  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "An .onnx file, or a model's YAML description beside its .safetensors file.")
  private Path file;

  @Option(
      names = "--time-axis",
      paramLabel = "K",
      description =
          "Which axis of an ONNX file's input is time, from 0, where the graph does not tell.")
  private Integer timeAxis;

  @Option(
      names = "--out",
      paramLabel = "NAME",
      description = "The output of an ONNX file that is wanted (default: all, side by side).")
  private String output;

  public Path file() {
    return file;
  }

  /** The file, and how it is to be read. */
  public ModelFile modelFile() {
    OptionalInt time = timeAxis == null ? OptionalInt.empty() : OptionalInt.of(timeAxis);
    return new ModelFile(file, new ImportOptions(time, Optional.ofNullable(output)));
  }

  public Model read() {
    return modelFile().read();
  }
}
