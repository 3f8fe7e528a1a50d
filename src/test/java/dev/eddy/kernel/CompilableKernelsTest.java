package dev.eddy.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * HotSpot's first compiler can compile every vector kernel with a profile.
 *
 * <p>It gives up a method that needs more than some ten thousand of its registers, and each
 * operation of the Vector API takes a hundred and more. Where the second compiler is busy when such
 * a method gets hot, HotSpot takes code without a profile, waits for one with a profile before it
 * calls the second compiler, and so waits for ever: a step then takes a hundred times as long and
 * allocates every vector.
 */
class CompilableKernelsTest {
  private static final Pattern COMPILED =
      Pattern.compile("(?<method>Vector\\w+::\\w+) \\(\\d+ bytes\\)(?<outcome>.*)");

  private static final Set<String> FOR_WIDE_REGISTERS =
      Set.of("VectorBatchProducts::block4x6", "VectorNarrowProducts::block2by4");

  private static final Set<String> FOR_OTHER_REGISTERS =
      Set.of(
          "VectorBatchProducts::block2x4",
          "VectorNarrowProducts::block4by4First",
          "VectorNarrowProducts::block4by4Second");

  private static final Set<String> compiled = new TreeSet<>();
  private static final Set<String> refused = new TreeSet<>();

  /** Compiles each kernel when it is first called, by the first compiler with a profile. */
  @BeforeAll
  static void callEachKernel() throws Exception {
    List<String> flags =
        List.of(
            "--add-modules=jdk.incubator.vector",
            "-Xmx64m",
            "-Xcomp",
            "-XX:TieredStopAtLevel=3",
            "-XX:+PrintCompilation",
            "-XX:CompileCommand=quiet",
            "-XX:CompileCommand=compileonly,dev.eddy.kernel.Vector*::*",
            "-XX:CompileCommand=dontinline,dev.eddy.kernel.Vector*::*"); // each on its own
    for (String line : ChildJvm.run(flags, EachKernel.class)) {
      var matcher = COMPILED.matcher(line);
      if (matcher.find()) {
        boolean skipped = matcher.group("outcome").contains("COMPILE SKIPPED");
        (skipped ? refused : compiled).add(matcher.group("method"));
      }
    }
  }

  @Test
  void shouldBeCompiledWithAProfile() {
    assertThat(refused).as("too long for the first compiler: shorten or split it").isEmpty();
  }

  /** Or the test above would say nothing of it. */
  @Test
  void shouldAllHaveBeenCalled() {
    boolean wide = VectorRegisters.FLOATS.length() == Matrix.LINE;
    Set<String> called = kernels();
    called.removeAll(wide ? FOR_OTHER_REGISTERS : FOR_WIDE_REGISTERS);
    assertThat(compiled).as("EachKernel calls every routine").containsAll(called);
  }

  private static Set<String> kernels() {
    return Stream.of(
            VectorProducts.class,
            VectorNarrowProducts.class,
            VectorSmallProducts.class,
            VectorBatchProducts.class,
            VectorActivations.class,
            VectorPlainFunctions.class,
            VectorCells.class)
        .flatMap(type -> Stream.of(type.getDeclaredMethods()))
        .filter(method -> !method.isSynthetic())
        .filter(CompilableKernelsTest::isCalledByKernels)
        .map(method -> method.getDeclaringClass().getSimpleName() + "::" + method.getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Tables are made once, when a class is loaded. */
  private static boolean isCalledByKernels(Method method) {
    return !method.getName().equals("table");
  }

  /** Runs in the child. */
  static final class EachKernel {
    private static final int COUNT = 7; // vectors; more than go side by side

    public static void main(String[] arguments) {
      Kernels kernels = KernelBackend.find("vector").kernels();
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
