package dev.eddy.app.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A schema registry in this process, on a free port of the loopback interface, whose schemas
 * survive it in {@code schemas.jsonl} ({@link SchemaLog}).
 *
 * <p>It speaks the part of Confluent's HTTP API that registering and reading Avro schemas takes, so
 * the same client code runs against it as against any registry, and tools outside this process can
 * read the data too. Confluent's own in-process mock ({@code mock://}) would need no port, but
 * gives an id out before anything of ours could have written it down: the client behind a scope is
 * made inside a static map, and can be neither replaced nor listened to. Data written just before a
 * kill would then carry ids that nobody knows.
 *
 * <p>Unlike a registry for many it checks no compatibility ({@code NONE}, and says so): one user
 * changes one stream. Nothing is ever deleted. Other kinds of schema, rules and metadata are
 * refused, not dropped. Thread-safe.
 */
public final class LocalRegistry implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";

  private interface Answer {
    Object to(String[] names, JsonNode body) throws IOException;
  }

  private record Route(String method, Pattern path, Answer answer) {}

  /** What goes back as an HTTP status and the registry's own, finer code. */
  private static final class Refusal extends RuntimeException {
    private final int status;
    private final int code;

    Refusal(int status, int code, String message) {
      super(message);
      this.status = status;
      this.code = code;
    }
  }

  private final FolderLock lock;
  private final SchemaLog schemas;
  private final HttpServer server;
  private final ExecutorService threads;
  private final List<Route> routes;

  private LocalRegistry(FolderLock lock, SchemaLog schemas, HttpServer server) {
    this.lock = lock;
    this.schemas = schemas;
    this.server = server;
    this.routes = routes();
    this.threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "local-registry");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /**
   * Opens the registry of a folder; the caller closes it.
   *
   * @param folder holds {@code schemas.jsonl}; made where it is missing
   * @throws IOException if the folder is in use by another registry or can't be written, or if the
   *     file holds what isn't ours; the message is fit for a user
   */
  public static LocalRegistry open(Path folder) throws IOException {
    return open(folder, 0);
  }

  /**
   * As above.
   *
   * @param port where clients find it; 0 for any that is free
   */
  public static LocalRegistry open(Path folder, int port) throws IOException {
    Path home = folder.toAbsolutePath().normalize();
    FolderLock lock = FolderLock.take(home.resolve("schemas.lock"));
    SchemaLog schemas = null;
    try {
      schemas = SchemaLog.open(home.resolve("schemas.jsonl"));
      return new LocalRegistry(lock, schemas, server(port));
    } catch (IOException e) {
      if (schemas != null) {
        schemas.close();
      }
      lock.close();
      throw e;
    }
  }

  private static HttpServer server(int port) throws IOException {
    try {
      return HttpServer.create(
          new InetSocketAddress(InetAddress.getByName(LoopbackPorts.HOST), port), 0);
    } catch (BindException e) {
      throw new IOException(
          LoopbackPorts.HOST + ":" + port + " can't be listened at: " + e.getMessage(), e);
    }
  }

  /** For {@code schema.registry.url}; another one after each opening. */
  public String url() {
    return "http://" + LoopbackPorts.HOST + ":" + server.getAddress().getPort();
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    threads.shutdownNow();
    schemas.close();
    lock.close();
  }

  private List<Route> routes() {
    return List.of(
        route("GET", "/", (names, body) -> Map.of()),
        route("GET", "/subjects", (names, body) -> schemas.subjects()),
        route("POST", "/subjects/*", (names, body) -> lookUp(names[0], body)),
        route("POST", "/subjects/*/versions", (names, body) -> register(names[0], body)),
        route(
            "GET",
            "/subjects/*/versions",
            (names, body) -> versions(names[0]).stream().map(SchemaLog.Entry::version).toList()),
        route("GET", "/subjects/*/versions/*", (names, body) -> whole(version(names[0], names[1]))),
        route("GET", "/schemas/types", (names, body) -> List.of("AVRO")),
        route("GET", "/schemas/ids/*", (names, body) -> text(ofId(names[0]).get(0))),
        route(
            "GET",
            "/schemas/ids/*/subjects",
            (names, body) -> ofId(names[0]).stream().map(SchemaLog.Entry::subject).toList()),
        route(
            "GET",
            "/schemas/ids/*/versions",
            (names, body) ->
                ofId(names[0]).stream()
                    .map(entry -> Map.of("subject", entry.subject(), "version", entry.version()))
                    .toList()),
        route(
            "POST",
            "/compatibility/subjects/*/versions(?:/[^/]+)?",
            (names, body) -> Map.of("is_compatible", true)),
        route("GET", "/config(?:/[^/]+)?", (n, body) -> Map.of("compatibilityLevel", "NONE")),
        route("GET", "/mode(?:/[^/]+)?", (n, body) -> Map.of("mode", "READWRITE")));
  }

  private static Route route(String method, String path, Answer answer) {
    return new Route(method, Pattern.compile(path.replace("*", "([^/]+)")), answer);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] request = exchange.getRequestBody().readAllBytes();
      int status = 200;
      Object answer;
      try {
        answer =
            answer(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath(), request);
      } catch (Refusal e) {
        status = e.status;
        answer = error(e.code, e.getMessage());
      } catch (IllegalArgumentException e) {
        status = 422;
        answer = error(42201, "Invalid schema: " + e.getMessage());
      } catch (IOException e) {
        status = 500;
        answer = error(50001, "The schema could not be written down: " + e.getMessage());
      }
      byte[] bytes = JSON.writeValueAsBytes(answer);
      exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private Object answer(String method, String rawPath, byte[] request) throws IOException {
    for (Route route : routes) {
      Matcher match = route.path().matcher(rawPath);
      if (route.method().equals(method) && match.matches()) {
        String[] names = new String[match.groupCount()];
        for (int i = 0; i < names.length; i++) {
          names[i] = decode(match.group(i + 1));
        }
        return route.answer().to(names, body(request));
      }
    }
    throw new Refusal(404, 404, "HTTP 404: this local registry has no " + method + " " + rawPath);
  }

  private Map<String, Integer> register(String subject, JsonNode body) throws IOException {
    for (String unsupported : List.of("metadata", "ruleSet")) {
      if (body.hasNonNull(unsupported)) {
        throw new Refusal(422, 42201, "a local registry keeps no " + unsupported);
      }
    }
    SchemaLog.Entry entry = schemas.register(subject, schema(body), references(body));
    return Map.of("id", entry.id());
  }

  private Map<String, Object> lookUp(String subject, JsonNode body) {
    versions(subject);
    return schemas
        .find(subject, schema(body), references(body))
        .map(LocalRegistry::whole)
        .orElseThrow(() -> new Refusal(404, 40403, "Schema not found"));
  }

  private List<SchemaLog.Entry> versions(String subject) {
    List<SchemaLog.Entry> versions = schemas.versions(subject);
    if (versions.isEmpty()) {
      throw new Refusal(404, 40401, "Subject '" + subject + "' not found.");
    }
    return versions;
  }

  private SchemaLog.Entry version(String subject, String wanted) {
    List<SchemaLog.Entry> versions = versions(subject);
    if (wanted.equals("latest") || wanted.equals("-1")) {
      return versions.get(versions.size() - 1);
    }
    return versions.stream()
        .filter(entry -> Integer.toString(entry.version()).equals(wanted))
        .findFirst()
        .orElseThrow(() -> new Refusal(404, 40402, "Version " + wanted + " not found."));
  }

  private List<SchemaLog.Entry> ofId(String id) {
    List<SchemaLog.Entry> found =
        id.matches("[0-9]{1,9}") ? schemas.ofId(Integer.parseInt(id)) : List.of();
    if (found.isEmpty()) {
      throw new Refusal(404, 40403, "Schema " + id + " not found");
    }
    return found;
  }

  private static String schema(JsonNode body) {
    String type = body.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO") || !body.path("schema").isTextual()) {
      throw new Refusal(422, 42201, "a local registry takes a schema of type AVRO");
    }
    return body.get("schema").textValue();
  }

  private static ArrayNode references(JsonNode body) {
    return body.path("references") instanceof ArrayNode array ? array : JSON.createArrayNode();
  }

  private static Map<String, Object> text(SchemaLog.Entry entry) {
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("schema", entry.schema());
    if (!entry.references().isEmpty()) {
      text.put("references", entry.references());
    }
    return text;
  }

  private static Map<String, Object> whole(SchemaLog.Entry entry) {
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("subject", entry.subject());
    whole.put("version", entry.version());
    whole.put("id", entry.id());
    whole.putAll(text(entry));
    return whole;
  }

  private static Map<String, Object> error(int code, String message) {
    return Map.of("error_code", code, "message", message);
  }

  private static JsonNode body(byte[] request) throws IOException {
    try {
      return JSON.readTree(request);
    } catch (JsonProcessingException e) {
      throw new Refusal(400, 400, "the request is not JSON: " + e.getOriginalMessage());
    }
  }

  private static String decode(String name) {
    return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
