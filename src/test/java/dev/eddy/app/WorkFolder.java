package dev.eddy.app;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Makes the folders of integration tests where {@code eddy.work} says, named as the test is. */
final class WorkFolder implements TempDirFactory {
  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test)
      throws Exception {
    Path work = Files.createDirectories(Path.of(System.getProperty("eddy.work", "target/it")));
    return Files.createTempDirectory(work, test.getRequiredTestClass().getSimpleName() + "-");
  }
}
