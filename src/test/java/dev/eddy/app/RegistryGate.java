package dev.eddy.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A port in front of a registry that can be shut and opened again: shut, connections are refused,
 * as those to a registry that is down. (The real one would forget its schemas in a restart.)
 */
final class RegistryGate implements AutoCloseable {
  private final URI registry;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private ServerSocket server;

  /** Opens a gate to the registry at this URL. */
  RegistryGate(String registryUrl) throws IOException {
    this.registry = URI.create(registryUrl);
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.port = server.getLocalPort();
    accept(server);
  }

  String url() {
    return "http://127.0.0.1:" + port + registry.getPath();
  }

  /** Cuts all connections and refuses new ones. */
  void shut() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  void open() throws IOException {
    ServerSocket again = new ServerSocket();
    again.setReuseAddress(true);
    again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    server = again;
    accept(again);
  }

  private void accept(ServerSocket open) {
    background(
        () -> {
          while (true) {
            Socket client = keep(open.accept());
            Socket behind = keep(new Socket(registry.getHost(), registry.getPort()));
            background(() -> copy(client, behind));
            background(() -> copy(behind, client));
          }
        });
  }

  private Socket keep(Socket socket) {
    sockets.add(socket);
    return socket;
  }

  private void copy(Socket from, Socket to) throws IOException {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  /** Until the sockets are closed. */
  private static void background(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException shut) {
                return;
              }
            },
            "registry gate");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    shut();
  }
}
