package dev.eddy.kernel;

/**
 * The routines that layers are made of.
 *
 * <p>Implementations hold no state and may be shared by all threads. None allocates. Arrays are not
 * checked beyond what Java does: the caller has compared sizes when the network was compiled.
 * {@code x} and {@code y} may be the same array only if the ranges don't overlap.
 *
 * <p>The order of operations is part of the contract, so that every backend gives the same bytes. A
 * product takes the inputs in order, by fused multiply-adds {@code y = fma(w, x, y)} that start
 * from the bias. Outputs of a narrow matrix, or of a wide one's last panels, have two, four or
 * eight such sums, which take the inputs in turn and are added at the end, neighbours first; inputs
 * too few for a whole turn go to the first sum. No order depends on the width of a register.
 */
public interface Kernels {

  /** The most vectors that a kernel multiplies at once. */
  int MAX_SIDE_BY_SIDE = 6;

  /** {@code scalar}, or {@code vector} with the register width, as shown to users. */
  String name();

  /** {@code y = b + W x}, forwards. */
  default void affine(Matrix w, float[] x, int xOffset, float[] y, int yOffset) {
    affine(w, x, xOffset, y, yOffset, false);
  }

  /**
   * {@code y = b + W x}.
   *
   * @param x {@code w.columns()} values from {@code xOffset}
   * @param y {@code w.rows()} values from {@code yOffset}, replaced
   * @param backwards begins with the last outputs, whose weights a walk forwards has left in the
   *     cache; a kernel may take no notice. The same results
   */
  void affine(Matrix w, float[] x, int xOffset, float[] y, int yOffset, boolean backwards);

  /**
   * {@code y = b + W [x; h]}: what is multiplied lies in two places, a layer's input and its hidden
   * state. The same bytes as {@link #affine} with both side by side.
   *
   * @param x {@code inputs} values from {@code xOffset}
   * @param h {@code w.columns() - inputs} values from {@code hOffset}
   * @param y {@code w.rows()} values from {@code yOffset}, replaced; overlaps neither of them
   * @param scratch {@code w.columns()} values from {@code scratchOffset}, used up
   */
  default void affineJoined(
      Matrix w,
      float[] x,
      int xOffset,
      int inputs,
      float[] h,
      int hOffset,
      float[] y,
      int yOffset,
      boolean backwards,
      float[] scratch,
      int scratchOffset) {
    join(x, xOffset, inputs, h, hOffset, w.columns() - inputs, scratch, scratchOffset);
    affine(w, scratch, scratchOffset, y, yOffset, backwards);
  }

  /**
   * Lays a layer's input and its hidden state side by side.
   *
   * @param x {@code inputs} values from {@code xOffset}
   * @param h {@code hidden} values from {@code hOffset}
   * @param to {@code inputs + hidden} values from {@code toOffset}, replaced
   */
  default void join(
      float[] x,
      int xOffset,
      int inputs,
      float[] h,
      int hOffset,
      int hidden,
      float[] to,
      int toOffset) {
    copy(x, xOffset, to, toOffset, inputs);
    copy(h, hOffset, to, toOffset + inputs, hidden);
  }

  /**
   * {@code y = b + W x} for several vectors, each with the bytes of {@link #affine}: a weight is
   * read once for several of them.
   *
   * @param x {@code count} inputs of {@code w.columns()} values, {@code xStride} apart, from {@code
   *     xOffset}
   * @param y {@code count} outputs of {@code w.rows()} values, {@code yStride} apart, from {@code
   *     yOffset}, replaced; they don't overlap
   * @param scratch {@link #scratchOfAll} values from {@code scratchOffset}, used up
   */
  void affineAll(
      Matrix w,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int count,
      float[] scratch,
      int scratchOffset);

  /** Values of scratch for {@link #affineAll} with {@code count} vectors; 0 for one. */
  static int scratchOfAll(int columns, int count) {
    return count == 1 ? 0 : (count + MAX_SIDE_BY_SIDE - 1) * columns;
  }

  /** Copies a few values, sooner than {@code System.arraycopy} does; the ranges don't overlap. */
  void copy(float[] from, int fromOffset, float[] to, int toOffset, int length);

  /** {@code y[i] = fma(a[i], x[i], y[i])} for {@code length} values: a depthwise tap. */
  void multiplyAdd(
      float[] a, int aOffset, float[] x, int xOffset, float[] y, int yOffset, int length);

  /** Applies an element-wise function in place. */
  void activateInPlace(Activation activation, float[] values, int offset, int length);

  /**
   * Softmax over {@code length} values in place: exponentials of the distance to the maximum,
   * normalised.
   */
  void softmaxInPlace(float[] values, int offset, int length);

  /**
   * The element-wise half of an LSTM step (Hochreiter and Schmidhuber 1997, with forget gate).
   *
   * <p>{@code c' = f c + i g}, {@code h' = o tanh(c')}, gates stored in the order input, forget,
   * output, cell: those with a sigmoid side by side.
   *
   * <p>Of {@code f c + i g} the error is at most {@code 5e-7 (|f c| + |i g|)}, of {@code o
   * tanh(c')} {@code 5e-7 |o tanh(c')|}, for all floats; gates stay above 4.2e-18, the sigmoid of
   * -40. NaN is passed on by each gate and by the cell state, an infinite cell state stays, and one
   * beyond 1e18, where steps don't lead, may become infinite.
   *
   * @param gates {@code 4 * units} pre-activations from {@code gatesOffset}; used up: their content
   *     means nothing afterwards
   * @param c cell state, {@code units} values, replaced
   * @param h hidden state, {@code units} values, replaced
   */
  void lstmCell(
      float[] gates, int gatesOffset, float[] c, int cOffset, float[] h, int hOffset, int units);

  /**
   * The element-wise half of a GRU step whose reset acts after the recurrent product, as in PyTorch
   * and in ONNX with {@code linear_before_reset = 1}: {@code n = tanh(a + r b)}, {@code h' = n + z
   * (h - n)} with update {@code z}, reset {@code r}, and the input's and the recurrent part {@code
   * a} and {@code b} of the new state.
   *
   * <p>The error is at most {@code 5e-7 (|(1 - z) n| + |z h|)} and what rounding {@code a + r b}
   * adds, {@code 3e-7 (|a| + |r b|)} times {@code (1 - z) (1 - n^2)}, for all floats, {@code h} up
   * to 1e35; gates stay above 4.2e-18, the sigmoid of -40. NaN is passed on by whatever is NaN.
   *
   * @param gates {@code 4 * units} pre-activations from {@code gatesOffset}: reset, update, and the
   *     input's and the recurrent part of the new state; used up: their content means nothing
   *     afterwards
   * @param h hidden state, {@code units} values, replaced
   */
  void gruCell(float[] gates, int gatesOffset, float[] h, int hOffset, int units);
}
