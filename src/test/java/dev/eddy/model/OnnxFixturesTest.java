package dev.eddy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.network.FrameSink;
import dev.eddy.network.Network;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Models as exporters write them, with what PyTorch gives in float64 and after which record each
 * frame is determined: src/test/python/make_onnx_fixtures.py.
 */
class OnnxFixturesTest {
  private static final List<JsonNode> CASES = cases();

  @TempDir Path folder;

  private static List<JsonNode> cases() {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> cases = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Files.newInputStream(Path.of("src/test/resources/onnx/cases.json.gz"))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        cases.add(json.readTree(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(cases).hasSizeGreaterThan(400);
    return cases;
  }

  private static Stream<String> names(boolean refused) {
    return CASES.stream()
        .filter(one -> one.has("error_should_mention") == refused)
        .map(one -> one.get("name").asText());
  }

  static Stream<String> good() {
    return names(false);
  }

  static Stream<String> refused() {
    return names(true);
  }

  /** A frame, and the number of rows that had come before the one that gave it. */
  private record Emitted(float[] frame, int after) {}

  @ParameterizedTest
  @MethodSource("good")
  void shouldGiveWhatPyTorchGivesAndNoFrameLaterThanItIsDetermined(String name) throws IOException {
    JsonNode one = named(name);
    Model model = read(one);
    checkNotes(model.notes(), one);
    Network network = model.network(KernelBackend.find().kernels());
    List<Emitted> whole = emitted(network, one, false);
    JsonNode expected = one.get("expected");
    assertThat(whole).hasSize(expected.size());
    double atol = one.get("tolerance").get("atol").asDouble();
    double rtol = one.get("tolerance").get("rtol").asDouble();
    for (int row = 0; row < expected.size(); row++) {
      Emitted got = whole.get(row);
      assertThat(got.frame).hasSize(expected.get(row).size());
      for (int i = 0; i < got.frame.length; i++) {
        double want = expected.get(row).get(i).asDouble();
        assertThat((double) got.frame[i])
            .as("frame %d, value %d", row, i)
            .isCloseTo(want, Offset.offset(atol + rtol * Math.abs(want)));
      }
      assertThat(got.after)
          .as("frame %d came after row", row)
          .isLessThanOrEqualTo(one.get("ready").get(row).asInt());
    }
    List<Emitted> cut = emitted(network, one, true);
    for (int row = 0; row < whole.size(); row++) {
      assertThat(cut.get(row).frame).as("frame %d, cut", row).isEqualTo(whole.get(row).frame);
    }
  }

  /** Where a stream is not what the file gives for some lengths, that is said, and nowhere else. */
  private static void checkNotes(List<String> notes, JsonNode one) {
    if (one.has("note")) {
      assertThat(notes).singleElement().asString().contains(one.get("note").asText());
    } else {
      assertThat(notes).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  void shouldSayInOneLineWhyAModelCannotStream(String name) throws IOException {
    JsonNode one = named(name);
    assertThatThrownBy(() -> read(one))
        .isInstanceOf(ModelException.class)
        .satisfies(
            error -> {
              String message = error.getMessage().toLowerCase(Locale.ROOT);
              assertThat(message).doesNotContain("\n");
              for (JsonNode words : one.get("error_should_mention")) {
                List<String> any = new ArrayList<>();
                words.forEach(word -> any.add(word.asText()));
                assertThat(any).as(message).anyMatch(message::contains);
              }
            });
  }

  private static JsonNode named(String name) {
    return CASES.stream().filter(c -> c.get("name").asText().equals(name)).findAny().orElseThrow();
  }

  private Model read(JsonNode one) throws IOException {
    Path file = folder.resolve("m.onnx");
    Files.write(file, Base64.getDecoder().decode(one.get("model").asText()));
    OptionalInt timeAxis = OptionalInt.empty();
    Optional<String> output = Optional.empty();
    Optional<Map<String, String>> states = Optional.empty();
    JsonNode options = one.path("options");
    for (int i = 0; i < options.size(); i += 2) {
      String value = options.get(i + 1).asText();
      if (options.get(i).asText().equals("--time-axis")) {
        timeAxis = OptionalInt.of(Integer.parseInt(value));
      } else if (options.get(i).asText().equals("--state")) {
        String[] pair = value.split("=");
        states = Optional.of(pair.length == 1 ? Map.of() : Map.of(pair[0], pair[1]));
      } else {
        output = Optional.of(value);
      }
    }
    return Model.read(file, new ImportOptions(timeAxis, output, states));
  }

  /** {@code cut}: whether each row meets a copy of the state, in an array of its own. */
  private static List<Emitted> emitted(Network network, JsonNode one, boolean cut) {
    int size = network.output().size();
    List<Emitted> emitted = new ArrayList<>();
    float[] state = network.newState();
    int rows = one.get("rows").size();
    for (int row = 0; row <= rows; row++) {
      if (cut) {
        state = state.clone();
      }
      int after = row;
      FrameSink sink =
          (v, at) -> emitted.add(new Emitted(Arrays.copyOfRange(v, at, at + size), after));
      if (row == rows) {
        network.newTask().flush(state, sink);
      } else {
        network.newTask().step(frame(one.get("rows").get(row)), 0, state, sink);
      }
    }
    return emitted;
  }

  private static float[] frame(JsonNode row) {
    float[] frame = new float[row.size()];
    for (int i = 0; i < frame.length; i++) {
      frame[i] = (float) row.get(i).asDouble();
    }
    return frame;
  }
}
