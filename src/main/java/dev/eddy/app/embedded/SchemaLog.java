package dev.eddy.app.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Every schema that was registered, one JSON object a line, in the order of registration.
 *
 * <p>A registration is on the disk before {@link #register} returns its id, so no record can carry
 * an id that a later reader of this file doesn't know. A last line without its line feed is what a
 * crash in the middle of a write leaves: its id was never given out, and opening cuts it off.
 * Anything else that doesn't read is an error, for leaving it out would give its id to another
 * schema.
 *
 * <p>One schema has one id under all subjects. Two texts are one schema when they are the same
 * JSON, whatever the order of members. Thread-safe.
 */
final class SchemaLog implements AutoCloseable {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  /**
   * One line.
   *
   * @param version counts from 1 within the subject
   * @param id counts from 1 over all schemas
   * @param schema the text as it was registered
   * @param references other registered schemas that this one names; a JSON array, mostly empty
   */
  record Entry(String subject, int version, int id, String schema, JsonNode references) {
    Entry {
      if (subject == null || subject.isEmpty() || version < 1 || id < 1 || schema == null) {
        throw new IllegalArgumentException(
            "subject, version, id and schema are needed, version and id from 1");
      }
      references = references == null || references.isNull() ? JSON.createArrayNode() : references;
    }

    private boolean isSchema(JsonNode parsed, JsonNode otherReferences) {
      return references.equals(otherReferences) && parse(schema).equals(parsed);
    }
  }

  private final FileChannel file;
  private final List<Entry> entries;

  private SchemaLog(FileChannel file, List<Entry> entries) {
    this.file = file;
    this.entries = entries;
  }

  /**
   * @throws IOException if the file can't be read or written, or holds a line that isn't ours; the
   *     message names file and line
   */
  static SchemaLog open(Path path) throws IOException {
    byte[] bytes = Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
    int whole = bytes.length;
    while (whole > 0 && bytes[whole - 1] != '\n') {
      whole--;
    }
    List<Entry> entries = read(path, new String(bytes, 0, whole, StandardCharsets.UTF_8));
    FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      file.truncate(whole);
      file.position(whole);
      file.force(true);
      forceFolder(path.toAbsolutePath().getParent());
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return new SchemaLog(file, entries);
  }

  /**
   * Gives a schema its id and version under a subject, new ones if it has none there.
   *
   * @throws IllegalArgumentException if the text is not JSON
   * @throws IOException if the registration can't be written; the log then takes no more of them
   */
  synchronized Entry register(String subject, String schema, JsonNode references)
      throws IOException {
    Optional<Entry> known = find(subject, schema, references);
    if (known.isPresent()) {
      return known.get();
    }
    JsonNode parsed = parse(schema);
    int id =
        entries.stream()
            .filter(entry -> entry.isSchema(parsed, references))
            .findFirst()
            .map(Entry::id)
            .orElseGet(() -> 1 + entries.stream().mapToInt(Entry::id).max().orElse(0));
    int version = 1 + versions(subject).stream().mapToInt(Entry::version).max().orElse(0);
    Entry entry = new Entry(subject, version, id, schema, references);
    append(entry);
    entries.add(entry);
    return entry;
  }

  /** The registration of this very schema under the subject. */
  synchronized Optional<Entry> find(String subject, String schema, JsonNode references) {
    JsonNode parsed = parse(schema);
    return versions(subject).stream()
        .filter(entry -> entry.isSchema(parsed, references))
        .findFirst();
  }

  /** The subject's registrations, oldest first; empty for a subject that nobody registered. */
  synchronized List<Entry> versions(String subject) {
    return entries.stream().filter(entry -> entry.subject().equals(subject)).toList();
  }

  /** The registrations of one id, one for each subject that has it, oldest first. */
  synchronized List<Entry> ofId(int id) {
    return entries.stream().filter(entry -> entry.id() == id).toList();
  }

  synchronized List<String> subjects() {
    return entries.stream().map(Entry::subject).distinct().sorted().toList();
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }

  private void append(Entry entry) throws IOException {
    byte[] line = (JSON.writeValueAsString(entry) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      ByteBuffer bytes = ByteBuffer.wrap(line);
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    } catch (IOException e) {
      // What is on the disk now is unknown: nothing may follow it.
      file.close();
      throw e;
    }
  }

  private static List<Entry> read(Path path, String text) throws IOException {
    List<Entry> entries = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      try {
        Entry entry = JSON.readValue(line, Entry.class);
        checkFits(entry, entries);
        entries.add(entry);
      } catch (JsonProcessingException | IllegalArgumentException e) {
        String why =
            e instanceof JsonProcessingException j ? j.getOriginalMessage() : e.getMessage();
        throw new IOException(
            path
                + ":"
                + number
                + ": not a registered schema: "
                + why.lines().findFirst().orElse(""),
            e);
      }
    }
    return entries;
  }

  private static void checkFits(Entry entry, List<Entry> before) {
    JsonNode parsed = parse(entry.schema());
    for (Entry other : before) {
      if (other.id() == entry.id() && !other.isSchema(parsed, entry.references())) {
        throw new IllegalArgumentException("id " + entry.id() + " belongs to another schema");
      }
      if (other.subject().equals(entry.subject()) && other.version() == entry.version()) {
        throw new IllegalArgumentException(
            "version " + entry.version() + " of \"" + entry.subject() + "\" is there twice");
      }
    }
  }

  private static JsonNode parse(String schema) {
    try {
      return JSON.readTree(schema);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the schema is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** Makes the file's name in its folder last; a system that can't open folders needs no such. */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException notOnThisSystem) {
      return;
    }
  }
}
