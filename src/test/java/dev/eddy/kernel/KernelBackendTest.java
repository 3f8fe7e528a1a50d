package dev.eddy.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class KernelBackendTest {

  /** The build runs the suite once on each backend; this is what tells that it does. */
  @Test
  void shouldRunTheSuiteOnTheBackendThatTheBuildNames() {
    String named = System.getProperty(KernelBackend.PROPERTY);
    assertThat(named)
        .as("system property " + KernelBackend.PROPERTY + ", set by the build")
        .isIn("vector", "scalar");
    KernelBackend backend = KernelBackend.find();
    assertThat(backend.kernels().name()).startsWith(named);
    assertThat(backend.note()).isEmpty();
  }

  @Test
  void shouldPreferTheVectorKernelsWhereTheModuleIs() {
    KernelBackend backend = KernelBackend.find("auto");
    assertThat(backend.kernels().name()).matches("vector \\(\\d+ bits\\)");
    assertThat(backend.note()).isEmpty();
    assertThat(KernelBackend.find("Vector").kernels().name()).startsWith("vector");
  }

  @Test
  void shouldTakeTheScalarKernelsWhereTheyAreNamed() {
    assertThat(KernelBackend.find("scalar").kernels().name()).isEqualTo("scalar");
    assertThat(KernelBackend.find("scalar").note()).isEmpty();
  }

  @Test
  void shouldRefuseAnotherWord() {
    assertThatThrownBy(() -> KernelBackend.find("gpu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("eddy.kernels: \"gpu\" is not a backend; accepted: scalar, vector, auto");
  }

  @Test
  void shouldFallBackWithOneLineWithoutTheModule() throws Exception {
    assertThat(inAJvmWithoutTheModule("auto"))
        .containsExactly(
            "scalar",
            "scalar kernels: for the faster vector kernels start java with --add-modules"
                + " jdk.incubator.vector");
  }

  @Test
  void shouldFailWithOneLineWhereVectorIsAskedForWithoutTheModule() throws Exception {
    assertThat(inAJvmWithoutTheModule("vector"))
        .containsExactly(
            "eddy.kernels=vector needs the JVM flag --add-modules jdk.incubator.vector; add it, or"
                + " choose auto or scalar");
  }

  /** Runs in the child. */
  static final class Child {
    public static void main(String[] arguments) {
      try {
        KernelBackend backend = KernelBackend.find(arguments[0]);
        System.out.println(backend.kernels().name());
        System.out.println(backend.note());
      } catch (IllegalArgumentException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static List<String> inAJvmWithoutTheModule(String choice) throws Exception {
    return ChildJvm.run(List.of("-Xmx64m"), Child.class, choice);
  }
}
