package dev.eddy.avro;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How one field of a record becomes one channel of a frame, or several. Immutable, checked where it
 * is made.
 *
 * <p>A field is a path into the record: {@code motor.temp}, {@code axes[2]}; a name steps into a
 * record or a map, an index into an array, and nullable unions are seen through.
 */
public sealed interface ChannelSpec {
  /** The most channels that one field may become. */
  int MAX_WIDTH = 1 << 16;

  /** The name of its column, or what its columns' names start with. */
  String name();

  /** Path of the field. */
  String field();

  /** What becomes of values that don't fit. */
  BadValue bad();

  /** Channels that it takes in the frame, 1..65,536. */
  int width();

  /** The name of channel {@code i} of {@link #width()}. */
  String channelName(int i);

  /** The same with another choice for values that don't fit. */
  ChannelSpec withBad(BadValue bad);

  /** A number as it is; values that don't fit go to dead letters. */
  static Numeric numeric(String name, String field) {
    return new Numeric(name, field, BadValue.DEAD_LETTERS, Log.NONE, 0, 1);
  }

  /** A 1 at the place of the word; values that don't fit go to dead letters. */
  static OneHot oneHot(String name, String field, List<String> words) {
    return new OneHot(name, field, BadValue.DEAD_LETTERS, words, Optional.empty());
  }

  /** The index of the word, for an embedding; values that don't fit go to dead letters. */
  static Token token(String name, String field, List<String> words) {
    return new Token(name, field, BadValue.DEAD_LETTERS, words, Optional.empty());
  }

  /** An array of numbers of one length; values that don't fit go to dead letters. */
  static NumericArray array(String name, String field, int length) {
    return new NumericArray(name, field, BadValue.DEAD_LETTERS, length, Log.NONE, 0, 1);
  }

  /** The tokens of a text, one a frame; values that don't fit go to dead letters. */
  static Text text(String name, String field, TextTokens tokens) {
    return new Text(name, field, BadValue.DEAD_LETTERS, tokens);
  }

  /**
   * One channel: an int, long, float, double or decimal as a number, a boolean as 0 or 1; its
   * logarithm where one is asked for; {@code (value - mean) / std} in double, then rounded to
   * float. Values too large for a float, and those without a logarithm, are bad.
   *
   * @param mean finite, in the field's unit or that of its logarithm; 0 for none
   * @param std finite, greater than 0, in the field's unit or that of its logarithm; 1 for none
   */
  record Numeric(String name, String field, BadValue bad, Log log, double mean, double std)
      implements ChannelSpec {
    public Numeric {
      checkNames(name, field, bad);
      checkScaling(name, bad, log, mean, std);
    }

    @Override
    public int width() {
      return 1;
    }

    @Override
    public String channelName(int i) {
      return name;
    }

    @Override
    public Numeric withBad(BadValue bad) {
      return new Numeric(name, field, bad, log, mean, std);
    }

    /** The same with {@code (value - mean) / std}. */
    public Numeric scaled(double mean, double std) {
      return new Numeric(name, field, bad, log, mean, std);
    }

    /** The same with a logarithm. */
    public Numeric with(Log log) {
      return new Numeric(name, field, bad, log, mean, std);
    }
  }

  /**
   * As many channels as words: 1 at the place of the field's word, 0 elsewhere. The field is an
   * enum or a string; an integer or a boolean is taken by its decimal text, {@code true} or {@code
   * false}. A word that isn't listed is bad.
   *
   * @param words distinct, in channel order
   * @param other the one of them that stands for all others; without it such a word is bad
   */
  record OneHot(String name, String field, BadValue bad, List<String> words, Optional<String> other)
      implements ChannelSpec {
    public OneHot {
      checkNames(name, field, bad);
      words = checkWords(name, words, other);
    }

    @Override
    public int width() {
      return words.size();
    }

    @Override
    public String channelName(int i) {
      return name + "_" + words.get(i);
    }

    @Override
    public OneHot withBad(BadValue bad) {
      return new OneHot(name, field, bad, words, other);
    }

    /** The same with one of the words for all others. */
    public OneHot withOther(String word) {
      return new OneHot(name, field, bad, words, Optional.of(word));
    }
  }

  /**
   * One channel: the index of the field's word, from 0, as {@link OneHot} reads it; an embedding
   * layer takes it from there.
   *
   * @param words distinct; a word's place is its token
   * @param other the one of them that stands for all others; without it such a word is bad
   */
  record Token(String name, String field, BadValue bad, List<String> words, Optional<String> other)
      implements ChannelSpec {
    public Token {
      checkNames(name, field, bad);
      words = checkWords(name, words, other);
      if (bad.constant() < 0 || bad.constant() != Math.rint(bad.constant())) {
        throw new IllegalArgumentException(
            "channel \""
                + name
                + "\": the constant is "
                + bad.constant()
                + "; accepted: a token, a whole number from 0 on");
      }
    }

    @Override
    public int width() {
      return 1;
    }

    @Override
    public String channelName(int i) {
      return name;
    }

    @Override
    public Token withBad(BadValue bad) {
      return new Token(name, field, bad, words, other);
    }

    /** The same with one of the words for all others. */
    public Token withOther(String word) {
      return new Token(name, field, bad, words, Optional.of(word));
    }
  }

  /**
   * As many channels as the array has numbers, each scaled like {@link Numeric}. Another length is
   * bad for all of them; one bad number only for its own channel.
   *
   * @param length 1..65,536
   */
  record NumericArray(
      String name, String field, BadValue bad, int length, Log log, double mean, double std)
      implements ChannelSpec {
    public NumericArray {
      checkNames(name, field, bad);
      if (length < 1 || length > MAX_WIDTH) {
        throw new IllegalArgumentException(
            "channel \"" + name + "\": length must be 1.." + MAX_WIDTH + ", got " + length);
      }
      checkScaling(name, bad, log, mean, std);
    }

    @Override
    public int width() {
      return length;
    }

    @Override
    public String channelName(int i) {
      return name + "_" + i;
    }

    @Override
    public NumericArray withBad(BadValue bad) {
      return new NumericArray(name, field, bad, length, log, mean, std);
    }

    /** The same with {@code (value - mean) / std}. */
    public NumericArray scaled(double mean, double std) {
      return new NumericArray(name, field, bad, length, log, mean, std);
    }

    /** The same with a logarithm. */
    public NumericArray with(Log log) {
      return new NumericArray(name, field, bad, length, log, mean, std);
    }
  }

  /**
   * The tokens of a text, one a frame: a record becomes as many frames, in which all other channels
   * are the same. An empty text becomes those frames only that are put before and behind. A bad
   * text can become one frame, with a constant as its token; there is no last value to hold.
   */
  record Text(String name, String field, BadValue bad, TextTokens tokens) implements ChannelSpec {
    public Text {
      checkNames(name, field, bad);
      Objects.requireNonNull(tokens, "tokens");
      double constant = bad.constant();
      if (bad.action() == BadValue.Action.HOLD
          || constant != Math.rint(constant)
          || constant < 0
          || constant > TextTokens.MAX_VOCABULARY) {
        throw new IllegalArgumentException(
            "channel \""
                + name
                + "\": a bad text goes to dead letters or becomes one token, a whole number; write"
                + " bad: dead-letters or bad: {constant: 0}");
      }
    }

    @Override
    public int width() {
      return 1;
    }

    @Override
    public String channelName(int i) {
      return name;
    }

    @Override
    public Text withBad(BadValue bad) {
      return new Text(name, field, bad, tokens);
    }
  }

  private static void checkNames(String name, String field, BadValue bad) {
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("a channel must have a name, got none");
    }
    Objects.requireNonNull(bad, "bad");
    try {
      FieldPath.parse(field);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("channel \"" + name + "\": " + e.getMessage(), e);
    }
  }

  private static void checkScaling(String name, BadValue bad, Log log, double mean, double std) {
    if (!Double.isFinite(mean)) {
      throw new IllegalArgumentException(
          "channel \"" + name + "\": mean must be a finite number, got " + mean);
    }
    if (!Double.isFinite(std) || std <= 0) {
      throw new IllegalArgumentException(
          "channel \"" + name + "\": std must be a finite number above 0, got " + std);
    }
    if (bad.action() == BadValue.Action.CONSTANT && Double.isNaN(log.of(bad.constant()))) {
      throw new IllegalArgumentException(
          "channel \"" + name + "\": the constant is " + bad.constant() + log.accepted());
    }
    if (bad.action() == BadValue.Action.CONSTANT
        && !Float.isFinite((float) ((log.of(bad.constant()) - mean) / std))) {
      throw new IllegalArgumentException(
          "channel \"" + name + "\": the constant " + bad.constant() + " is too large for a float");
    }
  }

  private static List<String> checkWords(String name, List<String> words, Optional<String> other) {
    if (words == null || words.isEmpty() || words.size() > MAX_WIDTH) {
      throw new IllegalArgumentException(
          "channel \""
              + name
              + "\": words must be 1.."
              + MAX_WIDTH
              + ", got "
              + (words == null ? 0 : words.size()));
    }
    HashSet<String> seen = new HashSet<>();
    for (String word : words) {
      if (word == null || !seen.add(word)) {
        throw new IllegalArgumentException(
            "channel \"" + name + "\": words must be distinct, got " + word + " twice or empty");
      }
    }
    if (other.isPresent() && !seen.contains(other.get())) {
      throw new IllegalArgumentException(
          "channel \"" + name + "\": other: \"" + other.get() + "\" is not one of the words");
    }
    return List.copyOf(words);
  }
}
