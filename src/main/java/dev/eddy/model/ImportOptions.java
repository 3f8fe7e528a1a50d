package dev.eddy.model;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a file in a foreign format can leave open; a description of ours leaves nothing open.
 *
 * @param timeAxis which axis of the input is time, from 0; empty where the graph is to tell
 * @param output the output that is wanted; empty for all
 */
public record ImportOptions(OptionalInt timeAxis, Optional<String> output) {
  public static final ImportOptions NONE = new ImportOptions(OptionalInt.empty(), Optional.empty());

  public ImportOptions {
    Objects.requireNonNull(timeAxis, "timeAxis");
    Objects.requireNonNull(output, "output");
  }
}
