package dev.eddy.model;

import dev.eddy.layer.Layer;
import dev.eddy.layer.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The words of a description: for each, how its options become a layer; a class for a family. */
final class LayerWords {
  private static final Map<String, Function<LayerOptions, Layer>> READERS = readers();

  private LayerWords() {}

  private static Map<String, Function<LayerOptions, Layer>> readers() {
    Map<String, Function<LayerOptions, Layer>> readers = new LinkedHashMap<>();
    for (Map<String, Function<LayerOptions, Layer>> family :
        List.of(
            WindowWords.readers(),
            RecurrentWords.readers(),
            NormWords.readers(),
            FrameWords.readers(),
            ShapeWords.readers(),
            TimeWords.readers(),
            ActivationWords.readers())) {
      readers.putAll(family);
    }
    return Collections.unmodifiableMap(readers);
  }

  /**
   * Reads a layer.
   *
   * @param entry where it stands, for complaints
   * @param input the frames that it reads
   * @throws YamlException if the word is unknown or an option can't be
   */
  static Layer read(String word, YamlValue entry, YamlMap options, Shape input) {
    Function<LayerOptions, Layer> reader = READERS.get(word);
    if (reader == null) {
      Optional<String> why = Unstreamable.layer(word);
      if (why.isPresent()) {
        throw entry.error("\"" + word + "\" can't stream: " + why.get());
      }
      throw entry.error(
          "unknown layer \""
              + word
              + "\"; accepted: "
              + String.join(", ", READERS.keySet())
              + ", "
              + String.join(", ", MergeWords.all())
              + ", previous");
    }
    Unstreamable.refuse(word, options);
    try {
      return reader.apply(new LayerOptions(entry, options, input));
    } catch (IllegalArgumentException e) {
      throw entry.error(about(word, e));
    }
  }

  /** What is wrong with a layer; some messages begin with its word already. */
  static String about(String word, RuntimeException wrong) {
    String message = wrong.getMessage();
    return message.startsWith(word + " ") ? message : word + ": " + message;
  }
}
