package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.InputMapping;
import dev.eddy.avro.ObservationDeserializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.RegistryUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class InputDecoderTest {
  private static final byte[] ANSWER =
      ("{\"schema\": \"{\\\"type\\\": \\\"record\\\", \\\"name\\\": \\\"R\\\", \\\"fields\\\":"
              + " [{\\\"name\\\": \\\"a\\\", \\\"type\\\": \\\"double\\\"}]}\"}")
          .getBytes(StandardCharsets.UTF_8);
  private static final byte[] VALUE =
      ByteBuffer.allocate(13)
          .put((byte) 0)
          .putInt(1)
          .putLong(Long.reverseBytes(Double.doubleToLongBits(1.5)))
          .array();

  /** Statuses that the registry answers with, one after the other; then it has the schema. */
  private final Deque<Integer> faults = new ArrayDeque<>();

  private HttpServer registry;

  @BeforeEach
  void startRegistry() throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/",
        exchange -> {
          Integer fault = faults.size() > 1 ? faults.poll() : faults.peek();
          exchange.sendResponseHeaders(fault, fault == 200 ? ANSWER.length : -1);
          if (fault == 200) {
            exchange.getResponseBody().write(ANSWER);
          }
          exchange.close();
        });
    registry.start();
  }

  @AfterEach
  void stopRegistry() {
    registry.stop(0);
  }

  private InputDecoder decoder(Duration patience, Integer... answers) {
    faults.addAll(List.of(answers));
    String url = "http://127.0.0.1:" + registry.getAddress().getPort();
    return new InputDecoder(
        new ObservationDeserializer(
            InputMapping.of(ChannelSpec.numeric("a", "a")),
            RegistrySettings.of(Map.of("url", url, "max.retries", "0"))),
        patience,
        false);
  }

  @Test
  void shouldWaitForARegistryThatIsAway() {
    try (InputDecoder decoder = decoder(Duration.ofSeconds(15), 503, 503, 200)) {
      assertThat(decoder.deserialize("readings", VALUE).frame()).containsExactly(1.5f);
    }
  }

  @Test
  void shouldGiveUpWhenPatienceEnds() {
    try (InputDecoder decoder = decoder(Duration.ofMillis(200), 503)) {
      assertThatThrownBy(() -> decoder.deserialize("readings", VALUE))
          .isInstanceOf(RegistryUnavailableException.class);
    }
  }

  @Test
  void shouldNotWaitForARegistryThatRefuses() {
    try (InputDecoder decoder = decoder(Duration.ofMinutes(1), 401, 200)) {
      assertThatThrownBy(() -> decoder.deserialize("readings", VALUE))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("401");
    }
  }

  @Test
  void shouldHandOnWhatDoesntDecode() {
    try (InputDecoder decoder = decoder(Duration.ofMinutes(1), 200)) {
      assertThat(decoder.deserialize("readings", new byte[] {1, 2}).fault())
          .hasMessageContaining("has 2 bytes");
    }
  }
}
