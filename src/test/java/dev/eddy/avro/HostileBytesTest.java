package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileBytesTest {
  private final MockRegistry registry = new MockRegistry();
  private final RecordDeserializer reader = new RecordDeserializer(registry.settings());

  @AfterEach
  void dropRegistry() {
    reader.close();
    registry.close();
  }

  private int schemaWith(String fieldType) throws Exception {
    return registry.register("in", schema(fieldType));
  }

  private static Schema schema(String fieldType) {
    return new Schema.Parser()
        .parse(
            "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"x\", \"type\": "
                + fieldType
                + "}]}");
  }

  private static byte[] longs(long... values) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    for (long value : values) {
      encoder.writeLong(value);
    }
    return out.toByteArray();
  }

  private void assertBad(byte[] value, String message) {
    assertThatThrownBy(() -> reader.deserialize("in", value))
        .isInstanceOf(BadRecordException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldRefuseWhatHasNotTheFormat() {
    String accepted = "; accepted: a 0 byte, a schema id of 4 bytes, then Avro binary";
    assertBad(new byte[0], "value: has 0 bytes" + accepted);
    assertBad(new byte[4], "value: has 4 bytes" + accepted);
    assertBad("{\"temp\": 5}".getBytes(), "value: starts with byte 0x7b" + accepted);
  }

  @Test
  void shouldRefuseRandomBytes() throws Exception {
    long seed = 20260301;
    Random random = new Random(seed);
    int[] ids = {
      schemaWith("\"string\""),
      registry.register("a", schema("{\"type\": \"array\", \"items\": [\"null\", \"string\"]}")),
      registry.register("b", schema("{\"type\": \"map\", \"values\": \"bytes\"}")),
    };
    int bad = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      byte[] value = i % 4 == 3 ? bytes : MockRegistry.value(ids[i % 4], bytes);
      try {
        assertThat(reader.deserialize("in", value)).isNotNull();
      } catch (BadRecordException e) {
        assertThat(e.getMessage()).as("seed %d, record %d", seed, i).doesNotContain("\n");
        bad++;
      }
    }
    assertThat(bad).isGreaterThan(2_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"string\"",
        "\"bytes\"",
        "{\"type\": \"array\", \"items\": \"double\"}",
        "{\"type\": \"array\", \"items\": \"string\"}",
        "{\"type\": \"map\", \"values\": \"long\"}"
      })
  void shouldRefuseLengthsThatTheBytesDoNotHaveWithoutTakingMemory(String type) throws Exception {
    int id = schemaWith(type);
    assertBad(MockRegistry.value(id, longs(4)), "does not decode with schema id " + id);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    for (long claim :
        new long[] {2_000_000_000L, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE, -1, -(1L << 40)}) {
      long before = threads.getCurrentThreadAllocatedBytes();
      assertBad(MockRegistry.value(id, longs(claim)), "does not decode with schema id " + id);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4_000_000);
    }
    assertBad(
        MockRegistry.value(id, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}),
        "does not decode with schema id " + id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\": \"array\", \"items\": \"null\"}",
        "{\"type\": \"array\", \"items\": {\"type\": \"record\", \"name\": \"E\", \"fields\": []}}",
        "{\"type\": \"fixed\", \"name\": \"F\", \"size\": 2147483639}"
      })
  void shouldRefuseTypesThatTakeMemoryWithoutBytes(String type) throws Exception {
    int id = schemaWith(type);
    assertBad(
        MockRegistry.value(id, longs(2_000_000_000L, 0)), "does not decode with schema id " + id);
  }

  @Test
  void shouldRefuseBranchesAndSymbolsThatAreNotThere() throws Exception {
    int union = schemaWith("[\"null\", \"long\"]");
    assertBad(MockRegistry.value(union, longs(7)), "does not decode with schema id " + union);
    assertBad(MockRegistry.value(union, longs(-1)), "does not decode with schema id " + union);
    int symbol =
        registry.register(
            "e", schema("{\"type\": \"enum\", \"name\": \"E\", \"symbols\": [\"A\"]}"));
    assertBad(MockRegistry.value(symbol, longs(9)), "does not decode with schema id " + symbol);
    assertBad(MockRegistry.value(symbol, longs(-9)), "does not decode with schema id " + symbol);
  }

  @Test
  void shouldRefuseRecordsNestedTooDeep() throws Exception {
    int id = schemaWith("[\"null\", \"R\"]");
    byte[] deep = new byte[3_000_000];
    Arrays.fill(deep, (byte) 2);
    assertBad(MockRegistry.value(id, deep), "is nested too deep");
    assertThat(reader.deserialize("in", MockRegistry.value(id, longs(1, 1, 0)))).isNotNull();
  }

  @Test
  void shouldRefuseARecordThatContainsItself() throws Exception {
    int id = schemaWith("\"R\"");
    assertBad(MockRegistry.value(id, longs(1)), "does not decode with schema id " + id);
  }
}
