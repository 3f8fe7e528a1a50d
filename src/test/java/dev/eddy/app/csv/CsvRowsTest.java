package dev.eddy.app.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.app.terminal.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRowsTest {
  @TempDir Path folder;

  @Test
  void shouldTakeAFirstRowOfNumbersAsData() throws IOException {
    Path file = file("1,2\n3,4\n");
    try (CsvRows rows = CsvRows.open(file, List.of())) {
      assertThat(rows.hasHeader()).isFalse();
      assertThat(rows.columns()).containsExactly("column 1", "column 2");
    }
    assertThat(values(file)).containsExactly(List.of(1f, 2f), List.of(3f, 4f));
  }

  @Test
  void shouldTakeAFirstRowWithAWordAsHeader() throws IOException {
    Path file = file("a, b \n1,2\n");
    try (CsvRows rows = CsvRows.open(file, List.of())) {
      assertThat(rows.hasHeader()).isTrue();
      assertThat(rows.columns()).containsExactly("a", "b");
    }
    assertThat(values(file)).containsExactly(List.of(1f, 2f));
  }

  @Test
  void shouldTakeAFirstRowOfNumbersAsHeaderWhenAColumnOfItIsNamed() throws IOException {
    try (CsvRows rows = CsvRows.open(file("0,1\n5,6\n"), List.of("1"))) {
      assertThat(rows.hasHeader()).isTrue();
      assertThat(rows.column("1")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,b\r\n1,2\r\n3,4\r\n",
        "\ufeffa,b\n1,2\n3,4",
        "a,b\n\"1\",\"2\"\n\"3\",4\n\n\n",
        "\"a\",\"b\"\n 1 ,\t2\n3e0,+4.\n",
        "a,b\r1,2\r3,4\r"
      })
  void shouldReadAnyKindOfCsv(String text) throws IOException {
    assertThat(values(file(text))).containsExactly(List.of(1f, 2f), List.of(3f, 4f));
  }

  @Test
  void shouldRoundANumberToDoubleAndThenToFloat() throws IOException {
    assertThat(values(file("0.1\n16777217\n1e-50\n")))
        .containsExactly(List.of(0.1f), List.of(16777216f), List.of(0f));
  }

  @Test
  void shouldRefuseWhatIsNoFiniteNumberByFileLineAndCell() throws IOException {
    refuses("a,b\n1,nan\n", ":2:2: column \"b\": \"nan\" is not a finite number");
    refuses("a,b\n1,2\n-Infinity,2\n", ":3:1: column \"a\": \"-Infinity\" is not a finite number");
    refuses("1,2\n1,1e999\n", ":2:2: \"1e999\" is not a finite number");
    refuses("1,2\n1,4e38\n", ":2:2: \"4e38\" is too large for float32");
    refuses("1,2\n1,\n", ":2:2: the cell is empty; a number is needed");
    refuses("1,2\n1,two\n", ":2:2: \"two\" is not a number");
    refuses("1,2\n1,2f\n", ":2:2: \"2f\" is not a number");
    refuses("1,2\n0x1,2\n", ":2:1: \"0x1\" is not a number");
    refuses("nan,2\n", ":1:1: \"nan\" is not a finite number");
    refuses(",2\n", ":1:1: the cell is empty; a number is needed");
  }

  @Test
  void shouldRefuseRaggedRows() throws IOException {
    refuses("a,b\n1,2\n3\n", ":3: 1 cell, the first row has 2");
    refuses("1\n2,3\n", ":2: 2 cells, the first row has 1");
    refuses("\"a\n\",b\n1,2\n3,4,5\n", ":4: 3 cells, the first row has 2");
  }

  @Test
  void shouldRefuseAnEmptyLineBetweenRows() throws IOException {
    refuses("a\n1\n\n2\n", ":3: an empty line between rows");
  }

  @Test
  void shouldRefuseWhatIsNoCsv() throws IOException {
    refuses("", ": the file is empty");
    refuses("\n\n", ": the file is empty");
    refuses("\ufeff", ": the file is empty");
    refuses("a,b\n\"1,2\n", ":2: not CSV: a quoted cell isn't closed or goes on after its end");
    refuses("a,b\n\"1\"2,2\n", ":2: not CSV: a quoted cell isn't closed or goes on after its end");
  }

  @Test
  void shouldRefuseBytesThatAreNotUtf8() throws IOException {
    Path file = folder.resolve("x.csv");
    Files.write(file, "a,b\n1,2\n".getBytes(StandardCharsets.UTF_16));
    assertThatThrownBy(() -> values(file))
        .isInstanceOf(UserException.class)
        .hasMessage(file + ":1: not UTF-8 text, here or in the lines that follow");
  }

  @Test
  void shouldRefuseWhatIsNoFile() {
    Path missing = folder.resolve("missing.csv");
    assertThatThrownBy(() -> CsvRows.open(missing, List.of()))
        .isInstanceOf(UserException.class)
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> CsvRows.open(folder, List.of()))
        .isInstanceOf(UserException.class)
        .hasMessage(folder + ": a directory, not a CSV file");
  }

  @Test
  void shouldNameTheColumnsWhereOneIsMissing() throws IOException {
    Path file = file("a,b,b\n1,2,3\n");
    assertThatThrownBy(() -> CsvRows.open(file, List.of("key")))
        .isInstanceOf(UserException.class)
        .hasMessage(file + ":1: no column \"key\"; found: a, b, b");
    assertThatThrownBy(() -> CsvRows.open(file, List.of("b")))
        .isInstanceOf(UserException.class)
        .hasMessage(file + ":1: two columns are named \"b\"");
  }

  private void refuses(String text, String message) throws IOException {
    Path file = file(text);
    assertThatThrownBy(() -> values(file))
        .as(text)
        .isInstanceOf(UserException.class)
        .hasMessage(file + message);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("x.csv"), text, StandardCharsets.UTF_8);
  }

  private static List<List<Float>> values(Path file) {
    List<List<Float>> values = new ArrayList<>();
    try (CsvRows rows = CsvRows.open(file, List.of())) {
      while (rows.next()) {
        List<Float> row = new ArrayList<>();
        for (int i = 0; i < rows.columns().size(); i++) {
          row.add(rows.value(i));
        }
        values.add(row);
      }
    }
    return values;
  }
}
