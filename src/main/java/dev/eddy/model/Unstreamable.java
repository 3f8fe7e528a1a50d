package dev.eddy.model;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a user may look for, and can't be had in a stream: the reason, and what there is in its
 * place.
 */
final class Unstreamable {
  private static final String BACKWARDS =
      "it reads a sequence from its end, and a stream has none; use a layer of one direction";
  private static final String ATTENTION =
      "attention looks at the whole sequence for every frame; use a recurrent layer, or a conv with"
          + " dilation, which look back";
  private static final String WHOLE =
      "this takes numbers of the whole sequence, and a stream has not ended; ";

  private static final Map<String, String> LAYERS =
      Map.ofEntries(
          Map.entry("bidirectional", BACKWARDS),
          Map.entry("reverse", BACKWARDS),
          Map.entry("flip", BACKWARDS),
          Map.entry("attention", ATTENTION),
          Map.entry("self-attention", ATTENTION),
          Map.entry("multi-head-attention", ATTENTION),
          Map.entry("transformer", ATTENTION));

  private static final Set<String> RECURRENT = Set.of("rnn", "gru", "lstm");

  private Unstreamable() {}

  /** The reason why there is no layer of this name, if it is one that can't stream. */
  static Optional<String> layer(String word) {
    return Optional.ofNullable(LAYERS.get(word));
  }

  /**
   * Refuses options of a layer that can't stream.
   *
   * @throws YamlException where the option stands
   */
  static void refuse(String word, YamlMap options) {
    if (RECURRENT.contains(word)) {
      options
          .peek("bidirectional")
          .filter(YamlValue::asBoolean)
          .ifPresent(value -> cantStream(value, BACKWARDS));
      options
          .peek("direction")
          .filter(value -> !value.asString().equals("forward"))
          .ifPresent(value -> cantStream(value, BACKWARDS));
    }
    options
        .peek("over")
        .filter(value -> isTime(value) && !word.equals("global-pool"))
        .ifPresent(
            value ->
                cantStream(
                    value,
                    WHOLE
                        + (word.endsWith("softmax")
                            ? "softmax is over the channels of each frame"
                            : word.endsWith("norm")
                                ? "running-standardise looks back over time"
                                : "it works within each frame")));
  }

  private static boolean isTime(YamlValue value) {
    return value.isScalar() && value.asString().equals("time");
  }

  private static void cantStream(YamlValue value, String reason) {
    throw value.error("can't stream: " + reason);
  }
}
