import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.eddy.app.Eddy;
import dev.eddy.app.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Runs ONNX models through the command line and compares: [--only WORD] FOLDER ...
 *
 * <p>Each FOLDER holds case folders: model.onnx and meta.json, with input.csv and expected.csv for what must be
 * computed and with error_should_mention in meta.json for what must be refused. Exit code 1 where any fails.
 */
class CheckOnnx {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SECONDS = 60; // for a run
  private static final int SECONDS_TO_REFUSE = 10;

  private final ExecutorService runs =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true); // a run that hangs is left behind
            return thread;
          });
  private final Path work;

  private CheckOnnx(Path work) {
    this.work = work;
  }

  /** A reason why a case failed. */
  private static final class Wrong extends Exception {
    Wrong(String reason) {
      super(reason);
    }
  }

  private record Run(int exitCode, String err, double seconds) {}

  public static void main(String[] args) throws Exception {
    List<String> words = new ArrayList<>(List.of(args));
    int at = words.indexOf("--only");
    String only = at < 0 ? "" : words.get(at + 1);
    if (at >= 0) {
      words.subList(at, at + 2).clear();
    }
    CheckOnnx check = new CheckOnnx(Files.createTempDirectory("eddy-onnx"));
    int passed = 0;
    int failed = 0;
    for (String folder : words) {
      List<Path> cases;
      try (Stream<Path> found = Files.list(Path.of(folder))) {
        cases =
            found
                .filter(path -> Files.exists(path.resolve("meta.json")))
                .filter(path -> path.getFileName().toString().contains(only))
                .sorted()
                .toList();
      }
      for (Path path : cases) {
        String reason = check.reason(path);
        passed += reason == null ? 1 : 0;
        failed += reason == null ? 0 : 1;
        if (reason != null) {
          System.out.println(path.getFileName() + ": " + reason);
        }
      }
    }
    System.out.println(passed + " passed, " + failed + " failed");
    System.exit(failed == 0 && passed > 0 ? 0 : 1);
  }

  /** Why the case failed; null where it passed. */
  private String reason(Path folder) throws IOException {
    JsonNode meta = JSON.readTree(folder.resolve("meta.json").toFile());
    try {
      if (meta.has("error_should_mention")) {
        checkRefusal(folder, meta);
      } else {
        checkFrames(folder, meta);
      }
      return null;
    } catch (Wrong e) {
      return e.getMessage();
    }
  }

  private void checkFrames(Path folder, JsonNode meta) throws IOException, Wrong {
    Path output = work.resolve("output.csv");
    Path timing = work.resolve("timing.csv");
    Files.deleteIfExists(output);
    Files.deleteIfExists(timing);
    Run run = apply(folder, meta, folder.resolve("input.csv"), output, "--timing", timing.toString());
    checkFate(run, 0);
    if (!run.err().isEmpty()) {
      throw new Wrong("exit code 0, but on standard error: " + run.err().strip());
    }
    compare(folder, meta, output);
    if (Files.exists(folder.resolve("alignment.csv"))) {
      compareTiming(folder, meta, timing);
    }
    Path cut = work.resolve("cut.csv");
    Files.deleteIfExists(cut);
    checkFate(apply(folder, meta, folder.resolve("input.csv"), cut, "--cut", "1"), 0);
    if (Files.mismatch(output, cut) >= 0) {
      throw new Wrong("--cut 1 gives other bytes, from byte " + Files.mismatch(output, cut));
    }
    checkConverted(folder, meta, output);
  }

  /** The same model in Eddy's own words must give the same bytes. */
  private void checkConverted(Path folder, JsonNode meta, Path output) throws IOException, Wrong {
    Path description = work.resolve("converted.yaml");
    List<String> args = new ArrayList<>(List.of("convert", folder.resolve("model.onnx").toString()));
    args.addAll(List.of(description.toString(), "--force"));
    meta.path("options").forEach(option -> args.add(option.asText()));
    checkFate(run(args), 0);
    Path again = work.resolve("converted.csv");
    Files.deleteIfExists(again);
    List<String> apply = new ArrayList<>(List.of("apply", description.toString()));
    apply.addAll(List.of(folder.resolve("input.csv").toString(), "--output", again.toString()));
    if (meta.path("keyed").asBoolean()) {
      apply.addAll(List.of("--key", "key"));
    }
    checkFate(run(apply), 0);
    if (Files.mismatch(output, again) >= 0) {
      throw new Wrong("converted it gives other bytes, from byte " + Files.mismatch(output, again));
    }
  }

  private void checkRefusal(Path folder, JsonNode meta) throws IOException, Wrong {
    Path input = folder.resolve("input.csv");
    boolean mustRefuse = meta.get("strictness").asText().equals("must");
    if (!Files.exists(input)) {
      input = work.resolve("input.csv");
      Files.writeString(input, "x_0,x_1,x_2\n0.5,1,-1\n0.25,0,1\n");
    }
    Path output = work.resolve("output.csv");
    Files.deleteIfExists(output);
    Run run = apply(folder, meta, input, output);
    if (run.exitCode() == 0) {
      if (mustRefuse) {
        throw new Wrong("accepted");
      }
      if (Files.exists(folder.resolve("expected.csv"))) {
        compare(folder, meta, output);
      }
      return;
    }
    checkFate(run, 2);
    if (run.seconds() > SECONDS_TO_REFUSE) {
      throw new Wrong("refused after %.1f s".formatted(run.seconds()));
    }
    String message = run.err().strip();
    if (message.contains("\n")) {
      throw new Wrong("more than one line: " + message);
    }
    String said = message.replace(folder.toString(), "").toLowerCase(Locale.ROOT);
    if (!mustRefuse && input.startsWith(work) && said.contains("feature column")) {
      return; // the model was accepted; there is no input for it
    }
    for (JsonNode words : meta.get("error_should_mention")) {
      boolean mentioned = false;
      for (JsonNode word : words) {
        mentioned |= said.contains(word.asText().toLowerCase(Locale.ROOT));
      }
      if (!mentioned) {
        throw new Wrong("none of " + words + " in: " + message);
      }
    }
  }

  private Run apply(Path folder, JsonNode meta, Path input, Path output, String... more) throws Wrong {
    List<String> args = new ArrayList<>(List.of("apply", folder.resolve("model.onnx").toString()));
    args.addAll(List.of(input.toString(), "--output", output.toString()));
    args.addAll(List.of(more));
    if (meta.path("keyed").asBoolean()) {
      args.addAll(List.of("--key", "key"));
    }
    meta.path("options").forEach(option -> args.add(option.asText()));
    return run(args);
  }

  private Run run(List<String> args) throws Wrong {
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(new ByteArrayOutputStream(), new PrintWriter(err, true), false);
    Callable<Integer> command = () -> Eddy.execute(terminal, args.toArray(String[]::new));
    long begin = System.nanoTime();
    try {
      int exitCode = runs.submit(command).get(SECONDS, TimeUnit.SECONDS);
      return new Run(exitCode, err.toString(), (System.nanoTime() - begin) * 1e-9);
    } catch (TimeoutException e) {
      throw new Wrong("no end after " + SECONDS + " s");
    } catch (InterruptedException | ExecutionException e) {
      throw new Wrong("thrown: " + e.getCause());
    }
  }

  private static void checkFate(Run run, int exitCode) throws Wrong {
    if (run.exitCode() != exitCode) {
      throw new Wrong("exit code " + run.exitCode() + ": " + run.err().strip());
    }
    if (run.err().lines().anyMatch(line -> line.startsWith("\tat "))) {
      throw new Wrong("a stack trace: " + run.err());
    }
  }

  /** A CSV file's rows by key ("" where there is none), without the header, which may be missing. */
  private static Map<String, List<double[]>> rows(Path csv, boolean keyed) throws IOException, Wrong {
    Map<String, List<double[]>> byKey = new LinkedHashMap<>();
    boolean first = true;
    for (String line : Files.readAllLines(csv, StandardCharsets.UTF_8)) {
      String[] cells = line.split(",", -1);
      int from = keyed ? 1 : 0;
      double[] values = new double[cells.length - from];
      try {
        for (int i = 0; i < values.length; i++) {
          values[i] = Double.parseDouble(cells[from + i]);
        }
        byKey.computeIfAbsent(keyed ? cells[0] : "", key -> new ArrayList<>()).add(values);
      } catch (NumberFormatException e) {
        if (!first) {
          throw new Wrong(csv.getFileName() + ": not a row of numbers: " + line);
        }
      }
      first = false;
    }
    return byKey;
  }

  private static void compare(Path folder, JsonNode meta, Path output) throws IOException, Wrong {
    boolean keyed = meta.path("keyed").asBoolean();
    Map<String, List<double[]>> expected = rows(folder.resolve("expected.csv"), keyed);
    Map<String, List<double[]>> got = rows(output, keyed);
    if (!got.keySet().equals(expected.keySet()) && !(expected.isEmpty() && got.isEmpty())) {
      throw new Wrong("frames for the keys " + got.keySet() + ", expected " + expected.keySet());
    }
    double atol = meta.get("tolerance").get("atol").asDouble();
    double rtol = meta.get("tolerance").get("rtol").asDouble();
    double worst = 0;
    String where = "";
    for (String key : expected.keySet()) {
      List<double[]> want = expected.get(key);
      List<double[]> have = got.get(key);
      if (want.size() != have.size()) {
        throw new Wrong(ofKey(key) + have.size() + " frames, expected " + want.size() + closest(have, want));
      }
      for (int row = 0; row < want.size(); row++) {
        if (want.get(row).length != have.get(row).length) {
          throw new Wrong("%d columns, expected %d".formatted(have.get(row).length, want.get(row).length));
        }
        for (int i = 0; i < want.get(row).length; i++) {
          double value = want.get(row)[i];
          double off = Math.abs(have.get(row)[i] - value) / (atol + rtol * Math.abs(value));
          if (!(off <= Math.max(1, worst))) {
            worst = Double.isNaN(off) ? Double.POSITIVE_INFINITY : off;
            where =
                "%sframe %d, value %d: %.9g, expected %.9g".formatted(ofKey(key), row, i, have.get(row)[i], value);
          }
        }
      }
    }
    if (worst > 1) {
      throw new Wrong(where + " (%.3g times the tolerance)".formatted(worst));
    }
  }

  private static String closest(List<double[]> have, List<double[]> want) {
    return have.isEmpty() || want.isEmpty()
        ? ""
        : "; the first is " + Arrays.toString(have.get(0)) + ", expected " + Arrays.toString(want.get(0));
  }

  private static String ofKey(String key) {
    return key.isEmpty() ? "" : "key " + key + ": ";
  }

  /** No frame may come later than the row that determines it; of the longest key where there are keys. */
  private static void compareTiming(Path folder, JsonNode meta, Path timing) throws IOException, Wrong {
    List<double[]> ready = rows(folder.resolve("alignment.csv"), false).get("");
    boolean keyed = meta.path("keyed").asBoolean();
    Map<String, List<double[]>> came = rows(timing, keyed);
    String longest = "";
    long most = -1;
    for (Map.Entry<String, JsonNode> key : meta.path("keys").properties()) {
      if (key.getValue().get("rows").asLong() > most) {
        longest = key.getKey();
        most = key.getValue().get("rows").asLong();
      }
    }
    List<double[]> frames = came.get(longest);
    if (ready == null) {
      return;
    }
    if (frames == null || frames.size() != ready.size()) {
      throw new Wrong("--timing has %s rows, expected %d".formatted(frames == null ? "no" : frames.size(), ready.size()));
    }
    int late = 0;
    String first = "";
    for (int i = 0; i < frames.size(); i++) {
      if (frames.get(i)[0] != i) {
        throw new Wrong("--timing has frame " + frames.get(i)[0] + " in row " + i);
      }
      boolean needsEnd = ready.get(i)[3] != 0;
      if (frames.get(i)[1] > ready.get(i)[1] && !needsEnd) {
        if (late++ == 0) {
          first = "frame %d came after row %.0f, was ready after row %.0f".formatted(i, frames.get(i)[1], ready.get(i)[1]);
        }
      }
    }
    if (late > 0) {
      throw new Wrong(late + " of " + frames.size() + " frames late; " + first);
    }
  }
}
