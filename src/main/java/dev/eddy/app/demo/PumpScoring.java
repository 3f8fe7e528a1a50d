package dev.eddy.app.demo;

import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.EventTime;
import dev.eddy.avro.InputMapping;
import dev.eddy.model.Model;
import dev.eddy.streams.Anomaly;
import dev.eddy.streams.Channel;
import dev.eddy.streams.Scoring;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How a pump's readings are scored: what a configuration file would say. */
final class PumpScoring {
  static final String NAME = "pumps";
  static final double THRESHOLD = 0.995;

  private static final String MODEL = "/models/pumps/";
  private static final String DESCRIPTION = "model.yaml";
  private static final String WEIGHTS = "model.safetensors";

  private PumpScoring() {}

  /** The fields of a {@link PumpReading}, scaled as the model was trained. */
  static InputMapping mapping() {
    return InputMapping.of(
            ChannelSpec.numeric("vibration", "vibration").scaled(2.242, 0.38284),
            ChannelSpec.numeric("pressure", "pressure").scaled(5.0932, 0.73968),
            ChannelSpec.numeric("flow", "flow").scaled(56.023, 19.411),
            ChannelSpec.numeric("temperature", "temperature").scaled(55.884, 3.7938),
            ChannelSpec.numeric("current", "current").scaled(15.19, 3.8859))
        .withTime(EventTime.of("time"));
  }

  /** The trained model with the last stage that its forecasts are judged by. */
  static Scoring scoring(Model model) {
    return Scoring.of(NAME, model).with(Channel.of(mapping())).with(new Anomaly(1, 10, 1000, 200));
  }

  /**
   * Reads the model that comes with the program.
   *
   * @param folder takes its files
   */
  static Model model(Path folder) throws IOException {
    for (String name : List.of(DESCRIPTION, WEIGHTS)) {
      try (InputStream in = PumpScoring.class.getResourceAsStream(MODEL + name)) {
        if (in == null) {
          throw new FileNotFoundException("this build of the program lacks " + MODEL + name);
        }
        Files.copy(in, folder.resolve(name));
      }
    }
    return Model.read(folder.resolve(DESCRIPTION));
  }
}
