package dev.eddy.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
  private static List<String> lines(TextTable table) {
    StringWriter text = new StringWriter();
    table.print(new PrintWriter(text, true));
    return text.toString().lines().toList();
  }

  @Test
  void shouldAlignCellsUnderTheirHeads() {
    TextTable table = new TextTable(List.of("name", ">bytes"));
    table.row("a", "12,345");
    table.row("longer", "1");
    assertThat(lines(table)).containsExactly("name     bytes", "a       12,345", "longer       1");
  }

  @Test
  void shouldShowWhatAnybodyWroteInOneLineThatNoTerminalObeys() {
    TextTable table = new TextTable(List.of("by", "notes"));
    table.row("me\nyou\r", "\u001b[31mred\u009b0m \u202egnihton");
    table.row("x".repeat(5_000), "end");
    assertThat(lines(table))
        .hasSize(3)
        .allMatch(line -> line.length() < 240)
        .anyMatch(line -> line.startsWith("me?you? ") && line.endsWith("?[31mred?0m ?gnihton"))
        .anyMatch(line -> line.startsWith("xxx") && line.endsWith("x ...  end"));
  }
}
