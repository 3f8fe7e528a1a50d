package dev.eddy.model.onnx;

import dev.eddy.model.onnx.Folding.Folder;
import dev.eddy.model.onnx.Movement.Fill;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** Constants that are made, cut, put together and moved about. */
final class ConstantShapes {
  private ConstantShapes() {}

  static Map<String, Folder> folders() {
    Map<String, Folder> all = new HashMap<>();
    all.put("Constant", (node, in, opset) -> Folding.one(constant(node)));
    all.put("ConstantOfShape", (node, in, opset) -> Folding.one(constantOfShape(node, in[0])));
    all.put("Shape", (node, in, opset) -> Folding.one(shape(node, in[0].dimensions())));
    all.put("Size", (node, in, opset) -> Folding.one(shape(node, in[0].dimensions())));
    all.put("Identity", (node, in, opset) -> Folding.one(in[0]));
    all.put("Dropout", (node, in, opset) -> Folding.one(in[0]));
    all.put(
        "Reshape",
        (node, in, opset) ->
            reshaped(
                in[0],
                Parameters.reshaped(
                    node, in[0].dimensions(), Parameters.integers(node, in, 1, "shape"))));
    all.put(
        "Squeeze",
        (node, in, opset) ->
            reshaped(
                in[0],
                Parameters.squeezed(
                    node, in[0].dimensions(), Parameters.integers(node, in, 1, "axes"))));
    all.put(
        "Unsqueeze",
        (node, in, opset) ->
            reshaped(
                in[0],
                Parameters.unsqueezed(
                    node, in[0].dimensions(), Parameters.integers(node, in, 1, "axes"))));
    all.put("Flatten", (node, in, opset) -> reshaped(in[0], flattened(node, in[0].dimensions())));
    all.put("Transpose", (node, in, opset) -> Folding.one(transposed(node, in[0])));
    all.put("Slice", (node, in, opset) -> Folding.one(slice(node, in)));
    all.put("Gather", (node, in, opset) -> Folding.one(gather(node, in)));
    all.put("Concat", (node, in, opset) -> Folding.one(concat(node, List.of(in))));
    all.put("Split", ConstantShapes::split);
    all.put("Expand", (node, in, opset) -> Folding.one(expand(node, in[0], in[1].integers())));
    all.put("Tile", (node, in, opset) -> Folding.one(tile(node, in[0], in[1].integers())));
    all.put("Pad", (node, in, opset) -> Folding.one(pad(node, in)));
    all.put("Range", (node, in, opset) -> Folding.one(range(node, in)));
    all.put("Trilu", (node, in, opset) -> Folding.one(trilu(node, in)));
    return all;
  }

  private static OnnxTensor[] reshaped(OnnxTensor tensor, int[] dimensions) {
    return Folding.one(withDimensions(tensor, dimensions));
  }

  static OnnxTensor withDimensions(OnnxTensor tensor, int[] dimensions) {
    return tensor.type().isFloat()
        ? OnnxTensor.ofFloats(dimensions, tensor.floats())
        : OnnxTensor.ofIntegers(tensor.type(), dimensions, tensor.integers());
  }

  private static OnnxTensor constant(OnnxNode node) {
    if (node.has("value")) {
      return node.tensor("value");
    }
    if (node.has("value_int")) {
      return integers(new int[0], node.integer("value_int", 0));
    }
    if (node.has("value_ints")) {
      long[] values = node.integers("value_ints", null);
      return integers(new int[] {values.length}, values);
    }
    if (node.has("value_float")) {
      return OnnxTensor.ofFloats(new int[0], new float[] {node.number("value_float", 0)});
    }
    if (node.has("value_floats")) {
      float[] values = node.numbers("value_floats", null);
      return OnnxTensor.ofFloats(new int[] {values.length}, values);
    }
    throw node.error("has none of value, value_float, value_floats, value_int, value_ints");
  }

  private static OnnxTensor integers(int[] dimensions, long... values) {
    return OnnxTensor.ofIntegers(ElementType.INT64, dimensions, values);
  }

  private static OnnxTensor constantOfShape(OnnxNode node, OnnxTensor shape) {
    int[] dimensions = Folding.dimensions(node, shape.integers());
    int size = Folding.size(node, shape.integers());
    OnnxTensor value = node.tensor("value");
    if (value == null || value.type().isFloat()) {
      float[] values = new float[size];
      Arrays.fill(values, value == null ? 0 : value.floats()[0]);
      return OnnxTensor.ofFloats(dimensions, values);
    }
    long[] values = new long[size];
    Arrays.fill(values, value.integers()[0]);
    return OnnxTensor.ofIntegers(value.type(), dimensions, values);
  }

  /** The value of a Shape or Size. */
  static OnnxTensor shape(OnnxNode node, int[] dimensions) {
    if (node.op().equals("Size")) {
      return integers(
          new int[0], Arrays.stream(dimensions).asLongStream().reduce(1, (a, b) -> a * b));
    }
    int rank = dimensions.length;
    long start = node.integer("start", 0);
    long end = node.integer("end", rank);
    int from = (int) Math.max(0, Math.min(rank, start < 0 ? start + rank : start));
    int to = (int) Math.max(from, Math.min(rank, end < 0 ? end + rank : end));
    long[] values = Arrays.stream(dimensions, from, to).asLongStream().toArray();
    return integers(new int[] {values.length}, values);
  }

  static int[] flattened(OnnxNode node, int[] dimensions) {
    long axis = node.integer("axis", 1);
    int at =
        axis == dimensions.length
            ? dimensions.length
            : Parameters.axis(node, axis, dimensions.length);
    int outer = Movement.size(Arrays.copyOf(dimensions, at));
    return new int[] {outer, Movement.size(Arrays.copyOfRange(dimensions, at, dimensions.length))};
  }

  static int[] order(OnnxNode node, int rank) {
    long[] reversed = IntStream.range(0, rank).mapToLong(axis -> rank - 1L - axis).toArray();
    int[] order = Parameters.axes(node, node.integers("perm", reversed), rank);
    if (Arrays.stream(order).distinct().count() != rank || order.length != rank) {
      throw node.error(
          "perm must name each of the " + rank + " axes once, got " + Arrays.toString(order));
    }
    return order;
  }

  private static OnnxTensor transposed(OnnxNode node, OnnxTensor tensor) {
    int[] order = order(node, tensor.rank());
    return Movement.transposed(tensor, order);
  }

  private static OnnxTensor slice(OnnxNode node, OnnxTensor[] in) {
    OnnxTensor made = in[0];
    for (Parameters.Stretch s : Parameters.slices(node, in, in[0].dimensions())) {
      made =
          Movement.slice(made.dimensions(), s.axis(), s.start(), s.step(), s.count())
              .apply(made, 0);
    }
    return made;
  }

  /** The places that indices name, from 0. */
  static int[] places(OnnxNode node, OnnxTensor indices, int length) {
    int[] places = new int[indices.size()];
    for (int i = 0; i < places.length; i++) {
      long index = indices.integers()[i];
      if (index < -length || index >= length) {
        throw node.error("index " + index + " is out of range for an axis of length " + length);
      }
      places[i] = (int) (index < 0 ? index + length : index);
    }
    return places;
  }

  /** Dimensions with those of the indices in the place of an axis. */
  static int[] gathered(int[] dimensions, int axis, int[] indices) {
    int[] made = new int[dimensions.length - 1 + indices.length];
    System.arraycopy(dimensions, 0, made, 0, axis);
    System.arraycopy(indices, 0, made, axis, indices.length);
    System.arraycopy(
        dimensions, axis + 1, made, axis + indices.length, dimensions.length - axis - 1);
    return made;
  }

  private static OnnxTensor gather(OnnxNode node, OnnxTensor[] in) {
    int[] dimensions = in[0].dimensions();
    int axis = Parameters.axis(node, node.integer("axis", 0), dimensions.length);
    int[] places = places(node, in[1], dimensions[axis]);
    OnnxTensor made = Movement.gather(dimensions, axis, places).apply(in[0], 0);
    return withDimensions(made, gathered(dimensions, axis, in[1].dimensions()));
  }

  static OnnxTensor concat(OnnxNode node, List<OnnxTensor> parts) {
    OnnxTensor first = parts.get(0);
    int axis = Parameters.axis(node, node.integer("axis", 0), first.rank());
    int[] dimensions = first.dimensions().clone();
    dimensions[axis] = 0;
    for (OnnxTensor part : parts) {
      for (int i = 0; i < dimensions.length; i++) {
        if (part.rank() != dimensions.length
            || i != axis && part.dimensions()[i] != dimensions[i]
            || part.type().isFloat() != first.type().isFloat()) {
          throw node.error(
              "constants of shape "
                  + Arrays.toString(first.dimensions())
                  + " and "
                  + Arrays.toString(part.dimensions())
                  + " can't be concatenated along axis "
                  + axis);
        }
      }
      dimensions[axis] += part.dimensions()[axis];
    }
    int inner = Movement.size(Arrays.copyOfRange(dimensions, axis + 1, dimensions.length));
    int outer = Movement.size(Arrays.copyOf(dimensions, axis));
    int size = Movement.size(dimensions);
    float[] floats = first.type().isFloat() ? new float[size] : null;
    long[] longs = first.type().isFloat() ? null : new long[size];
    int at = 0;
    for (int row = 0; row < outer; row++) {
      for (OnnxTensor part : parts) {
        int length = part.dimensions()[axis] * inner;
        Object from = floats == null ? part.integers() : part.floats();
        System.arraycopy(from, row * length, floats == null ? longs : floats, at, length);
        at += length;
      }
    }
    return floats == null
        ? OnnxTensor.ofIntegers(first.type(), dimensions, longs)
        : OnnxTensor.ofFloats(dimensions, floats);
  }

  /** The lengths that an axis is split into. */
  static int[] parts(OnnxNode node, OnnxTensor[] in, int length) {
    long[] given = Parameters.integers(node, in, 1, "split");
    if (given == null) {
      int count = (int) node.integer("num_outputs", node.outputs().size());
      int part = (length + count - 1) / count;
      int[] parts = new int[count];
      Arrays.fill(parts, part);
      parts[count - 1] = length - part * (count - 1);
      return parts;
    }
    int[] parts = Arrays.stream(given).mapToInt(Math::toIntExact).toArray();
    if (Arrays.stream(parts).sum() != length || Arrays.stream(parts).anyMatch(part -> part < 0)) {
      throw node.error(
          "an axis of length " + length + " can't be split into " + Arrays.toString(parts));
    }
    return parts;
  }

  private static OnnxTensor[] split(OnnxNode node, OnnxTensor[] in, long opset) {
    int axis = Parameters.axis(node, node.integer("axis", 0), in[0].rank());
    int[] parts = parts(node, in, in[0].dimensions()[axis]);
    OnnxTensor[] made = new OnnxTensor[parts.length];
    int start = 0;
    for (int i = 0; i < parts.length; i++) {
      made[i] = Movement.slice(in[0].dimensions(), axis, start, 1, parts[i]).apply(in[0], 0);
      start += parts[i];
    }
    return made;
  }

  /** The shape that two become when axes of length 1 are repeated. */
  static int[] broadcast(OnnxNode node, int[] a, int[] b) {
    int[] made = new int[Math.max(a.length, b.length)];
    for (int axis = 0; axis < made.length; axis++) {
      int ofA = axis < made.length - a.length ? 1 : a[axis - made.length + a.length];
      int ofB = axis < made.length - b.length ? 1 : b[axis - made.length + b.length];
      if (ofA != ofB && ofA != 1 && ofB != 1) {
        throw node.error(
            "shapes "
                + Arrays.toString(a)
                + " and "
                + Arrays.toString(b)
                + " don't fit each other");
      }
      made[axis] = ofA == 1 ? ofB : ofA;
    }
    return made;
  }

  static OnnxTensor expand(OnnxNode node, OnnxTensor tensor, long[] shape) {
    int[] target = broadcast(node, tensor.dimensions(), Folding.dimensions(node, shape));
    return Arrays.equals(target, tensor.dimensions())
        ? tensor
        : Movement.broadcast(tensor.dimensions(), target).apply(tensor, 0);
  }

  private static OnnxTensor tile(OnnxNode node, OnnxTensor tensor, long[] repeats) {
    if (repeats.length != tensor.rank()) {
      throw node.error("needs one repeat for each axis, got " + Arrays.toString(repeats));
    }
    OnnxTensor made = tensor;
    for (int axis = 0; axis < repeats.length; axis++) {
      made = Movement.tile(made.dimensions(), axis, Math.toIntExact(repeats[axis])).apply(made, 0);
    }
    return made;
  }

  /** For each axis what is added before it and behind it. */
  static int[][] pads(OnnxNode node, OnnxTensor[] in, int rank) {
    long[] pads = Parameters.integers(node, in, 1, node.has("paddings") ? "paddings" : "pads");
    long[] axes = Parameters.integers(node, in, 3, "axes");
    int count = axes == null ? rank : axes.length;
    if (pads == null || pads.length != 2 * count) {
      throw node.error("pads must hold " + 2 * count + " numbers, got " + Arrays.toString(pads));
    }
    int[][] made = new int[rank][2];
    for (int i = 0; i < count; i++) {
      int axis = axes == null ? i : Parameters.axis(node, axes[i], rank);
      made[axis] = new int[] {Math.toIntExact(pads[i]), Math.toIntExact(pads[i + count])};
    }
    return made;
  }

  static Fill fill(OnnxNode node) {
    String mode = node.string("mode", "constant");
    try {
      return Fill.valueOf(mode.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw node.error("mode must be constant, edge, reflect or wrap, got " + mode);
    }
  }

  static double padding(OnnxNode node, OnnxTensor[] in) {
    OnnxTensor value = in.length > 2 ? in[2] : null;
    return Parameters.number(value, node.number("value", 0));
  }

  private static OnnxTensor pad(OnnxNode node, OnnxTensor[] in) {
    OnnxTensor made = in[0];
    int[][] pads = pads(node, in, made.rank());
    for (int axis = 0; axis < pads.length; axis++) {
      made =
          Movement.pad(made.dimensions(), axis, pads[axis][0], pads[axis][1], fill(node))
              .apply(made, padding(node, in));
    }
    return made;
  }

  private static OnnxTensor range(OnnxNode node, OnnxTensor[] in) {
    double start = Parameters.number(in[0], 0);
    double step = Parameters.number(in[2], 1);
    if (step == 0) {
      throw node.error("delta must not be 0");
    }
    long count = (long) Math.max(0, Math.ceil((Parameters.number(in[1], 0) - start) / step));
    int size = Folding.size(node, new long[] {count});
    if (in[0].type().isFloat()) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = (float) (start + i * step);
      }
      return OnnxTensor.ofFloats(new int[] {size}, values);
    }
    return OnnxTensor.ofIntegers(
        in[0].type(),
        new int[] {size},
        IntStream.range(0, size).mapToLong(i -> (long) start + i * (long) step).toArray());
  }

  private static OnnxTensor trilu(OnnxNode node, OnnxTensor[] in) {
    int[] dimensions = in[0].dimensions();
    int columns = dimensions[dimensions.length - 1];
    int rows = dimensions[dimensions.length - 2];
    long shift = (long) Parameters.number(in.length > 1 ? in[1] : null, 0);
    boolean upper = node.integer("upper", 1) != 0;
    int[] from = new int[in[0].size()];
    for (int i = 0; i < from.length; i++) {
      long above = i % columns - i / columns % rows - shift;
      from[i] = (upper ? above >= 0 : above <= 0) ? i : Movement.NONE;
    }
    return new Movement(dimensions, from).apply(in[0], 0);
  }
}
