package dev.eddy.app.models;

import dev.eddy.app.terminal.Printable;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import dev.eddy.model.ImportOptions;
import dev.eddy.model.Model;
import dev.eddy.model.ModelFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  @Option(
      names = "--state",
      paramLabel = "IN=OUT",
      description =
          "An input of an ONNX file that is a state, and the output that carries it on to the next"
              + " record; none: all inputs are filled by records (default: names and graph tell).")
  private List<String> states = List.of();

  public Path file() {
    return file;
  }

  /** The file, and how it is to be read. */
  public ModelFile modelFile() {
    OptionalInt time = timeAxis == null ? OptionalInt.empty() : OptionalInt.of(timeAxis);
    ImportOptions options = new ImportOptions(time, Optional.ofNullable(output));
    return new ModelFile(file, states.isEmpty() ? options : options.withStates(pairs()));
  }

  private Map<String, String> pairs() {
    if (states.equals(List.of("none"))) {
      return Map.of();
    }
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String state : states) {
      int between = state.lastIndexOf('=');
      if (between < 1 || between == state.length() - 1) {
        throw new UserException("--state " + state + ": expected IN=OUT, or none by itself");
      }
      pairs.put(state.substring(0, between), state.substring(between + 1));
    }
    return pairs;
  }

  /** Reads the file; what its user should know goes to standard error. */
  public Model read(Terminal terminal) {
    return read(modelFile(), terminal);
  }

  /** As {@link #read(Terminal)}, a file named elsewhere. */
  public static Model read(ModelFile from, Terminal terminal) {
    Model model = from.read();
    for (String note : model.notes()) {
      terminal.err().println("note: " + Printable.of(from.path().getFileName() + ", " + note));
    }
    return model;
  }
}
