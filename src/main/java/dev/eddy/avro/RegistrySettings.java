package dev.eddy.avro;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the schema registry is and how it is spoken to: the settings of Confluent's serializers and
 * deserializers, checked.
 *
 * <p>Every setting of theirs passes through: {@code basic.auth.credentials.source}, {@code
 * basic.auth.user.info}, {@code auto.register.schemas}, {@code use.latest.version}, {@code
 * value.subject.name.strategy} and so on. {@code url} and {@code ssl.*} may be written with or
 * without {@code schema.registry.} before them. {@code mock://NAME} is a registry inside this
 * process.
 *
 * <p>Set here unless given:
 *
 * <table>
 * <caption>Defaults</caption>
 * <tr><td>{@code http.connect.timeout.ms}, {@code http.read.timeout.ms}</td><td>10,000 each
 *     (theirs: 60,000): with {@code max.retries} 3, an answer or a fault comes well before Kafka
 *     takes the consumer for dead</td></tr>
 * <tr><td>{@code missing.id.cache.ttl.sec}</td><td>10 (theirs: 0, a request for every record): how
 *     long an unknown schema id stays unknown without asking again</td></tr>
 * </table>
 *
 * <p>{@code basic.auth.user.info} is enough for it to be used; and {@code user:password@} in a
 * single URL is moved there, because the client logs the URL. Immutable. {@link #toString} shows no
 * secret.
 */
public final class RegistrySettings {
  private static final String PREFIX = "schema.registry.";
  private static final String URL = PREFIX + "url";
  private static final String CREDENTIALS_SOURCE = "basic.auth.credentials.source";
  private static final String USER_INFO = "basic.auth.user.info";

  private final Map<String, Object> settings;
  private final String url;

  private RegistrySettings(Map<String, Object> settings, String url) {
    this.settings = Map.copyOf(settings);
    this.url = url;
  }

  /**
   * Takes the {@code schema.registry} section of a configuration.
   *
   * @throws IllegalArgumentException if the URL is missing or is none, or a number isn't one
   */
  public static RegistrySettings of(Map<String, String> section) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("http.connect.timeout.ms", "10000");
    settings.put("http.read.timeout.ms", "10000");
    settings.put("missing.id.cache.ttl.sec", 10L);
    section.forEach(
        (key, value) -> {
          if (value == null) {
            throw new IllegalArgumentException(PREFIX + key + " has no value");
          }
          String name = name(key);
          settings.put(name, typed(name, value.strip()));
        });
    String url = checkedUrl((String) settings.get(URL));
    moveCredentials(settings, url);
    return new RegistrySettings(settings, url);
  }

  /** Out of the URL, which the client writes to the log. */
  private static void moveCredentials(Map<String, Object> settings, String withoutCredentials) {
    String url = (String) settings.get(URL);
    int at = url.indexOf('@');
    boolean inUrl = "URL".equals(settings.getOrDefault(CREDENTIALS_SOURCE, "URL"));
    if (inUrl && at >= 0 && !url.contains(",") && !settings.containsKey(USER_INFO)) {
      settings.put(URL, withoutCredentials);
      settings.put(USER_INFO, url.substring(url.indexOf("//") + 2, at));
      settings.put(CREDENTIALS_SOURCE, "USER_INFO");
    } else if (settings.containsKey(USER_INFO)) {
      settings.putIfAbsent(CREDENTIALS_SOURCE, "USER_INFO");
    }
  }

  /** The registry at this URL, nothing else set. */
  public static RegistrySettings at(String url) {
    return of(Map.of("url", url));
  }

  private static String name(String key) {
    if (key.equals("url") || key.startsWith("ssl.")) {
      return PREFIX + key;
    }
    // The client looks these up under their bare names only.
    String bare = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key;
    return bare.startsWith("missing.") || bare.startsWith("http.") ? bare : key;
  }

  /** The client casts these instead of parsing them. */
  private static Object typed(String name, String value) {
    try {
      return switch (name) {
        case "missing.id.cache.ttl.sec",
            "missing.version.cache.ttl.sec",
            "missing.schema.cache.ttl.sec" ->
            Long.valueOf(value);
        case "missing.cache.size" -> Integer.valueOf(value);
        case "bearer.auth.cache.expiry.buffer.seconds" -> Short.valueOf(value);
        case "http.connect.timeout.ms",
            "http.read.timeout.ms",
            "max.retries",
            "retries.wait.ms",
            "retries.max.wait.ms",
            "max.schemas.per.subject",
            "latest.cache.ttl.sec",
            "latest.cache.size" ->
            String.valueOf(Integer.parseInt(value));
        default -> value;
      };
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          PREFIX + name + ": " + Quoted.text(value) + " is not a whole number", e);
    }
  }

  private static String checkedUrl(String urls) {
    if (urls == null || urls.isEmpty()) {
      throw new IllegalArgumentException(
          "schema.registry.url is missing; write url: http://HOST:8081,"
              + " or url: mock://NAME for a registry inside this process");
    }
    boolean mock = urls.startsWith("mock://");
    for (String each : urls.split(",", -1)) {
      String url = each.strip();
      if (!isUrl(url) || url.startsWith("mock://") != mock) {
        throw new IllegalArgumentException(
            "schema.registry.url: "
                + Quoted.text(withoutCredentials(url))
                + " is not a registry's URL; write http://HOST:8081, https://HOST or mock://NAME,"
                + " several http ones with commas between");
      }
    }
    return withoutCredentials(urls);
  }

  private static boolean isUrl(String url) {
    try {
      String scheme = new URI(url).getScheme();
      boolean known = "http".equals(scheme) || "https".equals(scheme) || "mock".equals(scheme);
      return known && url.length() > scheme.length() + 3 && url.startsWith(scheme + "://");
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String withoutCredentials(String url) {
    return url.replaceAll("//[^/,]*@", "//");
  }

  /** The URL or URLs as configured, without credentials: for messages. */
  public String url() {
    return url;
  }

  /**
   * The settings as Confluent's serializers and deserializers take them, secrets included. Generic
   * records are always asked for.
   */
  public Map<String, Object> forSerde() {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("specific.avro.reader", "false");
    all.put("schema.reflection", "false");
    return all;
  }

  @Override
  public String toString() {
    return "schema registry " + url;
  }
}
