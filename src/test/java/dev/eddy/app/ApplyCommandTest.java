package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApplyCommandTest {
  private static final Path FIXTURES = Path.of("src/test/resources/torch");

  /** Takes 3 values and overlaps its outputs, so that the end of the input brings frames. */
  private static final Path MODEL = FIXTURES.resolve("strided-conv-gru-deconv/model.yaml");

  private static final Path INPUT = FIXTURES.resolve("strided-conv-gru-deconv/input.csv");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "causal-conv-lstm",
        "grouped-deconv-rnn",
        "strided-conv-gru-deconv",
        "hard-activations"
      })
  void shouldGiveWhatPyTorchGives(String fixture) throws IOException {
    Path home = FIXTURES.resolve(fixture);
    Invocation run = Invocation.of("apply", home.resolve("model.yaml"), home.resolve("input.csv"));
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> expected = Files.readAllLines(home.resolve("expected.csv"));
    List<String> found = run.out().lines().toList();
    assertThat(found).hasSameSizeAs(expected);
    for (int row = 1; row < expected.size(); row++) {
      double[] want = numbers(expected.get(row));
      double[] got = numbers(found.get(row));
      assertThat(got).hasSameSizeAs(want);
      for (int i = 0; i < want.length; i++) {
        assertThat(Math.abs(got[i] - want[i]))
            .as("row %d", row)
            .isLessThan(1e-5 * Math.abs(want[i]) + 1e-5);
      }
    }
  }

  @Test
  void shouldScoreEachKeyAsIfItWereAlone() throws IOException {
    String alone = Invocation.of("apply", MODEL, INPUT).out();
    List<String> frames = alone.lines().skip(1).toList();
    Path keyed = keyed("b", "a");
    Invocation run = Invocation.of("apply", MODEL, keyed, "--key", "pump", "--time", "at");
    List<String> rows = run.out().lines().toList();
    assertThat(rows.get(0)).isEqualTo("pump," + alone.lines().findFirst().orElseThrow());
    for (String key : List.of("a", "b")) {
      assertThat(
              rows.stream().filter(row -> row.startsWith(key + ",")).map(row -> row.substring(2)))
          .isEqualTo(frames);
    }
    // the ends come last, in the order of the keys' first rows
    assertThat(rows.get(rows.size() - 1)).startsWith("a,");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1000})
  void shouldGiveTheSameBytesWhereverTheStateIsSavedAndRestored(int every) throws IOException {
    assertThat(Invocation.of("apply", MODEL, INPUT, "--cut", every))
        .isEqualTo(Invocation.of("apply", MODEL, INPUT));
    Path keyed = keyed("b", "a");
    assertThat(Invocation.of("apply", MODEL, keyed, "--key=pump", "--time=at", "--cut", every))
        .isEqualTo(Invocation.of("apply", MODEL, keyed, "--key=pump", "--time=at"));
  }

  @Test
  void shouldGiveTheSameBytesThroughATopology() throws IOException {
    assertThat(Invocation.of("apply", MODEL, INPUT, "--through=topology"))
        .isEqualTo(Invocation.of("apply", MODEL, INPUT));
    Path keyed = keyed("b", "a");
    Path timing = folder.resolve("timing.csv");
    Object[] args = {"apply", MODEL, keyed, "--key=pump", "--time=at", "--timing", timing};
    Invocation network = Invocation.of(args);
    String rows = Files.readString(timing);
    Object[] more = Arrays.copyOf(args, args.length + 1);
    more[args.length] = "--through=topology";
    assertThat(Invocation.of(more)).isEqualTo(network);
    assertThat(timing).content().isEqualTo(rows);
  }

  @Test
  void shouldWriteAfterWhichRowEachFrameCame() throws IOException {
    Path timing = folder.resolve("timing.csv");
    Path output = folder.resolve("output.csv");
    Invocation run =
        Invocation.of(
            "apply",
            MODEL,
            keyed("b", "a"),
            "--key=pump",
            "--time=at",
            "--timing",
            timing,
            "--output",
            output);
    assertThat(run).isEqualTo(new Invocation(0, "", ""));
    List<String> lines = Files.readAllLines(timing);
    List<String> frames = Files.readAllLines(output);
    int rows = Files.readAllLines(INPUT).size() - 1;
    assertThat(lines).hasSameSizeAs(frames);
    assertThat(lines.get(0)).isEqualTo("pump,frame,after_row");
    assertThat(lines.get(1)).isEqualTo("b,0,3");
    assertThat(lines.get(lines.size() - 1))
        .isEqualTo("a," + ((frames.size() - 1) / 2 - 1) + "," + rows);
    for (int i = 1; i < lines.size(); i++) {
      assertThat(lines.get(i).charAt(0)).isEqualTo(frames.get(i).charAt(0));
    }
  }

  @Test
  void shouldNumberFramesWithoutKeys() throws IOException {
    Path timing = folder.resolve("timing.csv");
    Invocation.of("apply", MODEL, INPUT, "--timing", timing);
    assertThat(Files.readAllLines(timing)).startsWith("frame,after_row", "0,3");
  }

  @Test
  void shouldNameTheColumnsWhereTheyDontFit() throws IOException {
    Path file = Files.writeString(folder.resolve("x.csv"), "a,b\n1,2\n");
    refuses(
        file
            + ":1: 2 feature columns (a, b), the model takes frames of 3; name columns that are no"
            + " features with --key, --time",
        MODEL,
        file);
    Files.writeString(file, "1\n");
    refuses(
        file
            + ":1: 1 feature column, the model takes frames of 3; name columns that are no features"
            + " with --key, --time",
        MODEL,
        file);
  }

  @Test
  void shouldRefuseAFileWithoutRows() throws IOException {
    Path file = Files.writeString(folder.resolve("x.csv"), header());
    refuses(file + ": a header and no rows", MODEL, file);
  }

  @Test
  void shouldRefuseARowWithoutItsKey() throws IOException {
    Path file = keyed("b", "");
    refuses(
        file + ":3:1: column \"pump\": the key is empty", MODEL, file, "--key=pump", "--time=at");
  }

  @Test
  void shouldRefuseOptionsThatMakeNoSense() {
    refuses("--cut: the number of rows must be at least 1, got 0", MODEL, INPUT, "--cut=0");
    assertThat(Invocation.of("apply", MODEL, INPUT, "--through=magic").err())
        .startsWith(
            "eddy: Invalid value for option '--through': expected one of [NETWORK, TOPOLOGY]");
    refuses(
        "--cut goes with --through network; a topology saves the state after every row",
        MODEL,
        INPUT,
        "--cut=1",
        "--through=topology");
    refuses("--key and --time name the same column \"a\"", MODEL, INPUT, "--key=a", "--time=a");
    refuses(
        "--output and --timing name the same file x", MODEL, INPUT, "--output=x", "--timing=./x");
  }

  @Test
  void shouldRefuseAnOutputThatCantBeWritten() {
    refuses(folder + ": can't be written: a directory", MODEL, INPUT, "--output", folder);
    Path lost = folder.resolve("no/such/output.csv");
    refuses(
        lost + ": can't be written: the directory doesn't exist", MODEL, INPUT, "--output", lost);
    refuses(INPUT + ": would be overwritten while it is read", MODEL, INPUT, "--output", INPUT);
  }

  @Test
  void shouldLeaveAnOlderOutputAloneWhenItFails() throws IOException {
    Path output = Files.writeString(folder.resolve("output.csv"), "precious");
    Path input = Files.writeString(folder.resolve("x.csv"), header() + "1,2,3\n1,2,nan\n");
    assertThat(Invocation.of("apply", MODEL, input, "--output", output).exitCode()).isEqualTo(2);
    assertThat(output).content().isEqualTo("precious");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(output, input);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"network", "topology"})
  void shouldNameTheRowThatTheModelCantTake(String through) throws IOException {
    Path model = model("{channels: 1}", "embedding: {tokens: 2, size: 1}", "[2,1]", 1, 2);
    Path input = Files.writeString(folder.resolve("x.csv"), "word\n1\n2.5\n");
    refuses(
        input + ":3: channel 0 holds 2.5, which is not a token, a whole number below 2",
        model,
        input,
        "--through=" + through);
  }

  @ParameterizedTest
  @ValueSource(strings = {"network", "topology"})
  void shouldNameTheRowAndTheOutputThatBecameInfinite(String through) throws IOException {
    Path model = model("{channels: 1}", "dense: {units: 1, bias: false}", "[1,1]", 1e30f);
    Path input = Files.writeString(folder.resolve("x.csv"), "pump,x\na,1\nb,1e30\n");
    refuses(
        input + ":3: key \"b\": output \"y\" became Infinity",
        model,
        input,
        "--key=pump",
        "--through=" + through,
        "--output",
        folder.resolve("out.csv"));
  }

  /** A model of one layer with one tensor. */
  private Path model(String input, String layer, String shape, float... values) throws IOException {
    String header =
        "{\"0.weight\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[0,%d]}}"
            .formatted(shape, 4 * values.length);
    ByteBuffer weights =
        ByteBuffer.allocate(8 + header.length() + 4 * values.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length())
            .put(header.getBytes(StandardCharsets.US_ASCII));
    for (float value : values) {
      weights.putFloat(value);
    }
    Files.write(folder.resolve("m.safetensors"), weights.array());
    return Files.writeString(
        folder.resolve("m.yaml"),
        "name: m\nversion: 1\ninput: %s\nlayers:\n  - %s\noutputs: [y]\n".formatted(input, layer));
  }

  private static void refuses(String message, Object... args) {
    List<Object> all = new ArrayList<>(List.of("apply"));
    all.addAll(List.of(args));
    assertThat(Invocation.of(all.toArray()))
        .isEqualTo(new Invocation(2, "", "eddy: " + message + System.lineSeparator()));
  }

  private static String header() throws IOException {
    return Files.readAllLines(INPUT).get(0) + "\n";
  }

  /** The fixture's input for two keys, row by row in turn. */
  private Path keyed(String one, String other) throws IOException {
    StringBuilder text = new StringBuilder();
    List<String> lines = Files.readAllLines(INPUT);
    text.append("pump,").append(lines.get(0)).append(",at\n");
    for (String line : lines.subList(1, lines.size())) {
      text.append(one).append(',').append(line).append(",noon\n");
      text.append(other).append(',').append(line).append(",noon\n");
    }
    return Files.writeString(folder.resolve("keyed.csv"), text);
  }

  private static double[] numbers(String row) {
    return List.of(row.split(",")).stream().mapToDouble(Double::parseDouble).toArray();
  }
}
