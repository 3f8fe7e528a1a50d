package dev.eddy.avro;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How a text becomes tokens, for an embedding: whole numbers from 0, one a frame.
 *
 * @param as what a token is
 * @param vocabulary characters or words, distinct; an entry's place is its token. Empty for bytes,
 *     which are their own tokens, 0..255
 * @param other the entry that stands for what isn't in the vocabulary; without it such a text is
 *     bad
 * @param before a token put before each text
 * @param after a token put behind each text
 * @param maxTokens of one text, with those put before and behind; 1..65,536
 * @param cuts whether the end of a longer text is left out; else a longer text is bad
 */
public record TextTokens(
    As as,
    List<String> vocabulary,
    Optional<String> other,
    OptionalInt before,
    OptionalInt after,
    int maxTokens,
    boolean cuts) {
  /** The most tokens that a text may become. */
  public static final int MAX_TOKENS = 1 << 16;

  /** The most entries of a vocabulary; and tokens are exact as floats. */
  public static final int MAX_VOCABULARY = 1 << 20;

  /** What {@link #maxTokens} is where nothing is said. */
  public static final int STANDARD_TOKENS = 4_096;

  /** What a token is. */
  public enum As {
    /** A Unicode code point. */
    CHARACTERS,
    /** A byte of the text in UTF-8, or of a field of bytes. */
    BYTES,
    /** What stands between white space. */
    WORDS
  }

  public TextTokens {
    Objects.requireNonNull(as, "as");
    vocabulary = List.copyOf(vocabulary);
    if (as == As.BYTES ? !vocabulary.isEmpty() || other.isPresent() : vocabulary.isEmpty()) {
      throw new IllegalArgumentException(
          as == As.BYTES
              ? "bytes are their own tokens, without a vocabulary or other"
              : "characters and words need a vocabulary");
    }
    if (vocabulary.size() > MAX_VOCABULARY) {
      throw new IllegalArgumentException(
          "a vocabulary has at most " + MAX_VOCABULARY + " entries, got " + vocabulary.size());
    }
    Set<String> seen = new HashSet<>();
    for (String entry : vocabulary) {
      if (entry.isEmpty() || !seen.add(entry)) {
        throw new IllegalArgumentException(
            "entries of a vocabulary must be distinct and not empty, got "
                + Quoted.text(entry)
                + (entry.isEmpty() ? "" : " twice"));
      }
    }
    if (other.isPresent() && !seen.contains(other.get())) {
      throw new IllegalArgumentException(
          "other: " + Quoted.text(other.get()) + " is not in the vocabulary");
    }
    check(before);
    check(after);
    int added = (before.isPresent() ? 1 : 0) + (after.isPresent() ? 1 : 0);
    if (maxTokens < Math.max(1, added) || maxTokens > MAX_TOKENS) {
      throw new IllegalArgumentException(
          "tokens of a text must be "
              + Math.max(1, added)
              + ".."
              + MAX_TOKENS
              + ", got "
              + maxTokens);
    }
  }

  private static void check(OptionalInt token) {
    if (token.isPresent() && (token.getAsInt() < 0 || token.getAsInt() > MAX_VOCABULARY)) {
      throw new IllegalArgumentException(
          "a token must be 0.." + MAX_VOCABULARY + ", got " + token.getAsInt());
    }
  }

  /** The bytes of a text. */
  public static TextTokens bytes() {
    return new TextTokens(
        As.BYTES,
        List.of(),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        STANDARD_TOKENS,
        false);
  }

  /** The characters or words of a text; one that isn't in the vocabulary makes the text bad. */
  public static TextTokens of(As as, List<String> vocabulary) {
    return new TextTokens(
        as,
        vocabulary,
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        STANDARD_TOKENS,
        false);
  }

  /** The same with an entry that stands for all that isn't in the vocabulary. */
  public TextTokens withOther(String entry) {
    return new TextTokens(as, vocabulary, Optional.of(entry), before, after, maxTokens, cuts);
  }

  /** The same with a token before each text. */
  public TextTokens withBefore(int token) {
    return new TextTokens(as, vocabulary, other, OptionalInt.of(token), after, maxTokens, cuts);
  }

  /** The same with a token behind each text. */
  public TextTokens withAfter(int token) {
    return new TextTokens(as, vocabulary, other, before, OptionalInt.of(token), maxTokens, cuts);
  }

  /** The same where a text with more tokens than this is bad. */
  public TextTokens atMost(int tokens) {
    return new TextTokens(as, vocabulary, other, before, after, tokens, false);
  }

  /** The same where the end of a text is left out beyond so many tokens. */
  public TextTokens cutAfter(int tokens) {
    return new TextTokens(as, vocabulary, other, before, after, tokens, true);
  }
}
