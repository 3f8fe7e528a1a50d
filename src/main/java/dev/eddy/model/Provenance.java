package dev.eddy.model;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Where a version of a model comes from.
 *
 * @param who published it
 * @param when to the millisecond
 * @param source the file that it was published from
 * @param notes free text by free keys, in the order of the keys
 */
public record Provenance(String who, Instant when, String source, Map<String, String> notes) {
  public Provenance {
    Objects.requireNonNull(who, "who");
    Objects.requireNonNull(source, "source");
    when = Instant.ofEpochMilli(when.toEpochMilli());
    notes = Collections.unmodifiableMap(new TreeMap<>(notes));
  }
}
