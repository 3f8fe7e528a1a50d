package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The registers that the vector kernels compute with: the widest, up to 512 bits. */
final class VectorRegisters {

  /** Panels and strips of a {@link Matrix} are made for 16 lanes at most. */
  static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() > Matrix.LINE
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  private VectorRegisters() {}
}
