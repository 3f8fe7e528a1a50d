package dev.eddy.model.onnx;

import dev.eddy.kernel.KernelBackend;
import dev.eddy.kernel.Kernels;
import dev.eddy.layer.BadFrameException;
import dev.eddy.model.ImportOptions;
import dev.eddy.model.Model;
import dev.eddy.model.ModelException;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Reads damaged files, many of them, and runs what is accepted: COUNT SEED FOLDER, with case
 * folders in FOLDER that hold a model.onnx. Whatever isn't a model or one line of complaint is
 * printed with the seed that makes it again.
 */
final class Fuzz {
  private static final long HANG_MS = 120_000;
  private static final long SLOW_MS = 2000;
  private static final int ROWS = 3;

  private final Path work;
  private final List<byte[]> files;
  private final Kernels kernels = KernelBackend.find().kernels();
  private final Map<String, Integer> finds = new TreeMap<>();
  private int accepted;
  private int refused;
  private long slowestMs;
  private long slowestSeed;

  Fuzz(Path work, List<byte[]> files) {
    this.work = work;
    this.files = files;
  }

  /** What went wrong, each kind with the seed that shows it first. */
  Map<String, Integer> finds() {
    return finds;
  }

  int accepted() {
    return accepted;
  }

  int refused() {
    return refused;
  }

  static byte[] damaged(List<byte[]> files, long seed) {
    int which = (int) Math.floorMod(seed, files.size());
    return new Mutator(seed * 31 + 17, files).mutate(files.get(which));
  }

  void run(long seed) throws IOException {
    Path file = work.resolve("model.onnx");
    Files.write(file, damaged(files, seed));
    long begin = cpuNanos();
    try {
      Model model = OnnxImport.read(file, ImportOptions.NONE);
      step(model.network(kernels));
      accepted++;
    } catch (ModelException e) {
      refused++;
      String message = e.getMessage();
      if (message == null || message.contains("\n") || message.length() > 1000) {
        find(seed, "message: " + message, null);
      }
      if (message != null && (message.contains("null") || message.contains("java.lang"))) {
        find(seed, "message: " + message, null);
      }
    } catch (BadFrameException e) {
      accepted++;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      find(seed, e.toString(), e);
    }
    long tookMs = (cpuNanos() - begin) / 1_000_000;
    if (tookMs > slowestMs) {
      slowestMs = tookMs;
      slowestSeed = seed;
    }
    if (tookMs > SLOW_MS) {
      System.out.println("seed " + seed + " took " + tookMs + " ms");
    }
  }

  /** Of this thread: other load on the machine doesn't count. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void step(Network network) {
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    float[] frame = new float[network.input().size()];
    Arrays.fill(frame, 0.5f);
    for (int row = 0; row < ROWS; row++) {
      task.step(frame, 0, state, (values, offset) -> {});
    }
    task.flush(state, (values, offset) -> {});
  }

  private void find(long seed, String what, Throwable thrown) {
    String where =
        thrown == null
            ? ""
            : Arrays.stream(thrown.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith("dev.eddy"))
                .limit(3)
                .map(StackTraceElement::toString)
                .toList()
                .toString();
    String kind = what.replaceAll("-?\\d+", "N").replaceAll("\"[^\"]*\"", "Q") + " " + where;
    if (finds.merge(kind, 1, Integer::sum) == 1) {
      System.out.println("seed " + seed + ": " + what + " " + where);
    }
  }

  static List<byte[]> files(Path folder) throws IOException {
    List<byte[]> files = new ArrayList<>();
    try (Stream<Path> cases = Files.list(folder)) {
      for (Path path : cases.sorted().map(c -> c.resolve("model.onnx")).toList()) {
        if (Files.exists(path)) {
          files.add(Files.readAllBytes(path));
        }
      }
    }
    return files;
  }

  public static void main(String[] args) throws IOException {
    long count = Long.parseLong(args[0]);
    long first = Long.parseLong(args[1]);
    Fuzz fuzz = new Fuzz(Files.createTempDirectory("fuzz"), files(Path.of(args[2])));
    AtomicLong current = new AtomicLong(first);
    AtomicLong begun = new AtomicLong(System.currentTimeMillis());
    Thread main = Thread.currentThread();
    Thread watch =
        new Thread(
            () -> {
              while (true) {
                try {
                  Thread.sleep(1000);
                } catch (InterruptedException e) {
                  return;
                }
                if (System.currentTimeMillis() - begun.get() > HANG_MS) {
                  System.out.println("seed " + current + " hangs");
                  Arrays.stream(main.getStackTrace()).limit(12).forEach(System.out::println);
                  System.exit(1);
                }
              }
            });
    watch.setDaemon(true);
    watch.start();
    for (long seed = first; seed < first + count; seed++) {
      current.set(seed);
      begun.set(System.currentTimeMillis());
      fuzz.run(seed);
    }
    System.out.println(
        count
            + " files, "
            + fuzz.accepted
            + " accepted, "
            + fuzz.refused
            + " refused, slowest "
            + fuzz.slowestMs
            + " ms (seed "
            + fuzz.slowestSeed
            + ")");
    fuzz.finds.forEach((kind, times) -> System.out.println(times + " times: " + kind));
    System.exit(fuzz.finds.isEmpty() ? 0 : 1);
  }
}
