package dev.eddy.kernel;

import java.lang.reflect.Constructor;
import java.util.Locale;

/**
 * The one look-up of a backend.
 *
 * @param kernels what to compute with; shared by all threads
 * @param note one line for the user when a choice was made for them, else empty
 */
public record KernelBackend(Kernels kernels, String note) {

  /**
   * The system property with the choice: {@code scalar}, {@code vector} or {@code auto} (the
   * default).
   */
  public static final String PROPERTY = "eddy.kernels";

  private static final String FLAG = "--add-modules jdk.incubator.vector";
  private static final String MODULE = "jdk.incubator.vector";

  /**
   * Finds the backend that a word names.
   *
   * <p>A JVM started without the Vector API module is not damage: {@code auto} falls back to the
   * scalar kernels with a note that names the flag. Anything else that goes wrong is an error.
   *
   * @param choice {@code scalar}, {@code vector} or {@code auto}
   * @throws IllegalArgumentException for another word, and for {@code vector} without the module
   */
  public static KernelBackend find(String choice) {
    return switch (choice.toLowerCase(Locale.ROOT)) {
      case "scalar" -> new KernelBackend(new ScalarKernels(), "");
      case "vector" -> {
        if (!modulePresent()) {
          throw new IllegalArgumentException(
              PROPERTY
                  + "=vector needs the JVM flag "
                  + FLAG
                  + "; add it, or choose auto or scalar");
        }
        yield new KernelBackend(vector(), "");
      }
      case "auto" ->
          modulePresent()
              ? new KernelBackend(vector(), "")
              : new KernelBackend(
                  new ScalarKernels(),
                  "scalar kernels: for the faster vector kernels start java with " + FLAG);
      default ->
          throw new IllegalArgumentException(
              PROPERTY + ": \"" + choice + "\" is not a backend; accepted: scalar, vector, auto");
    };
  }

  /**
   * The backend that the system property {@value #PROPERTY} names, {@code auto} where it is not
   * set.
   */
  public static KernelBackend find() {
    return find(System.getProperty(PROPERTY, "auto"));
  }

  private static boolean modulePresent() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  private static Kernels vector() {
    try {
      Constructor<?> constructor =
          Class.forName("dev.eddy.kernel.VectorKernels").getDeclaredConstructor();
      return (Kernels) constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "the module " + MODULE + " is there, but the vector kernels don't start: " + e, e);
    }
  }
}
