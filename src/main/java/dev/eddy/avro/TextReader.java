package dev.eddy.avro;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.generic.IndexedRecord;

/** A {@link ChannelSpec.Text}, resolved against one schema. Immutable. */
final class TextReader {
  private static final int ASCII = 128;
  private static final int NONE = -1;

  private final ChannelSpec.Text spec;
  private final TextTokens tokens;
  private final FieldAccess access;
  private final int other; // NONE where an unknown one is bad
  private final int added; // tokens before and behind
  private final int[] ascii = new int[ASCII]; // NONE for a character that is not in the vocabulary
  private final Map<Integer, Integer> characters = new HashMap<>();
  private final Map<String, Integer> words = new HashMap<>();

  TextReader(ChannelSpec.Text spec, Schema root) {
    this.spec = spec;
    this.tokens = spec.tokens();
    this.access = new FieldAccess(FieldPath.parse(spec.field()), root);
    Arrays.fill(ascii, NONE);
    for (int i = 0; i < tokens.vocabulary().size(); i++) {
      String entry = tokens.vocabulary().get(i);
      int first = entry.codePointAt(0);
      if (tokens.as() == TextTokens.As.WORDS) {
        words.put(entry, i);
      } else if (entry.length() == Character.charCount(first)) {
        characters.put(first, i);
        if (first < ASCII) {
          ascii[first] = i;
        }
      } // a longer entry is none that a text has: other, before or after
    }
    this.other = tokens.other().map(tokens.vocabulary()::indexOf).orElse(NONE);
    this.added = (tokens.before().isPresent() ? 1 : 0) + (tokens.after().isPresent() ? 1 : 0);
  }

  /**
   * A record's tokens.
   *
   * @throws BadRecordException if there are none and the channel says so
   */
  int[] read(IndexedRecord record) {
    Object value = access.get(record);
    try {
      if (value instanceof FieldAccess.Fault fault) {
        throw bad(fault.found() + "; accepted: a text");
      }
      return new Tokens(value).all();
    } catch (BadRecordException e) {
      if (spec.bad().action() == BadValue.Action.DEAD_LETTERS) {
        throw e;
      }
      return new int[] {(int) spec.bad().constant()};
    }
  }

  private BadRecordException bad(String reason) {
    return new BadRecordException(spec.field(), reason);
  }

  /** The tokens of one text as they are found. */
  private final class Tokens {
    private int[] found = new int[64];
    private int count;

    Tokens(Object value) {
      tokens.before().ifPresent(this::put);
      if (tokens.as() == TextTokens.As.BYTES && value instanceof ByteBuffer bytes) {
        ByteBuffer left = bytes.duplicate();
        while (left.hasRemaining() && add(left.get() & 0xff)) {
          // goes on
        }
      } else if (value instanceof CharSequence || value instanceof GenericEnumSymbol<?>) {
        String text = value.toString();
        switch (tokens.as()) {
          case CHARACTERS -> addCharacters(text);
          case BYTES -> addBytes(text.getBytes(StandardCharsets.UTF_8));
          case WORDS -> addWords(text);
        }
      } else {
        throw bad("is " + Quoted.value(value) + "; accepted: a text");
      }
      tokens.after().ifPresent(this::put);
    }

    int[] all() {
      return Arrays.copyOf(found, count);
    }

    private void put(int token) {
      if (count == found.length) {
        found = Arrays.copyOf(found, 2 * count);
      }
      found[count++] = token;
    }

    /** Adds a token of the text; false where no more are taken. */
    private boolean add(int token) {
      int reserved = tokens.after().isPresent() ? 1 : 0;
      if (count + reserved == tokens.maxTokens()) {
        if (tokens.cuts()) {
          return false;
        }
        throw bad(
            "has more than "
                + (tokens.maxTokens() - added)
                + " "
                + tokens.as().name().toLowerCase(java.util.Locale.ROOT)
                + "; accepted: so many, or write beyond: cut");
      }
      put(token);
      return true;
    }

    private boolean addKnown(int token, String text) {
      if (token == NONE && other == NONE) {
        throw bad("has " + Quoted.text(text) + ", which is not in the vocabulary, and no other is");
      }
      return add(token == NONE ? other : token);
    }

    private void addBytes(byte[] bytes) {
      for (byte one : bytes) {
        if (!add(one & 0xff)) {
          return;
        }
      }
    }

    private void addCharacters(String text) {
      for (int i = 0; i < text.length(); ) {
        int point = text.codePointAt(i);
        int token = point < ASCII ? ascii[point] : characters.getOrDefault(point, NONE);
        int length = Character.charCount(point);
        if (!addKnown(token, token == NONE ? text.substring(i, i + length) : "")) {
          return;
        }
        i += length;
      }
    }

    private void addWords(String text) {
      int start = NONE;
      for (int i = 0; i <= text.length(); i++) {
        boolean space = i == text.length() || isSpace(text.charAt(i));
        if (space && start != NONE) {
          String word = text.substring(start, i);
          start = NONE;
          if (!addKnown(words.getOrDefault(word, NONE), word)) {
            return;
          }
        } else if (!space && start == NONE) {
          start = i;
        }
      }
    }

    private static boolean isSpace(char letter) {
      return Character.isWhitespace(letter) || Character.isSpaceChar(letter);
    }
  }
}
