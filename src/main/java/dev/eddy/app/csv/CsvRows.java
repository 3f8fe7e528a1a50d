package dev.eddy.app.csv;

import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads a CSV file row by row: UTF-8, with or without a byte order mark, any line end, cells quoted
 * or not. Every complaint names file, line and cell.
 *
 * <p>The first row is a header if one of its cells is no number (NaN and infinity count as numbers,
 * an empty cell as neither), or if the caller looks for a column by name.
 */
public final class CsvRows implements AutoCloseable {
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setIgnoreEmptyLines(false).get();
  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final Path file;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private final List<String> columns;
  private final boolean hasHeader;
  private CSVRecord ahead; // the first row, where it is no header
  private long aheadLine;
  private CSVRecord row;
  private long line;

  private CsvRows(Path file, CSVParser parser, List<String> named) {
    this.file = file;
    this.parser = parser;
    this.records = parser.iterator();
    if (!advance()) {
      throw new UserException(file + ": the file is empty");
    }
    List<String> first = row.toList();
    this.hasHeader = !named.isEmpty() || first.stream().anyMatch(CsvRows::isWord);
    this.columns = hasHeader ? first.stream().map(String::strip).toList() : numbered(first.size());
    if (!hasHeader) {
      ahead = row;
      aheadLine = line;
    }
  }

  /**
   * Opens a file and reads its first row.
   *
   * @param named columns that must be there, exactly once
   * @throws UserException if the file can't be opened or is empty, or if such a column isn't there
   */
  public static CsvRows open(Path file, List<String> named) {
    if (Files.isDirectory(file)) {
      throw new UserException(file + ": a directory, not a CSV file");
    }
    CSVParser parser = null;
    try {
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder()),
              1 << 16);
      parser = CSVParser.builder().setReader(reader).setFormat(FORMAT).get();
      skipByteOrderMark(reader);
      CsvRows rows = new CsvRows(file, parser, named);
      named.forEach(rows::column);
      return rows;
    } catch (IOException e) {
      close(parser);
      throw broken(file, 1, e);
    } catch (RuntimeException e) {
      close(parser);
      throw e;
    }
  }

  private static void skipByteOrderMark(BufferedReader reader) throws IOException {
    reader.mark(1);
    if (reader.read() != BYTE_ORDER_MARK) {
      reader.reset();
    }
  }

  private static void close(CSVParser parser) {
    if (parser != null) {
      try {
        parser.close();
      } catch (IOException e) {
        return; // it was only read
      }
    }
  }

  private static List<String> numbered(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      names.add("column " + i);
    }
    return names;
  }

  /** The header's cells; where there is no header: "column 1", "column 2", ... */
  public List<String> columns() {
    return columns;
  }

  public boolean hasHeader() {
    return hasHeader;
  }

  /**
   * The place of a column that the header names.
   *
   * @throws UserException if it isn't there, or there twice
   */
  public int column(String name) {
    int index = columns.indexOf(name);
    if (index < 0) {
      throw new UserException(
          file + ":1: no column \"" + name + "\"; found: " + String.join(", ", columns));
    }
    if (columns.lastIndexOf(name) != index) {
      throw new UserException(file + ":1: two columns are named \"" + name + "\"");
    }
    return index;
  }

  /**
   * Goes on to the next row; false after the last one.
   *
   * @throws UserException if the row isn't CSV, or has another number of cells than the first row
   */
  public boolean next() {
    if (ahead != null) {
      row = ahead;
      line = aheadLine;
      ahead = null;
      return true;
    }
    if (!advance()) {
      return false;
    }
    if (row.size() != columns.size()) {
      throw new UserException(
          file + ":" + line + ": " + cells(row.size()) + ", the first row has " + columns.size());
    }
    return true;
  }

  /** Empty lines may end a file; one in its middle could be a missing value and is refused. */
  private boolean advance() {
    long empty = 0;
    try {
      while (true) {
        line = parser.getCurrentLineNumber() + 1;
        if (!records.hasNext()) {
          return false;
        }
        row = records.next();
        if (row.size() > 1 || !row.get(0).isBlank()) {
          if (empty > 0) {
            throw new UserException(file + ":" + empty + ": an empty line between rows");
          }
          return true;
        }
        empty = empty == 0 ? line : empty;
      }
    } catch (UncheckedIOException e) {
      throw broken(file, line, e.getCause());
    }
  }

  private static String cells(int count) {
    return count == 1 ? "1 cell" : count + " cells";
  }

  private static RuntimeException broken(Path file, long line, IOException e) {
    if (e instanceof NoSuchFileException) {
      return new UserException(file + ": no such file", e);
    }
    if (e instanceof AccessDeniedException) {
      return new UserException(file + ": no permission to read it", e);
    }
    if (e instanceof CharacterCodingException) {
      return new UserException(
          file + ":" + line + ": not UTF-8 text, here or in the lines that follow", e);
    }
    if (e instanceof CSVException || isOfTheParser(e)) {
      return new UserException(
          file + ":" + line + ": not CSV: a quoted cell isn't closed or goes on after its end", e);
    }
    return new OutsideException(file + ": can't be read: " + e.getMessage(), e);
  }

  /** The parser reports some faults as plain IOExceptions. */
  private static boolean isOfTheParser(IOException e) {
    return e.getStackTrace().length > 0
        && e.getStackTrace()[0].getClassName().startsWith(CSVParser.class.getPackageName());
  }

  /** The text of a cell of this row. */
  public String cell(int column) {
    return row.get(column);
  }

  /**
   * A cell of this row as a finite number.
   *
   * @throws UserException naming file, line and cell
   */
  double number(int column) {
    String text = row.get(column).strip();
    if (text.isEmpty()) {
      throw error(column, "the cell is empty; a number is needed");
    }
    double value = parse(text);
    if (Double.isNaN(value) && !isNotFinite(text)) {
      throw error(column, "\"" + text + "\" is not a number");
    }
    if (!Double.isFinite(value)) {
      throw error(column, "\"" + text + "\" is not a finite number");
    }
    return value;
  }

  /**
   * A cell of this row as a float32.
   *
   * @throws UserException naming file, line and cell
   */
  public float value(int column) {
    float value = (float) number(column);
    if (Float.isInfinite(value)) {
      throw error(column, "\"" + row.get(column).strip() + "\" is too large for float32");
    }
    return value;
  }

  /** A complaint about a cell of this row. */
  public UserException error(int column, String message) {
    String name = hasHeader ? "column \"" + columns.get(column) + "\": " : "";
    return new UserException(file + ":" + line + ":" + (column + 1) + ": " + name + message);
  }

  /** A complaint about this row as a whole. */
  public UserException error(String message) {
    return new UserException(file + ":" + line + ": " + message);
  }

  /** Characters read so far, for a progress bar. */
  public long position() {
    return row == null ? 0 : row.getCharacterPosition();
  }

  public Path file() {
    return file;
  }

  @Override
  public void close() {
    close(parser);
  }

  private static boolean isWord(String cell) {
    String text = cell.strip();
    return !text.isEmpty() && Double.isNaN(parse(text)) && !isNotFinite(text);
  }

  public static boolean isNotFinite(String text) {
    return text.matches("(?i)[+-]?(nan|inf|infinity)");
  }

  /** NaN for what isn't a decimal number; Java would take "1f" and "0x1p3" too. */
  public static double parse(String text) {
    char last = text.charAt(text.length() - 1);
    if (last != '.' && (last < '0' || last > '9')
        || text.indexOf('x') > 0
        || text.indexOf('X') > 0) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
