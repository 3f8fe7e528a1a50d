package dev.eddy.model.onnx;

import dev.eddy.layer.Merge;
import dev.eddy.layer.Reshape;
import dev.eddy.layer.Shape;
import dev.eddy.layer.TensorSpec;
import dev.eddy.model.ImportOptions;
import dev.eddy.model.Model;
import dev.eddy.model.ModelException;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.network.EndCrops;
import dev.eddy.network.Graph;
import dev.eddy.network.Network;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads an ONNX file as a model of ours: finds out which axis is time, lowers each operator to
 * layers, and names the columns.
 */
public final class OnnxImport {
  private static final long MAX_SHARED = 1 << 24; // weights

  /** Columns of all outputs together: a frame of 256 x 256. */
  private static final int MAX_COLUMNS = 1 << 16;

  private OnnxImport() {}

  /**
   * Reads a file.
   *
   * @throws ModelException if it can't be read or can't stream; the message is one line that names
   *     file, node, operator and reason
   */
  public static Model read(Path file, ImportOptions options) {
    String shown = file.getFileName().toString();
    try {
      return plan(OnnxFile.read(file), options).model(name(file));
    } catch (OutOfMemoryError | StackOverflowError e) { // the bounds are meant to keep from that
      throw OnnxModel.error(
          shown,
          "is too large to be imported with "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB of memory; give more with EDDY_JAVA_OPTS=-Xmx4g");
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw OnnxModel.error(shown, e.getMessage());
    }
  }

  /** All that a model is made of; the file's own tensors are held by what needs them only. */
  private record Plan(
      String file,
      GraphBuilder builder,
      String last,
      List<String> columns,
      long constants,
      List<String> notes) {

    Model model(String name) {
      Graph graph = EndCrops.absorb(builder.graph(last));
      List<TensorSpec> specs = Network.tensors(graph);
      checkWeights(specs);
      return new Model(name, 1, graph, builder.takeTensors(specs), columns).noting(notes);
    }

    /** Layers that share weights have each its own; a small file must not fill the memory so. */
    private void checkWeights(List<TensorSpec> specs) {
      long weights = 0;
      for (TensorSpec spec : specs) {
        weights += spec.size();
      }
      if (weights > MAX_SHARED + 4 * constants) {
        throw OnnxModel.error(
            file,
            "its layers would hold "
                + weights
                + " weights, "
                + constants
                + " are in the file: too many layers share them; at most four times as many, and "
                + MAX_SHARED
                + " more, are supported");
      }
    }
  }

  private static Plan plan(OnnxModel model, ImportOptions options) {
    Lowered lowered = TimeSearch.lower(model, options, outputs(model, options));
    GraphBuilder builder = lowered.lowering().graph;
    List<Frames> frames = lowered.outputs();
    checkRates(model, lowered);
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      String output = lowered.names().get(i);
      int values = frames.get(i).shape().size();
      if (values > MAX_COLUMNS - columns.size()) {
        throw model.error(
            "output \""
                + output
                + "\" has "
                + values
                + " values in a frame; each becomes a column, and at most "
                + MAX_COLUMNS
                + " are supported in all. Choose another one with --out NAME, or let the network"
                + " reduce it");
      }
      columns.addAll(columns(output, values));
    }
    String last =
        frames.size() == 1
            ? frames.get(0).node()
            : builder.add(new Merge(Merge.How.CONCAT), flat(lowered));
    if (last.equals(Graph.INPUT)) {
      last = builder.add(new Reshape(builder.shape(last).dimensions()), last);
    }
    long constants = lowered.lowering().constants();
    return new Plan(model.file(), builder, last, columns, constants, lowered.lowering().notes());
  }

  private static List<OnnxValue> outputs(OnnxModel model, ImportOptions options) {
    if (options.output().isEmpty()) {
      return model.outputs();
    }
    List<OnnxValue> chosen =
        model.outputs().stream().filter(o -> o.name().equals(options.output().get())).toList();
    if (chosen.isEmpty()) {
      throw model.error(
          "has no output \""
              + options.output().get()
              + "\"; it has "
              + model.outputs().stream().map(OnnxValue::name).toList());
    }
    return chosen;
  }

  private static List<String> flat(Lowered lowered) {
    List<String> nodes = new ArrayList<>();
    for (Frames frames : lowered.outputs()) {
      nodes.add(lowered.lowering().flat(frames));
    }
    return nodes;
  }

  /** Several outputs stand side by side, so they must come together. */
  private static void checkRates(OnnxModel model, Lowered lowered) {
    Frames first = lowered.outputs().get(0);
    for (int i = 0; i < lowered.outputs().size(); i++) {
      Frames frames = lowered.outputs().get(i);
      boolean sequence =
          Arrays.stream(frames.dimensions()).anyMatch(length -> length == lowered.fixedLength());
      if (frames.end() != null && frames.rank() > 2 && sequence) {
        throw model.error(
            "output \""
                + lowered.names().get(i)
                + "\" is a sequence of "
                + frames.text()
                + " made at the end from what "
                + frames.end()
                + " knows only then (an encoder and a decoder); a stream has one frame at a time."
                + " Run the encoder by itself, or a causal network");
      }
    }
    for (int i = 1; i < lowered.outputs().size(); i++) {
      Frames frames = lowered.outputs().get(i);
      if (!Arrays.equals(frames.lengths(), first.lengths())
          || (frames.end() == null) != (first.end() == null)) {
        throw model.error(
            "its outputs come at different rates: \""
                + lowered.names().get(0)
                + "\" gives "
                + rate(lowered, first)
                + ", \""
                + lowered.names().get(i)
                + "\" "
                + rate(lowered, frames)
                + "; choose one with --out NAME");
      }
    }
  }

  private static String rate(Lowered lowered, Frames frames) {
    return frames.end() != null
        ? "one frame at the end of the sequence"
        : frames.hasTime()
            ? frames.lengths()[0] + " frames of " + lowered.length()
            : "one frame a step";
  }

  private static List<String> columns(String name, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(count == 1 ? name : name + "_" + i);
    }
    return names;
  }

  private static String name(Path file) {
    String stem = file.getFileName().toString().replaceFirst("\\.onnx$", "");
    String name = stem.replaceAll("[^A-Za-z0-9._-]", "-");
    return name.isEmpty() ? "model" : name.substring(0, Math.min(128, name.length()));
  }

  /** The shape of the frames that come in: of one input its own, of several their values. */
  static Shape frame(List<int[]> frames) {
    int size = 0;
    for (int[] frame : frames) {
      size += Movement.size(frame);
    }
    int[] first = frames.get(0);
    int[] own = Arrays.stream(first).filter(d -> d != 1).toArray();
    return frames.size() == 1 && first.length >= 1 && own.length <= 3 && own.length > 1
        ? Shape.of(own)
        : Shape.of(size);
  }
}
