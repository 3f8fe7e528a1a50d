package dev.eddy.app;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real schema registry (Apicurio) in a process of its own, with everything in memory; its output
 * goes to a file. The build unpacks it into the folder that {@code eddy.registry.home} names. It
 * dies with {@link #close()}, and with this process when that ends in order.
 */
final class RegistryProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PORTS_TO_TRY = 3;

  private final Process process;
  private final int port;
  private final Path log;
  private final Thread endWithUs;

  private RegistryProcess(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
    this.endWithUs = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(endWithUs);
  }

  /** Returns when the registry is healthy; a port that somebody else took is tried elsewhere. */
  static RegistryProcess start() throws IOException, InterruptedException {
    Path log = Files.createTempFile("registry", ".log");
    for (int attempt = 1; ; attempt++) {
      RegistryProcess registry = launch(freePort(), log);
      if (registry.becomesHealthy()) {
        return registry;
      }
      registry.close();
      if (attempt == PORTS_TO_TRY) {
        throw new IOException("the registry did not start:\n" + Files.readString(log));
      }
    }
  }

  /** For {@code schema.registry.url}: Confluent's API. */
  String url() {
    return "http://127.0.0.1:" + port + "/apis/ccompat/v7";
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    try {
      Runtime.getRuntime().removeShutdownHook(endWithUs);
    } catch (IllegalStateException weAreEnding) {
      return;
    }
  }

  private static RegistryProcess launch(int port, Path log) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-Dquarkus.log.level=WARN",
                "-jar",
                runner().toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new RegistryProcess(process, port, log);
  }

  private static Path runner() throws IOException {
    String home = System.getProperty("eddy.registry.home");
    if (home == null) {
      throw new IOException("eddy.registry.home must name the folder of the unpacked registry");
    }
    try (var files = Files.list(Path.of(home))) {
      List<Path> runners =
          files.filter(file -> file.getFileName().toString().endsWith("-runner.jar")).toList();
      if (runners.size() != 1) {
        throw new IOException(home + ": expected one *-runner.jar, found " + runners);
      }
      return runners.get(0).toAbsolutePath();
    }
  }

  /** False as soon as the process has ended or patience has. */
  private boolean becomesHealthy() throws InterruptedException {
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    HttpRequest question =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
            .timeout(Duration.ofSeconds(5))
            .build();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      // Asked first: a healthy answer from this port must not come from somebody else's server.
      if (!process.isAlive()) {
        return false;
      }
      try {
        if (client.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return process.isAlive();
        }
      } catch (IOException notYet) {
        // Not listening yet; asked again below.
      }
      if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return false;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
