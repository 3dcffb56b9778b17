package dev.poise.spec;

import java.util.List;
import java.util.Map;

/**
 * What a node can do.
 *
 * @param versions of the programs that matter, such as {@code haproxy -> 2.6.12}
 * @param protocols the listener protocols it can serve, such as {@code TCP} and {@code HTTP}
 * @param missing why it cannot serve others: {@code UDP -> nft: Operation not permitted}
 */
public record Capabilities(
    Map<String, String> versions, List<String> protocols, Map<String, String> missing) {
  public Capabilities {
    versions = Map.copyOf(versions);
    protocols = List.copyOf(protocols);
    missing = Map.copyOf(missing);
  }
}
