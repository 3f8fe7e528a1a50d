package dev.eddy.avro;

import java.util.ArrayList;
import java.util.List;

/**
 * A path to a value inside a record: {@code motor.temp}, {@code axes[2]}, {@code motors[0].temp}. A
 * name steps into a record's field or a map's key, an index into an array.
 */
final class FieldPath {
  private static final int MAX_LENGTH = 1000;

  /** A name, or an index when the name is null. */
  record Step(String name, int index) {}

  private final String text;
  private final List<Step> steps;

  private FieldPath(String text, List<Step> steps) {
    this.text = text;
    this.steps = List.copyOf(steps);
  }

  /**
   * @throws IllegalArgumentException if the text is no path; the message says where and why
   */
  static FieldPath parse(String text) {
    if (text == null || text.isBlank()) {
      throw new IllegalArgumentException(
          "field must be a path like motor.temp or axes[2], got none");
    }
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "field " + Quoted.text(text) + " is longer than " + MAX_LENGTH);
    }
    List<Step> steps = new ArrayList<>();
    for (String part : text.split("\\.", -1)) {
      int bracket = part.indexOf('[');
      String name = bracket < 0 ? part : part.substring(0, bracket);
      if (!isName(name)) {
        throw wrong(text, Quoted.text(name) + " is not a field name");
      }
      steps.add(new Step(name, -1));
      while (bracket >= 0) {
        int close = part.indexOf(']', bracket);
        if (close < 0) {
          throw wrong(text, "a ] is missing");
        }
        steps.add(new Step(null, index(text, part.substring(bracket + 1, close))));
        if (close + 1 == part.length()) {
          break;
        }
        bracket = close + 1;
        if (part.charAt(bracket) != '[') {
          throw wrong(text, "after ] comes . or [ or nothing");
        }
      }
    }
    return new FieldPath(text, steps);
  }

  private static boolean isName(String name) {
    if (name.isEmpty() || !Character.isLetter(name.charAt(0)) && name.charAt(0) != '_') {
      return false;
    }
    return name.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_' || c == '-');
  }

  private static int index(String text, String digits) {
    if (digits.isEmpty()
        || digits.length() > 6
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw wrong(text, Quoted.text(digits) + " is not an index in 0..999999");
    }
    return Integer.parseInt(digits);
  }

  private static IllegalArgumentException wrong(String text, String why) {
    return new IllegalArgumentException(
        "field " + Quoted.text(text) + ": " + why + "; write a path like motor.temp or axes[2]");
  }

  List<Step> steps() {
    return steps;
  }

  /** The steps before {@code count}, as text: what a message calls the parent. */
  String prefix(int count) {
    StringBuilder prefix = new StringBuilder();
    for (Step step : steps.subList(0, count)) {
      if (step.name() == null) {
        prefix.append('[').append(step.index()).append(']');
      } else {
        prefix.append(prefix.length() == 0 ? "" : ".").append(step.name());
      }
    }
    return prefix.toString();
  }

  @Override
  public String toString() {
    return text;
  }
}
