package dev.poise.spec;

import java.util.List;
import java.util.Map;

/**
 * What a node can do.
 *
 * @param versions of the programs that matter, such as {@code haproxy -> 2.6.12}
 * @param protocols the listener protocols it can serve, such as {@code TCP} and {@code HTTP}
 * @param features what else it can: {@value #VRRP}, {@value #NETNS}, {@value #VXLAN}
 * @param missing why it cannot do others: {@code UDP -> nft: Operation not permitted}
 */
public record Capabilities(
    Map<String, String> versions,
    List<String> protocols,
    List<String> features,
    Map<String, String> missing) {
  /** Move addresses between nodes. */
  public static final String VRRP = "VRRP";

  /** Serve load balancers in network namespaces. */
  public static final String NETNS = "NETNS";

  /** Make network namespaces with a VXLAN interface. */
  public static final String VXLAN = "VXLAN";

  public Capabilities {
    versions = Map.copyOf(versions);
    protocols = List.copyOf(protocols);
    features = List.copyOf(features);
    missing = Map.copyOf(missing);
  }
}
