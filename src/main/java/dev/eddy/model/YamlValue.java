package dev.eddy.model;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A value of a YAML file that knows where it stands, so that every complaint names file, line and
 * key.
 *
 * <p>The methods named {@code as...} check and convert; each throws {@link YamlException} with what
 * was found and what is accepted.
 */
public final class YamlValue {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
  private static final Duration LONGEST = Duration.ofDays(3_650_000);

  private final Node node;
  private final String source;
  private final String path;

  private YamlValue(Node node, String source, String path) {
    this.node = node;
    this.source = source;
    this.path = path;
  }

  /**
   * Reads a file.
   *
   * @throws YamlException if it can't be read, is empty or is no YAML
   */
  public static YamlValue read(Path file) {
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return parse(reader, file.toString());
    } catch (NoSuchFileException e) {
      throw new YamlException(file + ": no such file", e);
    } catch (IOException e) {
      throw new YamlException(file + ": can't be read as text: " + e, e);
    }
  }

  /** Reads text; {@code source} stands for it in messages. */
  public static YamlValue parse(String text, String source) {
    return parse(new StringReader(text), source);
  }

  private static YamlValue parse(Reader reader, String source) {
    Node node;
    try {
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      node = new Yaml(new SafeConstructor(options)).compose(reader);
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new YamlException(source + ":" + line + ": not YAML: " + e.getProblem(), e);
    } catch (org.yaml.snakeyaml.error.YAMLException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new YamlException(source + ": not YAML: " + reason, e);
    }
    if (node == null) {
      throw new YamlException(source + ": the file is empty");
    }
    return new YamlValue(node, source, "");
  }

  YamlValue child(Node child, String key) {
    String joined = path.isEmpty() || key.startsWith("[") ? path + key : path + "." + key;
    return new YamlValue(child, source, joined);
  }

  /** Where this value stands, such as {@code input.channels[2]}; empty for the whole file. */
  public String path() {
    return path;
  }

  /** The file, or what stands for it. */
  public String source() {
    return source;
  }

  /** A complaint about this value: file, line and key are put before the message. */
  public YamlException error(String message) {
    String key = path.isEmpty() ? "" : path + ": ";
    return new YamlException(
        source + ":" + (node.getStartMark().getLine() + 1) + ": " + key + message);
  }

  private YamlException notA(String accepted) {
    return error(found() + " is not " + accepted);
  }

  private String found() {
    if (node instanceof ScalarNode scalar) {
      return isNull() ? "nothing" : "\"" + scalar.getValue() + "\"";
    }
    return node instanceof MappingNode ? "a block of keys" : "a list";
  }

  /** Whether nothing is written here. */
  public boolean isNull() {
    return Tag.NULL.equals(node.getTag());
  }

  /** Whether this is one word, number or text. */
  public boolean isScalar() {
    return node instanceof ScalarNode;
  }

  /** Whether this is a list. */
  public boolean isList() {
    return node instanceof SequenceNode;
  }

  /** The keys below. */
  public YamlMap asMap() {
    if (!(node instanceof MappingNode mapping)) {
      throw notA("a block of keys");
    }
    return new YamlMap(this, mapping);
  }

  /** The entries of a list. */
  public List<YamlValue> asList() {
    if (!(node instanceof SequenceNode sequence)) {
      throw notA("a list");
    }
    List<YamlValue> values = new ArrayList<>();
    for (Node child : sequence.getValue()) {
      values.add(child(child, "[" + values.size() + "]"));
    }
    return values;
  }

  /** Text; numbers and booleans as they are written. */
  public String asString() {
    if (!(node instanceof ScalarNode scalar) || isNull()) {
      throw notA("a text");
    }
    return scalar.getValue();
  }

  /** A path of a file, wherever it leads. */
  public Path asPath() {
    try {
      return Path.of(asString());
    } catch (InvalidPathException e) {
      throw error("not a path: " + e.getReason()); // what it holds may not be printable
    }
  }

  public long asLong(long min, long max) {
    try {
      long value = Long.parseLong(asString());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw notA("a whole number from " + min + " to " + max);
  }

  public int asInt(int min, int max) {
    return (int) asLong(min, max);
  }

  /** A finite number. */
  public double asDouble() {
    try {
      double value = Double.parseDouble(asString());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw notA("a number");
  }

  /** A finite number, {@code .inf} or {@code -.inf}. */
  public double asDoubleOrInfinity() {
    return switch (asString()) {
      case ".inf" -> Double.POSITIVE_INFINITY;
      case "-.inf" -> Double.NEGATIVE_INFINITY;
      default -> asDouble();
    };
  }

  public boolean asBoolean() {
    return switch (asString().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw notA("true or false");
    };
  }

  /**
   * A time span such as {@code 250ms}, {@code 30s}, {@code 5m}, {@code 1h}, {@code 7d}; at most
   * 3,650,000 days, so that sums of a few still fit milliseconds.
   */
  public Duration asDuration() {
    Matcher matcher = DURATION.matcher(asString());
    Duration duration = matcher.matches() ? duration(matcher) : null;
    if (duration == null || duration.compareTo(LONGEST) > 0) {
      throw error("\"" + asString() + "\" is not a duration; write 5m, 30s, 1h");
    }
    return duration;
  }

  private static Duration duration(Matcher matcher) {
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  /** One of an enum's constants, written in lower case with hyphens. */
  public <E extends Enum<E>> E asEnum(Class<E> type) {
    String written = asString();
    for (E constant : type.getEnumConstants()) {
      if (word(constant).equals(written)) {
        return constant;
      }
    }
    throw notA(
        "one of "
            + Arrays.stream(type.getEnumConstants())
                .map(YamlValue::word)
                .collect(Collectors.joining(", ")));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
