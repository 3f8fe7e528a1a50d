package dev.eddy.model.onnx;

import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/** Einsum of one or two operands, as products of matrices; time must be kept. */
final class EinsumOperator {
  private EinsumOperator() {}

  static void einsum(OnnxNode node, Lowering lowering) {
    String equation = node.string("equation", "").replace(" ", "");
    String[] sides = equation.split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (sides.length != 2 || terms.length != 2 || equation.contains(".")) {
      throw node.error(
          "equation \""
              + equation
              + "\" is not supported; supported: two operands, an arrow, letters,"
              + " such as \"btc,cd->btd\"");
    }
    Frames a = operand(node, lowering, 0, terms[0]);
    Frames b = operand(node, lowering, 1, terms[1]);
    if (a == null && b == null) {
      throw node.error("reads no records");
    }
    if (a == null || b == null) {
      Frames x = a == null ? b : a;
      String ofX = a == null ? terms[1] : terms[0];
      String ofW = a == null ? terms[0] : terms[1];
      lowering.put(
          node,
          product(
              node,
              lowering,
              x,
              ofX,
              constant(lowering, node, a == null ? 0 : 1, x, ofX, ofW),
              ofW,
              sides[1]));
      return;
    }
    lowering.put(node, product(node, lowering, a, terms[0], b, terms[1], sides[1]));
  }

  private static Frames operand(OnnxNode node, Lowering lowering, int input, String term) {
    if (lowering.value(node, input) instanceof Known known) {
      checkRank(node, known.rank(), term);
      return null;
    }
    Frames frames = lowering.frames(node, input);
    checkRank(node, frames.rank(), term);
    return frames;
  }

  private static void checkRank(OnnxNode node, int rank, String term) {
    if (rank != term.length()) {
      throw node.error(
          "\"" + term + "\" names " + term.length() + " axes of a tensor of rank " + rank);
    }
  }

  private static Frames constant(
      Lowering lowering, OnnxNode node, int input, Frames like, String ofX, String ofW) {
    if (like.hasTime() && ofW.indexOf(ofX.charAt(like.time())) >= 0) {
      throw node.error("a constant has the time axis; only what is the same for all frames can be");
    }
    OnnxTensor tensor = lowering.constant(node, input);
    return lowering.constant(like, Broadcasting.floats(tensor), tensor.dimensions());
  }

  private static Frames product(
      OnnxNode node, Lowering lowering, Frames a, String ofA, Frames b, String ofB, String out) {
    Set<Integer> shared = new LinkedHashSet<>();
    Set<Integer> summed = new LinkedHashSet<>();
    Set<Integer> onlyA = new LinkedHashSet<>();
    Set<Integer> onlyB = new LinkedHashSet<>();
    for (int letter : ofA.chars().toArray()) {
      boolean inB = ofB.indexOf(letter) >= 0;
      boolean kept = out.indexOf(letter) >= 0;
      if (!inB && !kept) {
        throw node.error("sums over \"" + (char) letter + "\" of one operand only; not supported");
      }
      (inB ? kept ? shared : summed : onlyA).add(letter);
    }
    for (int letter : ofB.chars().toArray()) {
      if (ofA.indexOf(letter) < 0) {
        onlyB.add(letter);
      }
    }
    checkTime(node, a, ofA, summed);
    checkTime(node, b, ofB, summed);
    // Time stands with what both share; where a constant has not got it, it is as if it had.
    int time = a.hasTime() ? ofA.charAt(a.time()) : b.hasTime() ? ofB.charAt(b.time()) : -1;
    if (time >= 0 && !shared.contains(time)) {
      onlyA.remove(time);
      onlyB.remove(time);
      shared.add(time);
    }
    Frames left = matrices(lowering, a, ofA, List.of(shared, onlyA, summed));
    Frames right = matrices(lowering, b, ofB, List.of(shared, summed, onlyB));
    Frames made = MatrixOperators.branches(node, lowering, left, right);
    List<Integer> order = new ArrayList<>(shared);
    order.addAll(onlyA);
    order.addAll(onlyB);
    int[] dimensions = new int[order.size()];
    for (int i = 0; i < dimensions.length; i++) {
      int letter = order.get(i);
      int inA = ofA.indexOf(letter);
      int inB = ofB.indexOf(letter);
      dimensions[i] =
          letter == time ? Frames.TIME : inA >= 0 ? a.dimensions()[inA] : b.dimensions()[inB];
    }
    Frames named = made.seenAs(dimensions);
    int[] back = out.chars().map(order::indexOf).toArray();
    if (back.length != order.size() || Arrays.stream(back).anyMatch(i -> i < 0)) {
      throw node.error("the output \"" + out + "\" does not name each letter that is left once");
    }
    lowering.put(node, named);
    return ShapeOperators.transposed(lowering, named, back);
  }

  private static void checkTime(OnnxNode node, Frames frames, String letters, Set<Integer> summed) {
    if (frames.hasTime() && summed.contains((int) letters.charAt(frames.time()))) {
      throw node.error(
          "sums over the time axis ("
              + node.op().toLowerCase(Locale.ROOT)
              + "), the whole sequence for each value; a stream can't wait for the end");
    }
  }

  /** A batch of matrices: shared axes, rows, columns. */
  private static Frames matrices(
      Lowering lowering, Frames x, String letters, List<Set<Integer>> groups) {
    List<Integer> order = new ArrayList<>();
    List<Integer> dimensions = new ArrayList<>();
    for (int group = 0; group < groups.size(); group++) {
      int size = 1;
      for (int letter : groups.get(group)) {
        int axis = letters.indexOf(letter);
        if (axis >= 0) {
          order.add(axis);
          size *= x.dimensions()[axis] == Frames.TIME ? 1 : x.dimensions()[axis];
        }
        if (group == 0) {
          dimensions.add(axis < 0 ? 1 : x.dimensions()[axis]);
        }
      }
      if (group > 0) {
        dimensions.add(size);
      }
    }
    int[] turn = order.stream().mapToInt(Integer::intValue).toArray();
    Frames turned = ShapeOperators.transposed(lowering, x, turn);
    int[] made = dimensions.stream().mapToInt(Integer::intValue).toArray();
    if (x.hasTime() && IntStream.of(made).noneMatch(d -> d == Frames.TIME)) {
      throw new IllegalArgumentException("time is lost");
    }
    return turned.seenAs(made);
  }
}
