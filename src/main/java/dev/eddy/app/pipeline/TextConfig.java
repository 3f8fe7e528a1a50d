package dev.eddy.app.pipeline;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.TextTokens;
import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A channel that is a text: {@code text: {field: line, as: characters, vocabulary: FILE}}. */
final class TextConfig {
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:([nrt\\\\])|u([0-9a-fA-F]{4}))");

  private static final String BYTE_ORDER_MARK = "\ufeff";

  private enum Beyond {
    DEAD_LETTERS,
    CUT
  }

  private TextConfig() {}

  /** Reads the block. */
  static ChannelSpec read(YamlValue block, BadValue otherwise) {
    YamlMap keys = block.asMap();
    String field = keys.get("field").asString();
    String name = keys.string("name", field);
    BadValue bad = keys.find("bad").map(ChannelsConfig::bad).orElse(otherwise);
    TextTokens.As as = keys.get("as").asEnum(TextTokens.As.class);
    List<String> vocabulary =
        as == TextTokens.As.BYTES ? List.of() : vocabulary(keys.get("vocabulary"), as);
    Optional<String> other =
        as == TextTokens.As.BYTES
            ? Optional.empty()
            : keys.find("other").map(value -> entry(value, vocabulary));
    OptionalInt before = token(keys.find("before"), as, vocabulary);
    OptionalInt after = token(keys.find("after"), as, vocabulary);
    int most = keys.integer("max-tokens", 1, TextTokens.MAX_TOKENS, TextTokens.STANDARD_TOKENS);
    boolean cuts =
        keys.find("beyond").map(value -> value.asEnum(Beyond.class)).orElse(Beyond.DEAD_LETTERS)
            == Beyond.CUT;
    keys.refuseOthers();
    return ConfigValue.checked(
        block,
        () ->
            ChannelSpec.text(
                    name, field, new TextTokens(as, vocabulary, other, before, after, most, cuts))
                .withBad(bad));
  }

  private static OptionalInt token(
      Optional<YamlValue> value, TextTokens.As as, List<String> vocabulary) {
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(
        as == TextTokens.As.BYTES
            ? value.get().asInt(0, TextTokens.MAX_VOCABULARY)
            : vocabulary.indexOf(entry(value.get(), vocabulary)));
  }

  private static String entry(YamlValue value, List<String> vocabulary) {
    String entry = value.asString();
    if (!vocabulary.contains(entry)) {
      throw value.error("\"" + entry.replace("\n", "\\n") + "\" is not in the vocabulary");
    }
    return entry;
  }

  /** A list, or a file with an entry a line. */
  private static List<String> vocabulary(YamlValue value, TextTokens.As as) {
    if (value.isList()) {
      return value.asList().stream().map(YamlValue::asString).toList();
    }
    Path file = ConfigValue.path(Path.of(value.source()), value);
    List<String> lines;
    try {
      lines = new ArrayList<>(Files.readAllLines(file));
    } catch (NoSuchFileException e) {
      throw value.error(file + ": no such file; write one with an entry a line, in UTF-8");
    } catch (CharacterCodingException e) {
      throw value.error(file + " is not UTF-8");
    } catch (IOException e) {
      throw value.error(file + " can't be read: " + e.getMessage());
    }
    if (!lines.isEmpty() && lines.get(0).startsWith(BYTE_ORDER_MARK)) {
      lines.set(0, lines.get(0).substring(1));
    }
    List<String> entries = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String line : lines) {
      String entry = as == TextTokens.As.CHARACTERS && line.length() > 1 ? unescaped(line) : line;
      entries.add(entry);
      if (entry.isEmpty() || !seen.add(entry)) {
        throw value.error(
            file
                + ":"
                + entries.size()
                + ": "
                + (entry.isEmpty() ? "an empty line" : "\"" + line + "\" stands there twice")
                + "; write a different entry a line");
      }
    }
    return entries;
  }

  /** {@code \n}, {@code \r}, {@code \t}, {@code \\} and {@code \u00e9}, where that is all. */
  private static String unescaped(String line) {
    Matcher matcher = ESCAPE.matcher(line);
    if (!matcher.matches()) {
      return line;
    }
    if (matcher.group(2) != null) {
      return String.valueOf((char) Integer.parseInt(matcher.group(2), 16));
    }
    return switch (matcher.group(1)) {
      case "n" -> "\n";
      case "r" -> "\r";
      case "t" -> "\t";
      default -> "\\";
    };
  }
}
