package dev.poise.agent.render;

import dev.poise.spec.Home;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerSpec;
import java.util.List;

/** Which addresses of a load balancer are in which network. */
public final class Homes {
  private Homes() {}

  /** Those that are in the node's own network while the load balancer lives in another one. */
  public static List<IpAddress> atEdge(LoadBalancerSpec spec) {
    return switch (spec.home()) {
      case Home.Node() -> List.of();
      case Home.Vpc(var vpc, var atEdge) -> atEdge;
    };
  }

  /** Those that are in the network the load balancer lives in. */
  public static List<IpAddress> atHome(LoadBalancerSpec spec) {
    List<IpAddress> atEdge = atEdge(spec);
    return spec.vips().stream().filter(vip -> !atEdge.contains(vip)).toList();
  }
}
