package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrySettingsTest {
  @Test
  void shouldTakeTheUrlWithAndWithoutPrefix() {
    for (String key : new String[] {"url", "schema.registry.url"}) {
      RegistrySettings settings = RegistrySettings.of(Map.of(key, " http://h:8081 "));
      assertThat(settings.url()).isEqualTo("http://h:8081");
      assertThat(settings.forSerde()).containsEntry("schema.registry.url", "http://h:8081");
    }
  }

  @Test
  void shouldPassEverythingThrough() {
    RegistrySettings settings =
        RegistrySettings.of(
            Map.of(
                "url", "https://h",
                "basic.auth.credentials.source", "USER_INFO",
                "basic.auth.user.info", "u:secret",
                "ssl.truststore.location", "/t",
                "schema.registry.ssl.keystore.location", "/k",
                "auto.register.schemas", "false",
                "value.subject.name.strategy", "x.Y"));
    assertThat(settings.forSerde())
        .containsEntry("basic.auth.credentials.source", "USER_INFO")
        .containsEntry("basic.auth.user.info", "u:secret")
        .containsEntry("schema.registry.ssl.truststore.location", "/t")
        .containsEntry("schema.registry.ssl.keystore.location", "/k")
        .containsEntry("auto.register.schemas", "false")
        .containsEntry("value.subject.name.strategy", "x.Y")
        .containsEntry("specific.avro.reader", "false");
    assertThat(settings.toString()).doesNotContain("secret");
  }

  @Test
  void shouldGiveTheTypesThatTheClientCastsTo() {
    assertThat(RegistrySettings.at("http://h").forSerde())
        .containsEntry("missing.id.cache.ttl.sec", 10L)
        .containsEntry("http.read.timeout.ms", "10000");
    assertThat(
            RegistrySettings.of(
                    Map.of(
                        "url", "http://h",
                        "schema.registry.missing.id.cache.ttl.sec", "60",
                        "missing.cache.size", "5",
                        "http.read.timeout.ms", "1"))
                .forSerde())
        .containsEntry("missing.id.cache.ttl.sec", 60L)
        .containsEntry("missing.cache.size", 5)
        .containsEntry("http.read.timeout.ms", "1")
        .doesNotContainKey("schema.registry.missing.id.cache.ttl.sec");
    assertThatThrownBy(() -> RegistrySettings.of(Map.of("url", "http://h", "max.retries", "many")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("schema.registry.max.retries: \"many\" is not a whole number");
  }

  @Test
  void shouldSayThatTheUrlIsMissing() {
    assertThatThrownBy(() -> RegistrySettings.of(Map.of("max.retries", "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "schema.registry.url is missing; write url: http://HOST:8081,"
                + " or url: mock://NAME for a registry inside this process");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:8081",
        "ftp://h",
        "http://",
        "http://a b",
        "mock://a,http://b",
        "http://a,"
      })
  void shouldRefuseWhatIsNoUrl(String url) {
    assertThatThrownBy(() -> RegistrySettings.at(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("schema.registry.url: \"")
        .hasMessageContaining("is not a registry's URL; write http://HOST:8081");
  }

  @Test
  void shouldAcceptSeveralUrlsAndShowNoCredentials() {
    RegistrySettings settings = RegistrySettings.at("http://u:secret@a:1, https://b");
    assertThat(settings.url()).isEqualTo("http://a:1, https://b");
    assertThat(settings.forSerde().get("schema.registry.url")).asString().contains("secret");
    assertThatThrownBy(() -> RegistrySettings.at("ftp://u:secret@a"))
        .hasMessageNotContaining("secret");
  }

  @Test
  void shouldMoveCredentialsOutOfTheUrl() {
    assertThat(RegistrySettings.at("http://u:secret@a:1").forSerde())
        .containsEntry("schema.registry.url", "http://a:1")
        .containsEntry("basic.auth.user.info", "u:secret")
        .containsEntry("basic.auth.credentials.source", "USER_INFO");
    assertThat(
            RegistrySettings.of(Map.of("url", "http://a", "basic.auth.user.info", "u:secret"))
                .forSerde())
        .containsEntry("basic.auth.credentials.source", "USER_INFO");
    assertThat(RegistrySettings.at("http://a").forSerde())
        .doesNotContainKey("basic.auth.credentials.source");
  }
}
