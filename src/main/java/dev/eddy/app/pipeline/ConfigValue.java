package dev.eddy.app.pipeline;

import dev.eddy.model.YamlException;
import dev.eddy.model.YamlValue;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;

/** Values of a pipeline's file that stand in several of its sections. */
final class ConfigValue {
  private ConfigValue() {}

  /** A file, relative to the pipeline's. */
  static Path path(Path file, YamlValue value) {
    try {
      return file.resolveSibling(value.asString());
    } catch (InvalidPathException e) {
      throw value.error("not a file's name: " + e.getReason());
    }
  }

  /** The name of a topic. */
  static String topic(YamlValue value) {
    String topic = value.asString();
    if (!topic.matches("[A-Za-z0-9._-]{1,249}") || topic.matches("\\.{1,2}")) {
      throw value.error(
          "\"" + topic + "\" is not a topic; it is 1 to 249 letters, digits, '.', '_' or '-'");
    }
    return topic;
  }

  /** A time zone. */
  static ZoneId zone(YamlValue value) {
    try {
      return ZoneId.of(value.asString());
    } catch (DateTimeException e) {
      throw value.error(
          "\"" + value.asString() + "\" is not a time zone; write UTC, +02:00, Europe/Paris");
    }
  }

  /** What makes something of values, and throws {@link IllegalArgumentException} if it can't. */
  interface Making<T> {
    T make();
  }

  /**
   * Says where in the file a value stands that can't be made.
   *
   * @throws YamlException with file, line and key
   */
  static <T> T checked(YamlValue where, Making<T> making) {
    try {
      return making.make();
    } catch (IllegalArgumentException e) {
      throw where.error(e.getMessage());
    }
  }
}
