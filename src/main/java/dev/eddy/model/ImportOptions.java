package dev.eddy.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a file in a foreign format can leave open; a description of ours leaves nothing open.
 *
 * @param timeAxis which axis of the input is time, from 0; empty where the graph is to tell
 * @param output the output that is wanted; empty for all
 * @param states each input that is a state, with the output that carries it on to the next record;
 *     empty where names and the graph are to tell. An empty map says that there are none but what
 *     recurrent operators start from
 */
public record ImportOptions(
    OptionalInt timeAxis, Optional<String> output, Optional<Map<String, String>> states) {
  public static final ImportOptions NONE = new ImportOptions(OptionalInt.empty(), Optional.empty());

  public ImportOptions {
    Objects.requireNonNull(timeAxis, "timeAxis");
    Objects.requireNonNull(output, "output");
    states = states.map(map -> Collections.unmodifiableMap(new LinkedHashMap<>(map)));
  }

  /** With states that names and the graph are to tell. */
  public ImportOptions(OptionalInt timeAxis, Optional<String> output) {
    this(timeAxis, output, Optional.empty());
  }

  /** The same with these states. */
  public ImportOptions withStates(Map<String, String> states) {
    return new ImportOptions(timeAxis, output, Optional.of(states));
  }
}
