package dev.poise.bench;

import java.util.List;
import java.util.Map;

/**
 * The two members of every balancer, which answer their names, {@code a} and {@code b}.
 *
 * @param address of both
 */
record Members(String address) {
  static final int PORT_OF_A = 8081;
  static final int PORT_OF_B = 8082;

  /** The API's description of an HTTP listener that balances over the two. */
  Map<String, Object> listener(int port) {
    return listener(port, List.of());
  }

  /** The same with content rules. */
  Map<String, Object> listener(int port, List<Map<String, Object>> rules) {
    Map<String, Object> pool = Map.of("members", both());
    return Map.of("protocol", "HTTP", "port", port, "defaultPool", pool, "rules", rules);
  }

  /** The same over TLS. */
  Map<String, Object> tlsListener(int port, String certificate) {
    return Map.of(
        "protocol",
        "HTTPS",
        "port",
        port,
        "tls",
        Map.of("certificateId", certificate),
        "defaultPool",
        Map.of("members", both()));
  }

  /** The API's description of a TCP listener that balances over the two. */
  Map<String, Object> tcpListener(int port) {
    return Map.of("protocol", "TCP", "port", port, "defaultPool", Map.of("members", both()));
  }

  /** The API's description of a pool with the two. */
  Map<String, Object> pool(String name) {
    return Map.of("name", name, "members", both());
  }

  private List<Map<String, Object>> both() {
    return List.of(member(PORT_OF_A), member(PORT_OF_B));
  }

  private Map<String, Object> member(int port) {
    return Map.of("address", address, "port", port);
  }
}
