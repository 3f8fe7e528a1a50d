package dev.eddy.streams;

import dev.eddy.layer.Layer;
import dev.eddy.layer.Shape;
import dev.eddy.layer.TensorSpec;
import dev.eddy.model.Model;
import dev.eddy.model.Tensor;
import dev.eddy.network.Graph;
import dev.eddy.network.Network;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Models with random weights, the same for the same seed. */
public final class Models {
  private Models() {}

  public static Model random(
      String name, long version, int channels, List<String> outputs, Layer... layers) {
    Graph graph = Graph.sequential(Shape.of(channels), List.of(layers));
    SplittableRandom random = new SplittableRandom(17);
    Map<String, Tensor> tensors = new HashMap<>();
    for (TensorSpec spec : Network.tensors(graph)) {
      float[] values = new float[(int) spec.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextDouble() - 0.5);
      }
      tensors.put(spec.name(), new Tensor(spec.dimensions(), values));
    }
    return new Model(name, version, graph, tensors, outputs);
  }
}
