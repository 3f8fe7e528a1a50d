package dev.eddy.app.embedded;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An embedded broker in a JVM of its own, which ends with this one. */
public final class BrokerInAChild implements AutoCloseable {
  private final Process process;
  private final String bootstrapServers;

  private BrokerInAChild(Process process, String bootstrapServers) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
  }

  public static BrokerInAChild start(Path folder) throws IOException {
    List<String> command = new ArrayList<>();
    if (File.separatorChar == '/') {
      // A terminal's Ctrl-C reaches the child too; who started it still needs it for an orderly
      // end.
      command.addAll(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            BrokerInAChild.class.getName(),
            folder.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    String address = out.readLine();
    if (address == null) {
      process.destroyForcibly();
      throw new IOException("the child ended before its broker was up");
    }
    return new BrokerInAChild(process, address);
  }

  public String bootstrapServers() {
    return bootstrapServers;
  }

  long pid() {
    return process.pid();
  }

  /** Kills the child at once; nothing of it gets to run any more. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** The child: says where its broker is, then waits until its parent has gone or kills it. */
  public static void main(String[] args) throws IOException {
    EmbeddedBroker broker = EmbeddedBroker.start(Path.of(args[0]));
    System.out.println(broker.bootstrapServers());
    System.in.read();
    broker.close();
  }
}
