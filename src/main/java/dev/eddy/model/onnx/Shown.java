package dev.eddy.model.onnx;

/** What a file says, made fit for a message of one line, however long and hostile it is. */
final class Shown {
  private static final int MAX_NAME = 80;
  private static final int MAX_LINE = 600;

  private Shown() {}

  /** In quotes, at most 80 characters of it. */
  static String name(String name) {
    return '"' + cut(name, MAX_NAME) + '"';
  }

  /** At most 80 characters of it. */
  static String word(String word) {
    return cut(word, MAX_NAME);
  }

  /** At most 600 characters of it. */
  static String line(String message) {
    return cut(message, MAX_LINE);
  }

  private static String cut(String text, int max) {
    StringBuilder line = new StringBuilder();
    int end = Math.min(text.length(), max);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (isVisible(c) || Character.isSurrogatePair(c, i + 1 < end ? text.charAt(i + 1) : ' ')) {
        line.append(c);
      } else if (i > 0 && Character.isSurrogatePair(text.charAt(i - 1), c)) {
        line.append(c);
      } else {
        line.append(String.format("\\u%04x", (int) c));
      }
    }
    return text.length() > max ? line.append("...").toString() : line.toString();
  }

  /** Neither a control character nor one that changes how others are shown. */
  private static boolean isVisible(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
