package dev.eddy.streams.models;

import dev.eddy.avro.ModelRecords;
import dev.eddy.model.Model;
import dev.eddy.model.ModelException;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.Timeline;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a models topic holds, record by record as it is read. Keeps manifests, timelines and where
 * the chunks lie, not the chunks. What can't be read is kept aside with its reason and changes
 * nothing. Not thread-safe.
 *
 * <pre>
 *   key                    value
 *   NAME                   the timeline
 *   NAME/VERSION           the manifest
 *   NAME/VERSION/CHUNK     a piece of the safetensors bytes
 * </pre>
 */
public final class TopicContents {
  private static final int MAX_FAULTS = 100;
  private static final Pattern KEY =
      Pattern.compile("([A-Za-z0-9._-]{1,128})(?:/(\\d{1,18})(?:/(\\d{1,9}))?)?");

  /** What a record has changed. */
  public enum Kind {
    TIMELINE,
    MANIFEST,
    CHUNK,
    FAULT
  }

  /**
   * A change.
   *
   * @param name the model; empty for a fault of no model
   * @param version 0 for a timeline, and a fault of no version
   */
  public record Change(Kind kind, String name, long version) {}

  /** A record that can't be read. */
  public record Fault(long offset, String name, long version, String reason) {}

  private record Version(String name, long version) {}

  private final Map<String, Timeline> timelines = new HashMap<>();
  private final Map<String, NavigableMap<Long, ModelManifest>> manifests = new TreeMap<>();
  private final Map<Version, NavigableMap<Integer, Long>> chunks = new HashMap<>();
  private final Map<Version, String> badManifests = new HashMap<>();
  private final List<Fault> faults = new ArrayList<>();

  static byte[] timelineKey(String name) {
    return bytes(name);
  }

  static byte[] manifestKey(String name, long version) {
    return bytes(name + "/" + version);
  }

  static byte[] chunkKey(String name, long version, int chunk) {
    return bytes(name + "/" + version + "/" + chunk);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Takes up a record.
   *
   * @param value null for one that was removed
   */
  public Change accept(long offset, byte[] key, byte[] value) {
    String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
    Matcher parts = KEY.matcher(text);
    if (!parts.matches() || !Model.isName(parts.group(1))) {
      return fault(offset, "", 0, "the key is not NAME, NAME/VERSION or NAME/VERSION/CHUNK");
    }
    String name = parts.group(1);
    if (parts.group(2) == null) {
      return timeline(offset, name, value);
    }
    long version = Long.parseLong(parts.group(2));
    if (parts.group(3) == null) {
      return manifest(offset, name, version, value);
    }
    Map<Integer, Long> places =
        chunks.computeIfAbsent(new Version(name, version), v -> new TreeMap<>());
    int chunk = Integer.parseInt(parts.group(3));
    if (value == null) {
      places.remove(chunk);
    } else {
      places.put(chunk, offset);
    }
    return new Change(Kind.CHUNK, name, version);
  }

  private Change timeline(long offset, String name, byte[] value) {
    try {
      timelines.put(name, value == null ? Timeline.EMPTY : ModelRecords.timeline(value));
      return new Change(Kind.TIMELINE, name, 0);
    } catch (ModelException e) {
      return fault(offset, name, 0, e.getMessage()); // the timeline stays what it was
    }
  }

  private Change manifest(long offset, String name, long version, byte[] value) {
    Version which = new Version(name, version);
    NavigableMap<Long, ModelManifest> versions =
        manifests.computeIfAbsent(name, n -> new TreeMap<>());
    badManifests.remove(which);
    if (value == null) {
      versions.remove(version);
      return new Change(Kind.MANIFEST, name, version);
    }
    try {
      ModelManifest manifest = ModelRecords.manifest(value);
      if (!manifest.name().equals(name) || manifest.version() != version) {
        throw new ModelException(manifest.id() + " is under the key of " + name + "/" + version);
      }
      versions.put(version, manifest);
      return new Change(Kind.MANIFEST, name, version);
    } catch (ModelException e) {
      badManifests.put(which, e.getMessage());
      versions.remove(version);
      return fault(offset, name, version, e.getMessage());
    }
  }

  private Change fault(long offset, String name, long version, String reason) {
    if (faults.size() < MAX_FAULTS) {
      faults.add(new Fault(offset, name, version, reason));
    }
    return new Change(Kind.FAULT, name, version);
  }

  /** The names of all models that have a version or a timeline, in order. */
  public List<String> names() {
    TreeSet<String> names = new TreeSet<>(timelines.keySet());
    names.addAll(manifests.keySet());
    return List.copyOf(names);
  }

  /** A model's timeline; empty where it has none. */
  public Timeline timeline(String name) {
    return timelines.getOrDefault(name, Timeline.EMPTY);
  }

  /** A model's versions, in order. */
  public NavigableMap<Long, ModelManifest> versions(String name) {
    return Collections.unmodifiableNavigableMap(
        manifests.getOrDefault(name, Collections.emptyNavigableMap()));
  }

  /** A version's manifest. */
  public Optional<ModelManifest> find(String name, long version) {
    return Optional.ofNullable(versions(name).get(version));
  }

  /**
   * A version's manifest.
   *
   * @throws ModelException if there is none that can be read
   */
  public ModelManifest get(String name, long version) {
    return find(name, version)
        .orElseThrow(
            () ->
                new ModelException(
                    badManifests.getOrDefault(
                        new Version(name, version),
                        "model \"" + name + "\" version " + version + " was never published")));
  }

  /**
   * Where a version's chunks lie, in order.
   *
   * @throws ModelException if one is missing
   */
  public long[] chunkOffsets(ModelManifest manifest) {
    Map<Integer, Long> places =
        chunks.getOrDefault(
            new Version(manifest.name(), manifest.version()), Collections.emptyNavigableMap());
    long[] offsets = new long[Math.min(manifest.chunks(), places.size() + 1)];
    for (int i = 0; i < manifest.chunks(); i++) {
      Long offset = places.get(i);
      if (offset == null) {
        throw new ModelException(
            manifest.id() + ": chunk " + i + " of " + manifest.chunks() + " is missing");
      }
      offsets[i] = offset;
    }
    return offsets;
  }

  /** Records that can't be read, the first hundred. */
  public List<Fault> faults() {
    return List.copyOf(faults);
  }
}
