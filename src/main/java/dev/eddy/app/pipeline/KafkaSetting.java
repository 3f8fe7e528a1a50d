package dev.eddy.app.pipeline;

import dev.eddy.model.YamlException;
import dev.eddy.model.YamlValue;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;

/** Checks settings of Kafka where they are written, by Kafka's own definitions. */
final class KafkaSetting {
  private static final Map<String, ConfigDef> OF_PREFIX =
      Map.of(
          StreamsConfig.CONSUMER_PREFIX, ConsumerConfig.configDef(),
          StreamsConfig.MAIN_CONSUMER_PREFIX, ConsumerConfig.configDef(),
          StreamsConfig.RESTORE_CONSUMER_PREFIX, ConsumerConfig.configDef(),
          StreamsConfig.GLOBAL_CONSUMER_PREFIX, ConsumerConfig.configDef(),
          StreamsConfig.PRODUCER_PREFIX, ProducerConfig.configDef(),
          StreamsConfig.ADMIN_CLIENT_PREFIX, AdminClientConfig.configDef());

  private static final List<ConfigDef> WITHOUT_PREFIX =
      List.of(
          StreamsConfig.configDef(),
          ConsumerConfig.configDef(),
          ProducerConfig.configDef(),
          AdminClientConfig.configDef());

  private KafkaSetting() {}

  /**
   * One setting; a key that Kafka doesn't know passes, it may be a plug-in's.
   *
   * @throws YamlException naming file, line and key if Kafka doesn't take the value
   */
  static void check(String key, YamlValue value) {
    for (Map.Entry<String, ConfigDef> prefix : OF_PREFIX.entrySet()) {
      if (key.startsWith(prefix.getKey())) {
        check(prefix.getValue(), key.substring(prefix.getKey().length()), value);
        return;
      }
    }
    for (ConfigDef definitions : WITHOUT_PREFIX) {
      if (definitions.configKeys().containsKey(key)) {
        check(definitions, key, value);
        return;
      }
    }
  }

  private static void check(ConfigDef definitions, String name, YamlValue value) {
    ConfigDef.ConfigKey definition = definitions.configKeys().get(name);
    if (definition == null) {
      return;
    }
    String text = value.isNull() ? "" : value.asString();
    try {
      Object parsed = ConfigDef.parseType(name, text, definition.type);
      if (definition.validator != null) {
        definition.validator.ensureValid(name, parsed);
      }
    } catch (ConfigException e) {
      String intro = "Invalid value " + text + " for configuration " + name + ": ";
      String message = String.valueOf(e.getMessage());
      throw value.error(
          message.startsWith(intro)
              ? "\"" + text + "\" is not accepted: " + message.substring(intro.length())
              : message);
    }
  }
}
