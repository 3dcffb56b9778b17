package dev.poise.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.poise.server.app.PoiseServer;
import dev.poise.server.channel.AgentChannel;
import dev.poise.server.quota.Quota;
import dev.poise.spec.AgentApi;
import dev.poise.spec.SpecJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server on a real PostgreSQL, called over HTTP as its clients do, and over the agents' port as
 * agents do. All subclasses share one.
 */
@SpringBootTest(
    classes = PoiseServer.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      // The same for all tests, because they share a database.
      "poise.master-key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
      "poise.agent.port=0"
    })
public abstract class ApiTest {
  private static final Path KEY_FILE = keyFile();
  private static final AtomicInteger NEXT = new AtomicInteger();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().sslContext(Pinless.context()).build();
  protected static final JsonMapper JSON =
      JsonMapper.builder()
          .changeDefaultPropertyInclusion(it -> it.withValueInclusion(JsonInclude.Include.NON_NULL))
          .build();

  @LocalServerPort private int port;

  @Autowired private AgentChannel channel;

  @DynamicPropertySource
  static void properties(DynamicPropertyRegistry registry) {
    registry.add("spring.datasource.url", TestDatabase::url);
    registry.add("spring.datasource.username", () -> "postgres");
    // All tests share one tenant.
    for (Quota kind : Quota.values())
      registry.add("poise.quotas." + kind.property(), () -> 1_000_000);
    registry.add("poise.bootstrap.admin-key-file", KEY_FILE::toString);
    // Tests make many users.
    registry.add("poise.sign-in.bcrypt-strength", () -> "4");
  }

  private static Path keyFile() {
    try {
      return Files.createTempDirectory(Path.of("target"), "test-").resolve("admin-key");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** An answer of the server. */
  public record Answer(int status, JsonNode body, java.net.http.HttpHeaders headers) {
    public String text(String pointer) {
      return body.at(pointer).asString();
    }

    public String etag() {
      return headers.firstValue("ETag").orElseThrow();
    }
  }

  protected static String adminKey() {
    try {
      return Files.readString(KEY_FILE).strip();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  protected static int unique() {
    return NEXT.incrementAndGet();
  }

  protected Answer get(String path) {
    return call("GET", path, null, Map.of());
  }

  protected Answer post(String path, String body) {
    return call("POST", path, body, Map.of());
  }

  protected Answer patch(String path, String body) {
    return call("PATCH", path, body, Map.of());
  }

  protected Answer delete(String path) {
    return call("DELETE", path, null, Map.of());
  }

  protected Answer call(
      String method, String path, @Nullable String body, Map<String, String> headers) {
    return send(method, "/api/v1" + path, body, headers, adminKey());
  }

  /** A call as an agent makes it. */
  protected Answer agent(
      String method, String path, @Nullable Object body, Map<String, String> headers, String key) {
    return send(method, path, body == null ? null : SpecJson.write(body), headers, key);
  }

  protected Answer send(
      String method,
      String path,
      @Nullable String body,
      Map<String, String> headers,
      @Nullable String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) request.header("Content-Type", "application/json");
    if (key != null) request.header("Authorization", "Bearer " + key);
    headers.forEach(request::setHeader);
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      String type = response.headers().firstValue("Content-Type").orElse("");
      JsonNode json =
          type.contains("json")
              ? JSON.readTree(response.body())
              : JSON.valueToTree(response.body());
      return new Answer(response.statusCode(), json, response.headers());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An answer of JSON documents, each a line, while it comes. */
  protected record Lines(BufferedReader reader) implements AutoCloseable {
    /** The next one; empty at the end of the answer. */
    public Optional<JsonNode> next() throws IOException {
      return Optional.ofNullable(reader.readLine()).map(JSON::readTree);
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  /**
   * Asks for such an answer, which begins when there is something to say.
   *
   * @param after is done when it was asked for
   */
  protected Lines lines(String path, Map<String, String> headers, String key, Runnable after)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + key);
    headers.forEach(request::setHeader);
    CompletableFuture<HttpResponse<InputStream>> asked =
        HTTP.sendAsync(request.build(), BodyHandlers.ofInputStream());
    after.run();
    HttpResponse<InputStream> response = asked.join();
    assertThat(response.statusCode()).isEqualTo(200);
    return new Lines(
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8)));
  }

  /** Where the server is; what is for agents is on their port. */
  protected URI uri(String path) {
    return URI.create(
        path.startsWith("/agent/") || path.startsWith("/install")
            ? channel.entrance().url() + path
            : "http://127.0.0.1:" + port + path);
  }

  /** Where agents find the server, and what they know it by. */
  protected AgentChannel.Entrance entrance() {
    return channel.entrance();
  }

  /** A tenant with its first administrator. */
  public record Tenant(String id, Somebody admin) {}

  /** A user with a password and an API key. */
  public record Somebody(String id, String tenant, String name, String password, String key) {}

  /** A session as a browser has it. */
  public record Browser(String cookie, String csrfToken) {
    public Map<String, String> headers() {
      return Map.of("Cookie", cookie, "X-CSRF-Token", csrfToken);
    }
  }

  /** A new tenant. */
  protected Tenant tenant() {
    int n = unique();
    String name = "main-" + n;
    Answer made =
        made(
            "/tenants",
            "{\"name\":\"tenant-%d\",\"mainAccount\":{\"name\":\"%s\"}}".formatted(n, name));
    String id = made.text("/tenant/id");
    return new Tenant(
        id, settled(made.text("/mainAccount/id"), id, name, made.text("/setUp/token")));
  }

  /** A new user of the tenant; its role is TENANT_ADMIN or TENANT_USER. */
  protected Somebody userIn(Tenant tenant, String role) {
    String name = "user-" + unique();
    Answer made =
        callAs(
            tenant.admin().key(),
            "POST",
            "/users",
            "{\"name\":\"%s\",\"role\":\"%s\"}".formatted(name, role));
    if (made.status() != 201) throw new AssertionError("/users answered " + made.body());
    return settled(made.text("/user/id"), tenant.id(), name, made.text("/setUp/token"));
  }

  /** Sets the user's password and makes a key. */
  private Somebody settled(String id, String tenant, String name, String token) {
    String password = "correct horse " + name;
    String body = "{\"token\":\"%s\",\"password\":\"%s\"}".formatted(token, password);
    Answer set = send("POST", "/api/v1/set-up", body, Map.of(), null);
    if (set.status() != 200) throw new AssertionError("/set-up answered " + set.body());
    Answer key =
        send(
            "POST",
            "/api/v1/api-keys",
            "{\"name\":\"test\"}",
            signedIn(name, password).headers(),
            null);
    if (key.status() != 201) throw new AssertionError("/api-keys answered " + key.body());
    return new Somebody(id, tenant, name, password, key.text("/key"));
  }

  protected Browser signedIn(String name, String password) {
    Answer answer = signIn(name, password);
    if (answer.status() != 201) throw new AssertionError("/sessions answered " + answer.body());
    String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
    return new Browser(cookie.substring(0, cookie.indexOf(';')), answer.text("/csrfToken"));
  }

  protected Answer signIn(String name, String password) {
    String body = JSON.writeValueAsString(Map.of("name", name, "password", password));
    return send("POST", "/api/v1/sessions", body, Map.of(), null);
  }

  /** A call with another key than the administrator's. */
  protected Answer callAs(String key, String method, String path, @Nullable String body) {
    return send(method, "/api/v1" + path, body, Map.of(), key);
  }

  /** A file that the API answers with. */
  protected byte[] bytes(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/api/v1" + path))
            .header("Authorization", "Bearer " + adminKey())
            .build();
    try {
      return HTTP.send(request, BodyHandlers.ofByteArray()).body();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A place for load balancers: data centre, VPC, subnet, cluster and a node nobody runs. */
  public record Site(
      String dataCenter, String vpc, String subnet, String cluster, String node, String nodeKey) {
    public String manifest() {
      return AgentApi.MANIFEST;
    }
  }

  protected Site site() {
    int n = unique();
    String dataCenter = made("/data-centers", "{\"name\":\"dc-%d\"}".formatted(n)).text("/id");
    String vpc =
        made("/vpcs", "{\"name\":\"vpc\",\"dataCenterId\":\"%s\"}".formatted(dataCenter))
            .text("/id");
    String subnet =
        made(
                "/subnets",
                "{\"name\":\"net\",\"vpcId\":\"%s\",\"cidr\":\"10.0.0.0/24\"}".formatted(vpc))
            .text("/id");
    String cluster =
        made(
                "/clusters",
                "{\"name\":\"cls-%d\",\"dataCenterId\":\"%s\",\"model\":\"x86\"}"
                    .formatted(n, dataCenter))
            .text("/id");
    Answer node = made("/clusters/" + cluster + "/nodes", "{\"name\":\"node-1\"}");
    return new Site(dataCenter, vpc, subnet, cluster, node.text("/id"), node.text("/key"));
  }

  protected Answer made(String path, String body) {
    Answer answer = post(path, body);
    if (answer.status() != 201)
      throw new AssertionError(path + " answered " + answer.status() + " " + answer.body());
    return answer;
  }
}
