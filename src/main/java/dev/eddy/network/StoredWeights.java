package dev.eddy.network;

import dev.eddy.kernel.Matrix;
import dev.eddy.kernel.WeightStore;
import dev.eddy.layer.Weights;

/**
 * The weights of one layer, packed beside those of the network's others.
 *
 * @param learnt where their tensors are
 */
record StoredWeights(Weights learnt, WeightStore store) implements Weights {
  @Override
  public float[] tensor(String name) {
    return learnt.tensor(name);
  }

  @Override
  public Matrix matrix(Matrix.Rows source, float[] bias, int columns) {
    return store.matrix(source, bias, columns);
  }
}
