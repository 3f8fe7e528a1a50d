package dev.eddy.score;

import java.util.HashSet;
import java.util.List;

/**
 * Says what the values of an output frame are the probabilities of.
 *
 * @param names of the classes, one for each value
 * @param softmax whether the model gives logits, of which the probabilities are yet to be made
 * @param each whether every class has a column of its probability
 */
public record Classes(List<String> names, boolean softmax, boolean each) {
  public Classes {
    names = List.copyOf(names);
    if (names.size() < 2) {
      throw new IllegalArgumentException("there must be at least 2 classes, got " + names);
    }
    if (new HashSet<>(names).size() < names.size()) {
      throw new IllegalArgumentException("classes must be distinct, got " + names);
    }
    if (names.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("classes must have names, got " + names);
    }
  }

  /** Of a model whose last layer is a softmax; the label and its probability. */
  public static Classes of(String... names) {
    return new Classes(List.of(names), false, false);
  }

  /** The same of a model that gives logits. */
  public Classes ofLogits() {
    return new Classes(names, true, each);
  }

  /** The same with a column for the probability of every class. */
  public Classes withEach() {
    return new Classes(names, softmax, true);
  }
}
