package dev.eddy.avro;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry that gives every request the same answer, and counts them. */
final class FakeRegistry implements AutoCloseable {
  private final HttpServer server;
  private final AtomicInteger requests = new AtomicInteger();
  private volatile int status;
  private volatile String body;
  private volatile long delayMs;
  private volatile String authorization;
  private volatile Runnable afterAnswer = () -> {};

  private FakeRegistry(HttpServer server) {
    this.server = server;
  }

  static FakeRegistry answering(int status, String body) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FakeRegistry fake = new FakeRegistry(server);
    fake.answer(status, body);
    server.createContext(
        "/",
        exchange -> {
          fake.requests.incrementAndGet();
          fake.authorization = exchange.getRequestHeaders().getFirst("Authorization");
          exchange.getRequestBody().readAllBytes();
          try {
            Thread.sleep(fake.delayMs);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          byte[] bytes = fake.body.getBytes(StandardCharsets.UTF_8);
          exchange
              .getResponseHeaders()
              .add("Content-Type", "application/vnd.schemaregistry.v1+json");
          exchange.sendResponseHeaders(fake.status, bytes.length == 0 ? -1 : bytes.length);
          fake.afterAnswer.run(); // before the last byte, so that it counts for the next request
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    return fake;
  }

  void answer(int status, String body) {
    this.status = status;
    this.body = body;
  }

  /** After the next answer comes this one, from then on. */
  void thenAnswer(int status, String body) {
    afterAnswer = () -> answer(status, body);
  }

  void delay(long delayMs) {
    this.delayMs = delayMs;
  }

  int requests() {
    return requests.get();
  }

  /** Of the last request; null if it had none. */
  String authorization() {
    return authorization;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
