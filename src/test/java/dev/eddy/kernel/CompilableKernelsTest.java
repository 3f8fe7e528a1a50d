package dev.eddy.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * HotSpot's first compiler can compile every vector kernel with a profile.
 *
 * <p>It gives up a method that needs more than some ten thousand of its registers, and each
 * multiply-add of the Vector API, with its load, takes more than a hundred. Where the second
 * compiler is busy when such a method gets hot, HotSpot takes code without a profile, waits for one
 * with a profile before it calls the second compiler, and so waits for ever: a step then takes a
 * hundred times as long and allocates every vector.
 */
class CompilableKernelsTest {
  private static final Pattern COMPILED = // with a profile, which is the third level
      Pattern.compile(
          " 3 +dev\\.eddy\\.kernel\\.(?<routine>Vector\\w+::\\w+) \\(\\d+ bytes\\)(?<outcome>.*)");

  private static final Set<String> FOR_WIDE_REGISTERS =
      Set.of("VectorBatchProducts::block4x6", "VectorNarrowProducts::block2by4");

  private static final Set<String> FOR_OTHER_REGISTERS =
      Set.of(
          "VectorBatchProducts::block2x4",
          "VectorNarrowProducts::block4by4First",
          "VectorNarrowProducts::block4by4Second");

  private static final Set<String> tried = new TreeSet<>();
  private static final Set<String> refused = new TreeSet<>();

  /** Compiles each kernel when it is called for the third time, with all that it calls loaded. */
  @BeforeAll
  static void callEachKernel() throws Exception {
    List<String> flags =
        new ArrayList<>(
            List.of(
                "--add-modules=jdk.incubator.vector",
                "-Xmx64m",
                "-Xbatch",
                "-XX:TieredStopAtLevel=3",
                "-XX:Tier0InvokeNotifyFreqLog=0",
                "-XX:Tier3InvocationThreshold=2",
                "-XX:Tier3MinInvocationThreshold=2",
                "-XX:+PrintCompilation",
                "-XX:CompileCommand=quiet",
                "-XX:CompileCommand=compileonly,dev.eddy.kernel.Vector*::*",
                "-XX:CompileCommand=dontinline,dev.eddy.kernel.Vector*::*")); // each on its own
    flags.addAll(ofRegisters());
    for (String line : ChildJvm.run(flags, EachKernel.class)) {
      Matcher matcher = COMPILED.matcher(line);
      if (matcher.find()) {
        boolean skipped = matcher.group("outcome").contains("COMPILE SKIPPED");
        (skipped ? refused : tried).add(matcher.group("routine"));
      }
    }
  }

  /** Flags of this JVM that choose the width of registers. */
  private static List<String> ofRegisters() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.matches("-XX:(UseAVX|UseSVE|MaxVectorSize)=.*"))
        .toList();
  }

  @Test
  void shouldBeCompiledWithAProfile() {
    assertThat(refused).as("too long for the first compiler: shorten or split it").isEmpty();
  }

  /** Or the test above would say nothing of it. */
  @Test
  void shouldAllHaveBeenTried() throws Exception {
    boolean wide = VectorRegisters.FLOATS.length() == Matrix.LINE;
    Set<String> called = kernels();
    called.removeAll(wide ? FOR_OTHER_REGISTERS : FOR_WIDE_REGISTERS);
    assertThat(tried).as("EachKernel calls every routine").containsAll(called);
  }

  /** The routines of all vector classes. */
  private static Set<String> kernels() throws Exception {
    Path classes = Path.of(Kernels.class.getResource("Kernels.class").toURI()).getParent();
    Set<String> routines = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(classes, "Vector*.class")) {
      for (Path file : files) {
        String name = file.getFileName().toString().replace(".class", "");
        for (Method method : Class.forName("dev.eddy.kernel." + name).getDeclaredMethods()) {
          boolean once = method.getName().equals("table"); // when the class is loaded
          if (Modifier.isStatic(method.getModifiers()) && !method.isSynthetic() && !once) {
            routines.add(name + "::" + method.getName());
          }
        }
      }
    }
    return routines;
  }

  /** Runs in the child. */
  static final class EachKernel {
    private static final int COUNT = 7; // vectors; more than go side by side

    public static void main(String[] arguments) {
      Kernels kernels = KernelBackend.find("vector").kernels();
      for (int turn = 0; turn < 4; turn++) {
        callAll(kernels);
      }
    }

    private static void callAll(Kernels kernels) {
      for (int rows : new int[] {4, 8, 16, 32, 64, 128}) {
        multiply(kernels, rows, 9);
      }
      multiply(kernels, 128, 100); // with strips
      for (int length : new int[] {1, 15, 64}) {
        elementWise(kernels, length);
      }
    }

    private static void multiply(Kernels kernels, int rows, int columns) {
      Matrix w = Matrix.ofRows(new float[rows * columns], new float[rows], columns);
      float[] x = new float[COUNT * columns];
      float[] y = new float[COUNT * rows];
      float[] scratch = new float[Kernels.scratchOfAll(columns, COUNT)];
      kernels.affine(w, x, 0, y, 0);
      kernels.affineJoined(w, x, 0, 5, x, 0, y, 0, false, scratch, 0);
      kernels.affineAll(w, x, 0, columns, y, 0, rows, COUNT, scratch, 0);
    }

    private static void elementWise(Kernels kernels, int length) {
      float[] a = new float[4 * length];
      float[] x = new float[length];
      float[] y = new float[length];
      for (Activation.Function function : Activation.Function.values()) {
        kernels.activateInPlace(Activation.of(function), x, 0, length);
      }
      kernels.softmaxInPlace(x, 0, length);
      kernels.copy(x, 0, y, 0, length);
      kernels.multiplyAdd(a, 0, x, 0, y, 0, length);
      kernels.lstmCell(a, 0, x, 0, y, 0, length);
      kernels.gruCell(a, 0, y, 0, length);
    }
  }
}
