package dev.eddy.model;

import dev.eddy.layer.TensorSpec;
import dev.eddy.network.Graph;
import dev.eddy.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes models as a YAML description beside a safetensors file. */
public final class ModelWriter {
  private ModelWriter() {}

  /** The file that {@link #write} puts the weights into: as the description's, but for the end. */
  public static Path weights(Path description) {
    String name = description.getFileName().toString();
    if (!name.matches(".+\\.ya?ml")) {
      throw new ModelException(description + ": a description's name ends in .yaml");
    }
    return description.resolveSibling(name.replaceFirst("\\.ya?ml$", ".safetensors"));
  }

  /**
   * Writes a model so that reading it gives the same network, name by name and bit by bit. Files
   * that are there are replaced, each at once.
   *
   * @param description the YAML file; the weights go beside it
   * @throws ModelException if the description has no words for the model, or a file can't be
   *     written
   */
  public static void write(Model model, Path description) {
    Path weights = weights(description);
    Model written = renamed(model);
    String text = DescriptionText.of(written, weights.getFileName().toString());
    check(written, text, description);
    Map<String, Tensor> tensors = new LinkedHashMap<>(); // in the order of the layers
    for (TensorSpec spec : Network.tensors(written.graph())) {
      tensors.put(spec.name(), written.tensors().get(spec.name()));
    }
    try {
      Path part = weights.resolveSibling("." + weights.getFileName() + ".part");
      SafeTensors.write(part, tensors);
      Files.move(part, weights, StandardCopyOption.REPLACE_EXISTING);
      part = description.resolveSibling("." + description.getFileName() + ".part");
      Files.writeString(part, text);
      Files.move(part, description, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new ModelException(description + ": can't be written: " + e, e);
    }
  }

  /** Descriptions call what comes into the network "input", so no layer can be called that. */
  private static Model renamed(Model model) {
    Set<String> names = new HashSet<>();
    model.graph().nodes().forEach(node -> names.add(node.name()));
    if (!names.contains(GraphDescription.INPUT)) {
      return model;
    }
    String other = GraphDescription.INPUT + "_";
    while (names.contains(other)) {
      other += "_";
    }
    String free = other;
    List<Graph.Node> nodes = new ArrayList<>();
    for (Graph.Node node : model.graph().nodes()) {
      List<String> reads = node.reads().stream().map(read -> renamed(read, free)).toList();
      nodes.add(new Graph.Node(renamed(node.name(), free), node.operation(), reads));
    }
    Map<String, Tensor> tensors = new HashMap<>();
    model
        .tensors()
        .forEach(
            (name, tensor) -> {
              int dot = name.lastIndexOf('.');
              tensors.put(renamed(name.substring(0, dot), free) + name.substring(dot), tensor);
            });
    Graph graph = new Graph(model.graph().input(), nodes);
    return new Model(model.name(), model.version(), graph, tensors, model.outputs());
  }

  private static String renamed(String name, String free) {
    return name.equals(GraphDescription.INPUT) ? free : name;
  }

  private static void check(Model model, String text, Path file) {
    Model read;
    try {
      read = ModelDescription.read(text, file.toString(), model.name(), model::tensors);
    } catch (YamlException e) {
      throw new ModelException(
          model.id() + ": descriptions have no words for it: " + e.getMessage(), e);
    }
    if (!read.graph().equals(model.graph()) || !read.outputs().equals(model.outputs())) {
      throw new ModelException(model.id() + ": descriptions have no words for all of its layers");
    }
  }
}
