package dev.poise.spec;

import java.util.List;

/**
 * All that a node needs to know to serve one load balancer. Holds no secrets and no text a user
 * chose freely.
 *
 * @param generation counts the changes of this description; the higher one is the newer
 * @param home the network it lives in
 * @param vips the addresses every listener is bound to
 * @param pingSources whose pings the addresses answer
 */
public record LoadBalancerSpec(
    LoadBalancerId id,
    long generation,
    Home home,
    List<IpAddress> vips,
    Sources pingSources,
    List<ListenerSpec> listeners,
    List<PoolSpec> pools) {
  public LoadBalancerSpec {
    vips = List.copyOf(vips);
    listeners = List.copyOf(listeners);
    pools = List.copyOf(pools);
  }
}
