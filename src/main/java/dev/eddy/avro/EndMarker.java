package dev.eddy.avro;

import java.util.Objects;

/**
 * The field that says whether a record is the last of its key's sequence.
 *
 * <p>A string or an enum is compared as text, a boolean as {@code true} or {@code false}, a number
 * as a number. A record without the field, or with null there, ends nothing.
 *
 * @param field path, as in {@link ChannelSpec}
 * @param equals the value that ends a sequence
 * @param include whether the record is the sequence's last frame; else its other fields are not
 *     read
 */
public record EndMarker(String field, String equals, boolean include) {
  public EndMarker {
    FieldPath.parse(field);
    Objects.requireNonNull(equals, "equals");
  }
}
