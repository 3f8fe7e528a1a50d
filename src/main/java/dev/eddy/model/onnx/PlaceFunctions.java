package dev.eddy.model.onnx;

import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is computed of places in the sequence, such as sines and cosines: it was folded, since no
 * record goes into it, but a stream has no last place. So the nodes that made it are lowered once
 * more, from the straight line that they begin with.
 */
final class PlaceFunctions {
  private static final int MOST_NODES = 64;

  private final Lowering lowering;
  private final Frames like;
  private int nodes;

  private PlaceFunctions(Lowering lowering, Frames like) {
    this.lowering = lowering;
    this.like = like;
  }

  /**
   * A constant that meets frames, at each of them.
   *
   * @param node which reads it
   * @return null where it is no function of the place
   */
  static Frames of(OnnxNode node, Lowering lowering, Known known, Frames like) {
    for (int i = 0; i < (known.isFixed() ? 1 : lowering.lengths); i++) {
      lowering.work(node, known.sample(i).size());
    }
    Frames simple = Positions.along(lowering, known, like);
    if (simple != null || known.isFixed() || !like.hasTime()) {
      return simple;
    }
    for (String input : node.inputs()) {
      if (lowering.value(input) == known) {
        return new PlaceFunctions(lowering, like).made(input);
      }
    }
    return null;
  }

  private Frames made(String tensor) {
    if (!(lowering.value(tensor) instanceof Known known) || known.isFixed()) {
      return null;
    }
    Frames line = Positions.line(lowering, known, like);
    OnnxNode maker = lowering.maker(tensor);
    if (line != null || maker == null || ++nodes > MOST_NODES || !isOfPlaces(known)) {
      return line;
    }
    Map<String, Value> before = new HashMap<>();
    List<Map.Entry<String, Frames>> places = new ArrayList<>();
    for (String input : maker.inputs()) {
      if (lowering.value(input) instanceof Known read && !read.isFixed() && isOfPlaces(read)) {
        Frames made = made(input);
        if (made == null) {
          return null;
        }
        places.add(Map.entry(input, made));
      }
    }
    if (places.isEmpty()) {
      return null;
    }
    maker.outputs().forEach(output -> before.put(output, lowering.value(output)));
    places.forEach(place -> before.put(place.getKey(), lowering.value(place.getKey())));
    places.forEach(place -> lowering.put(place.getKey(), place.getValue()));
    try {
      Operators.lower(maker, lowering);
      return lowering.value(tensor) instanceof Frames frames ? frames : null;
    } finally {
      before.forEach(lowering::put);
    }
  }

  /** Whether it has a value for each place, on some axis. */
  private boolean isOfPlaces(Known known) {
    for (int axis = 0; axis < known.rank(); axis++) {
      boolean asLong = true;
      for (int i = 0; i < lowering.lengths && asLong; i++) {
        asLong = known.sample(i).dimensions()[axis] == like.lengths()[i];
      }
      if (asLong) {
        return true;
      }
    }
    return false;
  }
}
