package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryFaultsTest {
  private static final byte[] VALUE = MockRegistry.value(7, (byte) 2);
  private static final String RECORD =
      "{\"schema\": \"{\\\"type\\\": \\\"record\\\", \\\"name\\\": \\\"R\\\", \\\"fields\\\":"
          + " [{\\\"name\\\": \\\"x\\\", \\\"type\\\": \\\"int\\\"}]}\"}";

  private static RegistrySettings settings(String url, String... more) {
    Map<String, String> section = new java.util.HashMap<>();
    section.put("url", url);
    section.put("max.retries", "0");
    for (int i = 0; i < more.length; i += 2) {
      section.put(more[i], more[i + 1]);
    }
    return RegistrySettings.of(section);
  }

  private static RegistryUnavailableException unavailable(RecordDeserializer reader) {
    return catchThrowableOfType(
        RegistryUnavailableException.class, () -> reader.deserialize("in", VALUE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          401 | 401   | false | it refuses the credentials (401); check basic.auth.user.info
          403 | 40301 | false | it doesn't permit that (403)
          404 | 404   | false | it has no such page (404); check the path of schema.registry.url
          400 | 400   | false | it answers 400: no; error code: 400
          408 | 408   | true  | it answers 408: no; error code: 408
          429 | 429   | true  | it answers 429: no; error code: 429
          500 | 50001 | true  | it answers 500: no; error code: 50001
          502 | 502   | true  | it answers 502: no; error code: 502
          503 | 503   | true  | it answers 503: no; error code: 503
          504 | 504   | true  | it answers 504: no; error code: 504
          422 | 42201 | false | it answers 422: no; error code: 42201
          """)
  void shouldBlameTheRegistryForItsAnswer(int status, int code, boolean retriable, String found)
      throws Exception {
    try (FakeRegistry fake =
            FakeRegistry.answering(status, "{\"error_code\": " + code + ", \"message\": \"no\"}");
        RecordDeserializer reader = new RecordDeserializer(settings(fake.url()))) {
      RegistryUnavailableException fault = unavailable(reader);
      assertThat(fault)
          .hasMessage(
              "schema registry " + fake.url() + ": asking for schema id 7 failed: " + found);
      assertThat(fault.retriable()).isEqualTo(retriable);
      assertThat(fault.url()).isEqualTo(fake.url());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 500, 502})
  void shouldBlameTheRegistryForPagesThatAreNoAnswer(int status) throws Exception {
    try (FakeRegistry fake = FakeRegistry.answering(status, "<html>\nnot here</html>");
        RecordDeserializer reader = new RecordDeserializer(settings(fake.url()))) {
      assertThat(unavailable(reader).getMessage()).doesNotContain("\n");
    }
  }

  @Test
  void shouldBlameTheRegistryForAnAnswerThatIsNoJson() throws Exception {
    try (FakeRegistry fake = FakeRegistry.answering(200, "<html>log in first</html>");
        RecordDeserializer reader = new RecordDeserializer(settings(fake.url()))) {
      assertThat(unavailable(reader)).hasMessageContaining("JsonParseException");
    }
  }

  @Test
  void shouldBlameTheRegistryWhenNobodyListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String url = "http://127.0.0.1:" + port;
    try (RecordDeserializer reader = new RecordDeserializer(settings(url))) {
      RegistryUnavailableException fault = unavailable(reader);
      assertThat(fault)
          .hasMessageStartingWith(
              "schema registry "
                  + url
                  + ": asking for schema id 7 failed: ConnectException: Connection refused");
      assertThat(fault.retriable()).isTrue();
    }
  }

  @Test
  void shouldBlameTheRegistryWhenItHangsUp() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread rude =
          new Thread(
              () -> {
                try {
                  while (true) {
                    socket.accept().close();
                  }
                } catch (java.io.IOException e) {
                  // closed: the test is over
                }
              });
      rude.setDaemon(true);
      rude.start();
      try (RecordDeserializer reader =
          new RecordDeserializer(settings("http://127.0.0.1:" + socket.getLocalPort()))) {
        assertThat(unavailable(reader).retriable()).isTrue();
      }
    }
  }

  @Test
  void shouldBlameTheRegistryWhenItIsTooSlow() throws Exception {
    try (FakeRegistry fake = FakeRegistry.answering(200, RECORD);
        RecordDeserializer reader =
            new RecordDeserializer(settings(fake.url(), "http.read.timeout.ms", "100"))) {
      fake.delay(600);
      RegistryUnavailableException fault = unavailable(reader);
      assertThat(fault).hasMessageEndingWith("SocketTimeoutException: Read timed out");
      assertThat(fault.retriable()).isTrue();
    }
  }

  @Test
  void shouldBlameTheRegistryWhenItsHostIsUnknown() {
    try (RecordDeserializer reader =
        new RecordDeserializer(settings("http://u:secret@nowhere.invalid"))) {
      assertThat(unavailable(reader))
          .hasMessage(
              "schema registry http://nowhere.invalid: asking for schema id 7 failed:"
                  + " UnknownHostException: nowhere.invalid");
    }
  }

  @Test
  void shouldSendTheCredentials() throws Exception {
    try (FakeRegistry fake = FakeRegistry.answering(200, RECORD)) {
      RegistrySettings inUrl = settings(fake.url().replace("//", "//user:secret@"));
      RegistrySettings bySetting = settings(fake.url(), "basic.auth.user.info", "user:secret");
      for (RegistrySettings settings : List.of(inUrl, bySetting)) {
        try (RecordDeserializer reader = new RecordDeserializer(settings)) {
          assertThat(reader.deserialize("in", VALUE).get("x")).isEqualTo(1);
          assertThat(fake.authorization()).isEqualTo("Basic dXNlcjpzZWNyZXQ=");
        }
      }
    }
  }

  @Test
  void shouldDecodeOnceTheRegistryIsBack() throws Exception {
    try (FakeRegistry fake = FakeRegistry.answering(503, "{\"error_code\": 503}");
        RecordDeserializer reader = new RecordDeserializer(settings(fake.url()))) {
      assertThat(unavailable(reader)).isNotNull();
      fake.answer(200, RECORD);
      GenericRecord record = reader.deserialize("in", VALUE);
      assertThat(record.get("x")).isEqualTo(1);
      int asked = fake.requests();
      fake.answer(500, "");
      assertThat(reader.deserialize("in", VALUE)).isEqualTo(record);
      assertThat(fake.requests()).isEqualTo(asked);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {40401, 40403})
  void shouldBlameTheRecordForAnUnknownIdAndAskOnce(int code) throws Exception {
    try (FakeRegistry fake =
            FakeRegistry.answering(
                404, "{\"error_code\": " + code + ", \"message\": \"Schema not found\"}");
        RecordDeserializer reader = new RecordDeserializer(settings(fake.url()))) {
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> reader.deserialize("in", VALUE))
            .isInstanceOf(BadRecordException.class)
            .hasMessage("value: schema id 7 is not in the registry " + fake.url());
      }
      assertThat(fake.requests()).isEqualTo(1);
    }
  }

  @Test
  void shouldAskAgainForEveryRecordIfToldSo() throws Exception {
    try (FakeRegistry fake =
            FakeRegistry.answering(404, "{\"error_code\": 40403, \"message\": \"no\"}");
        RecordDeserializer reader =
            new RecordDeserializer(settings(fake.url(), "missing.id.cache.ttl.sec", "0"))) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> reader.deserialize("in", VALUE))
            .isInstanceOf(BadRecordException.class);
      }
      assertThat(fake.requests()).isEqualTo(3);
    }
  }

  @Test
  void shouldBlameTheRecordForASchemaThatIsNotAvroAndAskOnce() throws Exception {
    try (FakeRegistry fake =
            FakeRegistry.answering(200, "{\"schemaType\": \"JSON\", \"schema\": \"{}\"}");
        RecordDeserializer reader = new RecordDeserializer(settings(fake.url()))) {
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> reader.deserialize("in", VALUE))
            .isInstanceOf(BadRecordException.class)
            .hasMessage("value: schema id 7 is a JSON schema; accepted: AVRO");
      }
      assertThat(fake.requests()).isEqualTo(1);
    }
  }

  @Test
  void shouldBlameTheRecordForASchemaThatDoesNotParse() throws Exception {
    try (FakeRegistry fake = FakeRegistry.answering(200, "{\"schema\": \"{\\\"type\\\": 5}\"}");
        RecordDeserializer reader = new RecordDeserializer(settings(fake.url()))) {
      assertThatThrownBy(() -> reader.deserialize("in", VALUE))
          .isInstanceOf(BadRecordException.class)
          .hasMessage("value: schema id 7 is not a schema that Avro can parse");
    }
  }

  @Test
  void shouldNotAskForBytesThatAreNotTheFormat() throws Exception {
    try (FakeRegistry fake = FakeRegistry.answering(500, "");
        ObservationDeserializer reader =
            new ObservationDeserializer(
                InputMapping.of(ChannelSpec.numeric("x", "x")), settings(fake.url()))) {
      for (byte[] value : List.of(new byte[3], new byte[] {1, 2, 3, 4, 5, 6})) {
        assertThatThrownBy(() -> reader.deserialize("in", value))
            .isInstanceOf(BadRecordException.class);
      }
      assertThat(reader.deserialize("in", null)).isNull();
      assertThat(fake.requests()).isZero();
    }
  }

  @Test
  void shouldFailTheRegistrationWithOneClearLine() throws Exception {
    ScoreSchema schema = ScoreSchema.of("S", "a.b", List.of(ScoreSchema.Column.ofFloat("x")));
    try (FakeRegistry fake =
            FakeRegistry.answering(
                409,
                "{\"error_code\": 409, \"message\": \"Schema being registered is incompatible\\n"
                    + "with an earlier schema\"}");
        ScoreSerializer writer = new ScoreSerializer(schema, settings(fake.url()))) {
      IncompatibleSchemaException refused =
          catchThrowableOfType(IncompatibleSchemaException.class, () -> writer.register("scores"));
      assertThat(refused)
          .hasMessage(
              "schema registry "
                  + fake.url()
                  + ", subject \"scores-value\": the schema is refused; write to another topic, or"
                  + " change the subject's compatibility; the registry says: Schema being"
                  + " registered is incompatible with an earlier schema; error code: 409");
      assertThat(refused.subject()).isEqualTo("scores-value");

      fake.answer(401, "{\"error_code\": 401, \"message\": \"no\"}");
      assertThatThrownBy(() -> writer.register("scores"))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessage(
              "schema registry "
                  + fake.url()
                  + ": registering a schema under subject \"scores-value\" failed:"
                  + " it refuses the credentials (401); check basic.auth.user.info");
      fake.answer(500, "");
      assertThatThrownBy(() -> writer.register("scores"))
          .isInstanceOf(RegistryUnavailableException.class);
      fake.answer(404, "{\"error_code\": 404, \"message\": \"no\"}");
      assertThatThrownBy(() -> writer.register("scores"))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("check the path of schema.registry.url");
    }
  }

  @Test
  void shouldTakeASchemaThatAnotherInstanceRegistersAtTheSameTime() throws Exception {
    ScoreSchema schema = ScoreSchema.of("S", "a.b", List.of(ScoreSchema.Column.ofFloat("x")));
    try (FakeRegistry fake =
            FakeRegistry.answering(409, "{\"error_code\": 409, \"message\": \"already there\"}");
        ScoreSerializer writer = new ScoreSerializer(schema, settings(fake.url()))) {
      fake.thenAnswer(200, "{\"id\": 1}");
      writer.register("scores");
      assertThat(fake.requests()).isEqualTo(2);
    }
  }
}
