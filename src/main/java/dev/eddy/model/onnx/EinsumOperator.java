package dev.eddy.model.onnx;

import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.Reduce;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Einsum: operands are multiplied two at a time, from the left. Letters name axes; what neither the
 * output nor a later operand names is summed over. Time must be named by the output.
 */
final class EinsumOperator {

  /** Frames, or a constant, and the letters of its axes. */
  private record Operand(Value value, String letters) {

    boolean isFrames() {
      return value instanceof Frames;
    }

    Frames frames() {
      return (Frames) value;
    }

    int size(char letter) {
      int axis = letters.indexOf(letter);
      int[] dimensions =
          value instanceof Frames frames
              ? frames.dimensions()
              : ((Known) value).sample(0).dimensions();
      return axis < 0 ? 1 : dimensions[axis];
    }

    /** The letter of the time axis, 0 without one. */
    char time() {
      return isFrames() && frames().hasTime() ? letters.charAt(frames().time()) : 0;
    }
  }

  private final OnnxNode node;
  private final Lowering lowering;

  private EinsumOperator(OnnxNode node, Lowering lowering) {
    this.node = node;
    this.lowering = lowering;
  }

  static void einsum(OnnxNode node, Lowering lowering) {
    lowering.put(node, new EinsumOperator(node, lowering).lower());
  }

  private Frames lower() {
    String equation = node.string("equation", "").replace(" ", "");
    String[] sides = equation.split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (sides.length > 2 || terms.length != node.inputs().size()) {
      throw node.error(
          "equation \"" + equation + "\" does not name its " + node.inputs().size() + " inputs");
    }
    List<Operand> operands = new ArrayList<>();
    int widest = 0;
    for (int input = 0; input < terms.length; input++) {
      Operand operand = operand(input, terms[input]);
      widest = Math.max(widest, (int) operand.letters.chars().filter(c -> c < 'A').count());
      operands.add(operand);
    }
    String ellipsis = ellipsis(widest);
    String out =
        sides.length == 2 ? sides[1].replace("...", ellipsis) : implied(operands, ellipsis);
    Operand made = operands.get(0);
    for (int next = 1; next < operands.size(); next++) {
      Set<Character> needed = letters(out);
      operands.subList(next + 1, operands.size()).forEach(o -> needed.addAll(letters(o.letters)));
      made = product(made, operands.get(next), needed);
    }
    if (!made.isFrames()) {
      throw node.error("reads no records");
    }
    return output(made, out);
  }

  /** The axes that three dots stand for, the last ones first named: digits, which no letter is. */
  private static String ellipsis(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Integer.toString(count - 1 - i))
        .collect(Collectors.joining());
  }

  private Operand operand(int input, String term) {
    Value value = lowering.value(node, input);
    int rank;
    if (value instanceof Frames frames) {
      rank = frames.rank();
    } else {
      rank = lowering.neededConstant(node, input).rank();
    }
    int dots = rank - term.replace("...", "").length();
    if (dots < 0 || dots > 0 && !term.contains("...") || dots > 9) {
      throw node.error(
          "\""
              + term
              + "\" does not name the axes of \""
              + node.inputs().get(input)
              + "\", a tensor of rank "
              + rank);
    }
    String letters = term.replace("...", ellipsis(dots));
    if (letters.chars().distinct().count() != letters.length()) {
      throw node.error("\"" + term + "\" names an axis twice; diagonals are not supported");
    }
    return new Operand(value, letters);
  }

  /** Without an arrow the output has the letters that stand once, in alphabetical order. */
  private static String implied(List<Operand> operands, String ellipsis) {
    String all = operands.stream().map(Operand::letters).collect(Collectors.joining());
    return ellipsis
        + all.chars()
            .filter(c -> c >= 'A' && all.indexOf(c) == all.lastIndexOf(c))
            .sorted()
            .mapToObj(c -> Character.toString((char) c))
            .collect(Collectors.joining());
  }

  private static Set<Character> letters(String letters) {
    return letters
        .chars()
        .mapToObj(c -> (char) c)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** One operand as the output wants it: summed over what is not named, in its order. */
  private Frames output(Operand operand, String out) {
    Frames x = operand.frames();
    int[] gone =
        IntStream.range(0, x.rank())
            .filter(axis -> out.indexOf(operand.letters.charAt(axis)) < 0)
            .toArray();
    Frames summed =
        gone.length == 0
            ? x
            : ReduceOperators.reduced(
                node, lowering, x, gone, false, Reduce.How.SUM, GlobalPool.How.SUM);
    String left =
        operand
            .letters
            .chars()
            .filter(c -> out.indexOf(c) >= 0)
            .mapToObj(c -> Character.toString((char) c))
            .collect(Collectors.joining());
    int[] order = out.chars().map(left::indexOf).toArray();
    if (order.length != left.length() || Arrays.stream(order).anyMatch(i -> i < 0)) {
      throw node.error("the output \"" + out + "\" does not name each axis that is left once");
    }
    return ShapeOperators.transposed(lowering, summed, order);
  }

  private Operand product(Operand a, Operand b, Set<Character> needed) {
    if (!a.isFrames() && !b.isFrames()) {
      throw node.error("multiplies two constants; compute them before the export");
    }
    Frames like = a.isFrames() ? a.frames() : b.frames();
    List<Character> shared = new ArrayList<>();
    List<Character> summed = new ArrayList<>();
    List<Character> onlyA = new ArrayList<>();
    List<Character> onlyB = new ArrayList<>();
    for (char letter : letters(a.letters + b.letters)) {
      boolean inA = a.letters.indexOf(letter) >= 0;
      boolean inB = b.letters.indexOf(letter) >= 0;
      boolean time = letter == a.time() || letter == b.time();
      if (time && !needed.contains(letter) && inA && inB) {
        throw node.error(
            "sums over the time axis, the whole sequence for each value; a stream can't wait for the"
                + " end");
      }
      boolean batch = time || needed.contains(letter);
      List<Character> group = inA && inB ? batch ? shared : summed : inA ? onlyA : onlyB;
      (time ? shared : group).add(letter);
    }
    Frames left = matrices(asFrames(a, like), a, List.of(shared, onlyA, summed));
    Frames right = matrices(asFrames(b, like), b, List.of(shared, summed, onlyB));
    Frames made = MatrixOperators.branches(node, lowering, left, right);
    List<Character> order = new ArrayList<>(shared);
    order.addAll(onlyA);
    order.addAll(onlyB);
    int[] dimensions =
        order.stream()
            .mapToInt(
                letter ->
                    letter == a.time() || letter == b.time()
                        ? Frames.TIME
                        : Math.max(a.size(letter), b.size(letter)))
            .toArray();
    String names = order.stream().map(String::valueOf).collect(Collectors.joining());
    return new Operand(made.seenAs(dimensions), names);
  }

  private Frames asFrames(Operand operand, Frames like) {
    if (operand.isFrames()) {
      return operand.frames();
    }
    OnnxTensor tensor = ((Known) operand.value).sample(0);
    return lowering.constant(like, Broadcasting.floats(tensor), tensor.dimensions());
  }

  /** A batch of matrices: the shared axes, then rows and columns. */
  private Frames matrices(Frames x, Operand operand, List<List<Character>> groups) {
    List<Integer> order = new ArrayList<>();
    List<Integer> dimensions = new ArrayList<>();
    for (int group = 0; group < groups.size(); group++) {
      int size = 1;
      for (char letter : groups.get(group)) {
        int axis = operand.letters.indexOf(letter);
        if (axis >= 0) {
          order.add(axis);
        }
        if (group == 0) {
          dimensions.add(operand.size(letter));
        }
        size *= Math.max(1, operand.size(letter));
      }
      if (group > 0) {
        dimensions.add(size);
      }
    }
    int[] turn = order.stream().mapToInt(Integer::intValue).toArray();
    Frames turned = ShapeOperators.transposed(lowering, x, turn);
    return turned.seenAs(dimensions.stream().mapToInt(Integer::intValue).toArray());
  }
}
