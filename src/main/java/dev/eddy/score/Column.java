package dev.eddy.score;

import java.util.List;
import java.util.Objects;

/**
 * A column that a stage fills.
 *
 * @param name as it is made of an output's or a channel's name; the schema makes it fit
 * @param nullable whether a row may leave it unset
 * @param doc what it holds, with its unit
 * @param words of a column of WORD: what its numbers stand for; else empty
 */
public record Column(String name, Type type, boolean nullable, String doc, List<String> words) {
  /** The type of a column's values. */
  public enum Type {
    FLOAT,
    DOUBLE,
    LONG,
    /** Milliseconds since 1970 UTC. */
    TIME,
    /** One of a few texts. */
    WORD,
    /** Any number of float32. */
    FLOATS
  }

  public Column {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    words = List.copyOf(words);
    if (words.isEmpty() == (type == Type.WORD)) {
      throw new IllegalArgumentException(
          "column \"" + name + "\" of type " + type + " has the words " + words);
    }
  }

  static Column of(String name, Type type, String doc) {
    return new Column(name, type, false, doc, List.of());
  }

  static Column ofWord(String name, List<String> words, String doc) {
    return new Column(name, Type.WORD, false, doc, words);
  }

  Column orNull() {
    return new Column(name, type, true, doc, words);
  }
}
