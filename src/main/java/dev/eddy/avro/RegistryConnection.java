package dev.eddy.avro;

import io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClientFactory;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializerConfig;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The registry client, with its faults told apart where they arise.
 *
 * <p>Confluent's deserializer wraps whatever happens, an unreachable registry as well as bytes that
 * don't decode, in exceptions that differ by their English text only: an {@link IOException} of the
 * network and an {@link java.io.EOFException} of the Avro decoder both come as {@code
 * SerializationException} with an {@code IOException} inside. So the client that it is given throws
 * {@link RegistryUnavailableException} itself, which then is found in the chain of causes. It is a
 * dynamic proxy, since the interface has dozens of methods of which none matters here.
 *
 * <p>What remains a {@link RestClientException} is an answer about a schema: not found (404 with an
 * error code of the registry; a bare 404 is a wrong URL), in conflict (409), invalid (422).
 */
final class RegistryConnection implements InvocationHandler {
  private static final int MAX_FOREIGN_IDS = 10_000;
  private static final int MAX_KNOWN_IDS = 10_000;
  private static final String UNPARSED = "Invalid schema ";

  private final SchemaRegistryClient client;
  private final String url;

  /**
   * Schema ids that aren't Avro, so that they are asked for once; an id never changes its schema.
   */
  private final Map<Integer, BadRecordException> foreign = new ConcurrentHashMap<>();

  /** What an id was asked for, and under which subject; null for none. */
  private record Asked(String method, String subject, int id) {}

  /**
   * Schemas by id. The client has such a map too, but that one counts all its entries whenever it
   * is asked, and it is asked for every record.
   */
  private final Map<Asked, Object> known = new ConcurrentHashMap<>();

  private RegistryConnection(SchemaRegistryClient client, String url) {
    this.client = client;
    this.url = url;
  }

  static SchemaRegistryClient open(RegistrySettings settings) {
    KafkaAvroDeserializerConfig config = new KafkaAvroDeserializerConfig(settings.forSerde());
    SchemaRegistryClient client =
        SchemaRegistryClientFactory.newClient(
            config.getSchemaRegistryUrls(),
            config.getMaxSchemasPerSubject(),
            List.of(new AvroSchemaProvider()),
            config.originalsWithPrefix(""),
            config.requestHeaders());
    return (SchemaRegistryClient)
        Proxy.newProxyInstance(
            RegistryConnection.class.getClassLoader(),
            new Class<?>[] {SchemaRegistryClient.class},
            new RegistryConnection(client, settings.url()));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
    Integer id = schemaId(method, args);
    Asked asked = asked(method, args, id);
    if (asked != null) {
      Object schema = known.get(asked);
      if (schema != null) {
        return schema;
      }
    }
    if (id != null && !foreign.isEmpty() && foreign.containsKey(id)) {
      throw foreign.get(id);
    }
    try {
      Object answer = ask(method, args);
      if (asked != null && answer != null && known.size() < MAX_KNOWN_IDS) {
        known.put(asked, answer);
      }
      return answer;
    } catch (InvocationTargetException e) {
      throw fault(e.getCause(), method, args, id);
    }
  }

  /**
   * Asks once more where a registration is in conflict: of several instances that register the same
   * schema at the same time, some registries take one and answer the others that it is there. What
   * really doesn't fit is refused again.
   */
  private Object ask(Method method, Object[] args)
      throws IllegalAccessException, InvocationTargetException {
    try {
      return method.invoke(client, args);
    } catch (InvocationTargetException e) {
      if (method.getName().startsWith("register")
          && e.getCause() instanceof RestClientException answer
          && answer.getStatus() == 409) {
        return method.invoke(client, args);
      }
      throw e;
    }
  }

  private Throwable fault(Throwable cause, Method method, Object[] args, Integer id) {
    if (cause instanceof RestClientException answer) {
      return aboutSchema(answer)
          ? answer
          : unavailable(answer, url, doing(method.getName(), args, id));
    }
    String message = String.valueOf(Quoted.root(cause).getMessage());
    if (id != null && message.startsWith(UNPARSED)) {
      return notAvro(id, message);
    }
    if (cause instanceof IOException io) {
      return new RegistryUnavailableException(
          url, doing(method.getName(), args, id), Quoted.rootCause(io), true, io);
    }
    return cause;
  }

  /** The client's message ends in the schema's type, if that is what it can't take. */
  private BadRecordException notAvro(int id, String message) {
    String type = message.substring(message.lastIndexOf(' ') + 1);
    BadRecordException bad =
        new BadRecordException(
            type.equals("AVRO") || type.equals("null")
                ? "value: schema id " + id + " is not a schema that Avro can parse"
                : "value: schema id " + id + " is a " + type + " schema; accepted: AVRO");
    if (foreign.size() < MAX_FOREIGN_IDS) {
      foreign.put(id, bad);
    }
    return bad;
  }

  private static Integer schemaId(Method method, Object[] args) {
    return switch (method.getName()) {
      case "getSchemaBySubjectAndId", "getBySubjectAndId" -> (Integer) args[1];
      case "getSchemaById", "getById" -> (Integer) args[0];
      default -> null;
    };
  }

  /** Null where the answer is no schema, or depends on more than subject and id. */
  private static Asked asked(Method method, Object[] args, Integer id) {
    return switch (method.getName()) {
      case "getSchemaBySubjectAndId" ->
          args.length == 2 ? new Asked(method.getName(), (String) args[0], id) : null;
      case "getSchemaById" -> args.length == 1 ? new Asked(method.getName(), null, id) : null;
      default -> null;
    };
  }

  private static String doing(String method, Object[] args, Integer id) {
    if (id != null) {
      return "asking for schema id " + id;
    }
    String subject =
        args != null && args.length > 0 && args[0] instanceof String name
            ? " subject \"" + name + "\""
            : " it";
    return (method.startsWith("register") ? "registering a schema under" : "asking for") + subject;
  }

  private static boolean aboutSchema(RestClientException answer) {
    return notFound(answer) || answer.getStatus() == 409 || answer.getStatus() == 422;
  }

  /** The registry's own 404: of a subject, a version or a schema. */
  static boolean notFound(RestClientException answer) {
    return answer.getStatus() == 404 && answer.getErrorCode() / 100 == 404;
  }

  static RegistryUnavailableException unavailable(
      RestClientException answer, String url, String doing) {
    int status = answer.getStatus();
    boolean retriable = status == 408 || status == 429 || status >= 500;
    String advice =
        switch (status) {
          case 401 -> "it refuses the credentials (401); check basic.auth.user.info";
          case 403 -> "it doesn't permit that (403)";
          case 404 -> "it has no such page (404); check the path of schema.registry.url";
          default ->
              "it answers " + status + ": " + Quoted.line(String.valueOf(answer.getMessage()));
        };
    return new RegistryUnavailableException(url, doing, advice, retriable, answer);
  }
}
