package dev.poise.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls the REST API. Paths are written without {@code /api/v1}; bodies are text, trees, or maps
 * and lists. The short methods expect success; {@link #send} gives back whatever came.
 */
public final class ApiClient {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI server;
  private final Optional<String> key;

  private ApiClient(URI server, Optional<String> key) {
    this.server = server;
    this.key = key;
  }

  public static ApiClient withKey(URI server, String key) {
    return new ApiClient(server, Optional.of(key));
  }

  public static ApiClient withoutKey(URI server) {
    return new ApiClient(server, Optional.empty());
  }

  /** What the server answered. */
  public record Answer(String request, int status, Map<String, List<String>> headers, String text) {
    /** The body as a tree; a missing node when there is none. */
    public JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (JacksonException e) {
        throw new IllegalStateException(this + ": not JSON", e);
      }
    }

    public Optional<String> header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .flatMap(header -> header.getValue().stream())
          .findFirst();
    }

    public boolean succeeded() {
      return status >= 200 && status < 300;
    }

    /** The last word of the problem's type, such as {@code port-in-use}. */
    public String problem() {
      String type = json().path("type").asString("");
      return type.substring(type.lastIndexOf('/') + 1);
    }

    @Override
    public String toString() {
      return request + " -> " + status + " " + text;
    }
  }

  /** An answer that is not the success that was expected. */
  public static final class Failed extends RuntimeException {
    private final Answer answer;

    Failed(Answer answer) {
      super(answer.toString());
      this.answer = answer;
    }

    public Answer answer() {
      return answer;
    }
  }

  public JsonNode get(String path) {
    return successful(send("GET", path, Optional.empty(), Map.of()));
  }

  public JsonNode post(String path, Object body) {
    return successful(send("POST", path, Optional.of(body), Map.of()));
  }

  /** A custom verb, such as {@code /members/mbr_1:disable}. */
  public JsonNode post(String path) {
    return successful(send("POST", path, Optional.empty(), Map.of()));
  }

  public JsonNode patch(String path, Object body) {
    return successful(send("PATCH", path, Optional.of(body), Map.of()));
  }

  public void delete(String path) {
    successful(send("DELETE", path, Optional.empty(), Map.of()));
  }

  /** Every item of a list, page by page. */
  public List<JsonNode> list(String path) {
    List<JsonNode> items = new ArrayList<>();
    String page = path + (path.contains("?") ? "&" : "?") + "pageSize=500";
    String next = "";
    do {
      JsonNode answer = get(next.isEmpty() ? page : page + "&pageToken=" + encode(next));
      answer.path("items").forEach(items::add);
      next = answer.path("nextPageToken").asString("");
    } while (!next.isEmpty());
    return items;
  }

  /** The item of that name, which the list may contain among others. */
  public Optional<JsonNode> find(String collection, String name) {
    String first = collection.contains("?") ? "&" : "?";
    return list(collection + first + "q=" + encode(name)).stream()
        .filter(item -> item.path("name").asString("").equals(name))
        .findFirst();
  }

  /** Sends a request and gives back the answer, a refusal too. */
  public Answer send(
      String method, String path, Optional<Object> body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve("/api/v1" + path)).timeout(PATIENCE);
    key.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    if (body.isPresent()) {
      request.header(
          "Content-Type",
          method.equals("PATCH") ? "application/merge-patch+json" : "application/json");
    }
    headers.forEach(request::setHeader);
    request.method(
        method,
        body.map(content -> BodyPublishers.ofString(text(content)))
            .orElseGet(BodyPublishers::noBody));
    HttpResponse<String> response = exchange(request.build());
    return new Answer(
        method + " " + path, response.statusCode(), response.headers().map(), response.body());
  }

  /** Whether a path below the root answers 200. */
  boolean answers(String path, Duration patience) {
    HttpRequest request = HttpRequest.newBuilder(server.resolve(path)).timeout(patience).build();
    try {
      return exchange(request).statusCode() == 200;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  private HttpResponse<String> exchange(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(request.method() + " " + request.uri() + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + request.uri(), e);
    }
  }

  private static JsonNode successful(Answer answer) {
    if (!answer.succeeded()) throw new Failed(answer);
    return answer.json();
  }

  private static String text(Object body) {
    return body instanceof String text ? text : JSON.writeValueAsString(body);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
