package dev.eddy.model;

import dev.eddy.layer.Merge;
import java.util.Arrays;
import java.util.List;

/** Where branches meet: the words that take several layers in {@code from}. */
final class MergeWords {
  private MergeWords() {}

  /** What a word makes of several frames; null if it is no such word. */
  static Merge.How find(String word) {
    for (Merge.How how : Merge.How.values()) {
      if (how.word().equals(word)) {
        return how;
      }
    }
    return null;
  }

  static List<String> all() {
    return Arrays.stream(Merge.How.values()).map(Merge.How::word).toList();
  }
}
