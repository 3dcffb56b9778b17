package dev.poise.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A listener with its pool, as the API takes it, with quick health checks. */
final class Recipe {
  private static final Map<String, Object> QUICK =
      Map.of("intervalSeconds", 1, "timeoutSeconds", 1, "rise", 1, "fall", 1);

  private final String protocol;
  private final int port;
  private final List<Map<String, Object>> members = new ArrayList<>();
  private final Map<String, Object> check = new HashMap<>(QUICK);
  private final Map<String, Object> options = new HashMap<>();
  private final Map<String, Object> pool = new HashMap<>();

  private Recipe(String protocol, int port) {
    this.protocol = protocol;
    this.port = port;
    check.put("type", "PORT");
  }

  static Recipe http(int port) {
    return new Recipe("HTTP", port);
  }

  static Recipe udp(int port) {
    return new Recipe("UDP", port);
  }

  static Recipe tcp(int port) {
    return new Recipe("TCP", port);
  }

  /** With this certificate as the only one. */
  static Recipe https(int port, String certificate) {
    return new Recipe("HTTPS", port).option("tls", Map.of("certificateId", certificate));
  }

  Recipe algorithm(String algorithm) {
    pool.put("algorithm", algorithm);
    return this;
  }

  /** Clients stay with their member by a cookie of this name. */
  Recipe cookie(String name) {
    pool.put("persistence", Map.of("type", "COOKIE", "name", name));
    return this;
  }

  /** All sessions of a client's address stay with one member. */
  Recipe stickyBySource() {
    pool.put("persistence", Map.of("type", "SOURCE_IP"));
    return this;
  }

  /** Any other field of the listener. */
  Recipe option(String field, Object value) {
    options.put(field, value);
    return this;
  }

  /** Members are asked for {@code /healthz} instead of only being connected to. */
  Recipe checkedByHttp() {
    check.put("type", "HTTP");
    check.put("path", "/healthz");
    return this;
  }

  /** Other settings of the check. */
  Recipe check(Map<String, Object> settings) {
    check.putAll(settings);
    return this;
  }

  Recipe member(Destination backend, int weight) {
    members.add(memberBody(backend, weight));
    return this;
  }

  /** An instance of the inventory, wherever it is. */
  Recipe member(JsonNode instance, int port) {
    members.add(Map.of("instanceId", instance.path("id").asString(), "port", port));
    return this;
  }

  Recipe members(Destination... backends) {
    for (Destination backend : backends) member(backend, 1);
    return this;
  }

  /** The body that adds a member. */
  static Map<String, Object> memberBody(Destination backend, int weight) {
    return Map.of("address", backend.address(), "port", backend.port(), "weight", weight);
  }

  /** The body that makes the listener. */
  Map<String, Object> body() {
    Map<String, Object> defaultPool = new HashMap<>(pool);
    defaultPool.put("healthCheck", check);
    defaultPool.put("members", members);
    Map<String, Object> body = new HashMap<>(options);
    body.put("protocol", protocol);
    body.put("port", port);
    body.put("defaultPool", defaultPool);
    return body;
  }
}
