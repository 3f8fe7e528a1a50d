package dev.eddy.app.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * Server sockets on free ports of the loopback interface, bound before Kafka is configured, and the
 * factory that hands them to Kafka. The first request for a port gets the bound socket; Kafka owns
 * it from then on.
 */
final class LoopbackPorts implements ServerSocketFactory, AutoCloseable {
  static final String HOST = "127.0.0.1";
  private static final int BACKLOG = 50;

  private final Map<String, Integer> ports = new HashMap<>();
  private final Map<Integer, ServerSocketChannel> waiting = new HashMap<>();

  private LoopbackPorts() {}

  /**
   * One port for each listener name.
   *
   * @param first port of the first one; 0 for any that is free, as the others have
   */
  static LoopbackPorts bind(int first, String... listeners) throws IOException {
    LoopbackPorts bound = new LoopbackPorts();
    int port = first;
    try {
      for (String listener : listeners) {
        bound.bindOne(listener, port);
        port = 0;
      }
    } catch (IOException e) {
      bound.close();
      throw new IOException(
          (port == 0 ? "no free port on " + HOST : HOST + ":" + port + " can't be listened at")
              + ": "
              + e.getMessage(),
          e);
    }
    return bound;
  }

  String address(String listener) {
    return HOST + ":" + ports.get(listener);
  }

  InetSocketAddress socketAddress(String listener) {
    return new InetSocketAddress(HOST, ports.get(listener));
  }

  @Override
  public synchronized ServerSocketChannel openServerSocket(
      String listener, InetSocketAddress address, int backlog, int receiveBuffer)
      throws IOException {
    ServerSocketChannel channel = waiting.remove(address.getPort());
    if (channel == null) {
      throw new IOException("listener " + listener + ": " + address + " was not bound beforehand");
    }
    channel.configureBlocking(false);
    return channel;
  }

  /** Closes what Kafka has not taken. */
  @Override
  public synchronized void close() throws IOException {
    for (ServerSocketChannel channel : waiting.values()) {
      channel.close();
    }
    waiting.clear();
  }

  private void bindOne(String listener, int wanted) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(new InetSocketAddress(InetAddress.getByName(HOST), wanted), BACKLOG);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    int port = channel.socket().getLocalPort();
    ports.put(listener, port);
    waiting.put(port, channel);
  }
}
