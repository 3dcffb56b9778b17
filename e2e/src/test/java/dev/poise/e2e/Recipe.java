package dev.poise.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A listener with its pool, as the API takes it, with quick health checks. */
final class Recipe {
  private static final Map<String, Object> QUICK =
      Map.of("intervalSeconds", 1, "timeoutSeconds", 1, "rise", 1, "fall", 1);

  private final String protocol;
  private final int port;
  private final List<Map<String, Object>> members = new ArrayList<>();
  private final Map<String, Object> check = new HashMap<>(QUICK);
  private String algorithm = "WEIGHTED_ROUND_ROBIN";

  private Recipe(String protocol, int port) {
    this.protocol = protocol;
    this.port = port;
    check.put("type", "PORT");
  }

  static Recipe http(int port) {
    return new Recipe("HTTP", port);
  }

  static Recipe tcp(int port) {
    return new Recipe("TCP", port);
  }

  Recipe algorithm(String algorithm) {
    this.algorithm = algorithm;
    return this;
  }

  /** Members are asked for {@code /healthz} instead of only being connected to. */
  Recipe checkedByHttp() {
    check.put("type", "HTTP");
    check.put("path", "/healthz");
    return this;
  }

  Recipe member(Backend backend, int weight) {
    members.add(memberBody(backend, weight));
    return this;
  }

  Recipe members(Backend... backends) {
    for (Backend backend : backends) member(backend, 1);
    return this;
  }

  /** The body that adds a member. */
  static Map<String, Object> memberBody(Backend backend, int weight) {
    return Map.of("address", backend.address(), "port", backend.port(), "weight", weight);
  }

  /** The body that makes the listener. */
  Map<String, Object> body() {
    return Map.of(
        "protocol",
        protocol,
        "port",
        port,
        "defaultPool",
        Map.of("algorithm", algorithm, "healthCheck", check, "members", members));
  }
}
