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
    List<Map<String, Object>> both = List.of(member(PORT_OF_A), member(PORT_OF_B));
    return Map.of("protocol", "HTTP", "port", port, "defaultPool", Map.of("members", both));
  }

  private Map<String, Object> member(int port) {
    return Map.of("address", address, "port", port);
  }
}
