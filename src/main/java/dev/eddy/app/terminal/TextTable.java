package dev.eddy.app.terminal;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Columns of text, as wide as their widest cell. Cells may come from anybody: of a long one the
 * beginning is shown, and no control character reaches the terminal.
 */
public final class TextTable {
  private static final String GAP = "  ";
  private static final int MAX_CELL = 200;

  private final List<String> heads;
  private final List<String[]> rows = new ArrayList<>();

  /** Without heads, or with one a column; one that begins with '>' has its cells at the right. */
  public TextTable(List<String> heads) {
    this.heads = List.copyOf(heads);
    if (!heads.isEmpty()) {
      row(heads.stream().map(head -> head.replaceFirst("^>", "")).toArray(String[]::new));
    }
  }

  public void row(String... cells) {
    String[] shown = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      shown[i] = shown(cells[i]);
    }
    rows.add(shown);
  }

  private static String shown(String cell) {
    String begun = cell.length() > MAX_CELL ? cell.substring(0, MAX_CELL) + " ..." : cell;
    return Printable.of(begun);
  }

  public void print(PrintWriter out) {
    int columns = rows.isEmpty() ? 0 : rows.get(0).length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String padding = " ".repeat(widths[i] - row[i].length());
        line.append(i == 0 ? "" : GAP).append(isRight(i) ? padding + row[i] : row[i] + padding);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private boolean isRight(int column) {
    return column < heads.size() && heads.get(column).startsWith(">");
  }
}
