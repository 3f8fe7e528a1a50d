package dev.eddy.model;

import dev.eddy.kernel.Kernels;
import dev.eddy.layer.Shape;
import dev.eddy.layer.TensorSpec;
import dev.eddy.model.onnx.OnnxImport;
import dev.eddy.network.Graph;
import dev.eddy.network.Network;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A named network, one version of it: description and weights that fit each other; immutable. */
public final class Model {
  private static final String ONNX_SUFFIX = ".onnx";
  private static final int DIGESTED = 1 << 16; // bytes at once

  private final String name;
  private final long version;
  private final Graph graph;
  private final Map<String, Tensor> tensors;
  private final List<String> outputs;
  private final List<String> notes;

  /**
   * Joins a description and its weights.
   *
   * @param name letters, digits, '.', '_' and '-'
   * @param version at least 1
   * @param graph what is computed
   * @param tensors the weights, each named {@code node.tensor}; exactly those of {@link
   *     Network#tensors}
   * @param outputs a name for each value of an output frame; empty for "out0", "out1", ...
   * @throws ModelException if something doesn't fit; the message names it
   */
  public Model(
      String name, long version, Graph graph, Map<String, Tensor> tensors, List<String> outputs) {
    this.name = name;
    this.version = version;
    this.graph = graph;
    this.tensors = Map.copyOf(tensors);
    if (!isName(name)) {
      throw new ModelException(
          "model \"" + name + "\": a name is 1 to 128 letters, digits, '.', '_' or '-'");
    }
    if (version < 1) {
      throw new ModelException(id() + ": the version must be at least 1");
    }
    List<TensorSpec> specs;
    try {
      specs = Network.tensors(graph);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelException(id() + ": " + e.getMessage(), e);
    }
    checkTensors(specs);
    this.outputs = checkedOutputs(outputs);
    this.notes = List.of();
  }

  /** As below, where the file leaves nothing open. */
  public static Model read(Path file) {
    return read(file, ImportOptions.NONE);
  }

  /**
   * Reads a model from an ONNX file, or from its YAML description with the safetensors file that it
   * names.
   *
   * @throws ModelException if the weights or the network can't be used, or the options don't fit
   *     the file
   * @throws YamlException if the description can't be used
   */
  public static Model read(Path file, ImportOptions options) {
    if (isOnnx(file)) {
      return OnnxImport.read(file, options);
    }
    if (!options.equals(ImportOptions.NONE)) {
      throw new ModelException(
          file + ": a time axis, an output and states can be chosen of ONNX files (.onnx) only");
    }
    return ModelDescription.read(file);
  }

  static boolean isOnnx(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(ONNX_SUFFIX);
  }

  /** Whether this can be the name of a model. */
  public static boolean isName(String name) {
    return name != null && name.matches("[A-Za-z0-9._-]{1,128}");
  }

  /** The same network under another name and version. */
  public Model named(String name, long version) {
    return new Model(name, version, graph, tensors, outputs);
  }

  private Model(Model other, Map<String, Tensor> tensors, List<String> notes) {
    this.name = other.name;
    this.version = other.version;
    this.graph = other.graph;
    this.tensors = tensors;
    this.outputs = other.outputs;
    this.notes = List.copyOf(notes);
  }

  /** The same with notes for whoever reads its file. */
  public Model noting(List<String> notes) {
    return new Model(this, tensors, notes);
  }

  /**
   * Where the stream is not what the file gives offline; each is a line. Of a file's model only.
   */
  public List<String> notes() {
    return notes;
  }

  /** The same without its weights, which take as much memory as the network compiled of them. */
  public Model withoutWeights() {
    return new Model(this, null, notes);
  }

  /**
   * SHA-256 over the weights, lower-case hexadecimal: names, shapes and values, in the order of the
   * names. The same for the same values, wherever they were read from.
   *
   * @throws IllegalStateException if this is without its weights
   */
  public String weightsSha256() {
    MessageDigest digest = PackedModel.sha256();
    ByteBuffer bytes = ByteBuffer.allocate(DIGESTED).order(ByteOrder.LITTLE_ENDIAN);
    for (Map.Entry<String, Tensor> entry : new TreeMap<>(weights()).entrySet()) {
      Tensor tensor = entry.getValue();
      digest.update((entry.getKey() + tensor.dimensions()).getBytes(StandardCharsets.UTF_8));
      float[] values = tensor.values();
      for (int at = 0; at < values.length; at += DIGESTED / Float.BYTES) {
        int count = Math.min(values.length - at, DIGESTED / Float.BYTES);
        bytes.asFloatBuffer().put(values, at, count);
        digest.update(bytes.array(), 0, count * Float.BYTES);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private Map<String, Tensor> weights() {
    if (tensors == null) {
      throw new IllegalStateException(id() + " is without its weights");
    }
    return tensors;
  }

  private void checkTensors(List<TensorSpec> specs) {
    Set<String> left = new LinkedHashSet<>(tensors.keySet());
    List<String> missing = new ArrayList<>();
    for (TensorSpec spec : specs) {
      Tensor tensor = tensors.get(spec.name());
      left.remove(spec.name());
      if (tensor == null) {
        missing.add("\"" + spec.name() + "\" " + spec.dimensions());
      } else if (!tensor.dimensions().equals(spec.dimensions())) {
        throw new ModelException(
            id()
                + ": tensor \""
                + spec.name()
                + "\" has shape "
                + tensor.dimensions()
                + ", expected "
                + spec.dimensions());
      }
    }
    if (!missing.isEmpty()) {
      throw new ModelException(id() + ": missing from the weights: " + String.join(", ", missing));
    }
    if (!left.isEmpty()) {
      throw new ModelException(
          id() + ": the weights hold tensors that no layer has: " + String.join(", ", left));
    }
  }

  private List<String> checkedOutputs(List<String> names) {
    Shape shape = Network.outputShape(graph);
    List<String> checked = new ArrayList<>(names);
    if (checked.isEmpty()) {
      for (int i = 0; i < shape.size(); i++) {
        checked.add("out" + i);
      }
    }
    if (checked.size() != shape.size()) {
      throw new ModelException(
          id()
              + ": outputs names "
              + checked.size()
              + " values, a frame of "
              + shape
              + " has "
              + shape.size());
    }
    if (new HashSet<>(checked).size() != checked.size()) {
      throw new ModelException(id() + ": outputs must have different names, got " + checked);
    }
    return List.copyOf(checked);
  }

  /**
   * Compiles the network; the result can be shared by all threads.
   *
   * @throws IllegalStateException if this is without its weights
   */
  public Network network(Kernels kernels) {
    Map<String, Tensor> learnt = weights();
    try {
      return Network.compile(
          graph, node -> tensor -> learnt.get(node + "." + tensor).values(), kernels);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelException(id() + ": " + e.getMessage(), e);
    }
  }

  public String name() {
    return name;
  }

  public long version() {
    return version;
  }

  /** What is computed. */
  public Graph graph() {
    return graph;
  }

  /** The weights, each named {@code node.tensor}. */
  Map<String, Tensor> tensors() {
    return tensors;
  }

  /** A name for each value of an output frame. */
  public List<String> outputs() {
    return outputs;
  }

  /** As messages name it: {@code model "pumps" version 7}. */
  public String id() {
    return "model \"" + name + "\" version " + version;
  }
}
