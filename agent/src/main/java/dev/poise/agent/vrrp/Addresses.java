package dev.poise.agent.vrrp;

import dev.poise.agent.render.KeepalivedConfig;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The addresses of the load balancers that the node serves, as far as they are in its own network:
 * not what is wished for, but what something listens at.
 */
public final class Addresses {
  private final Map<LoadBalancerId, List<IpAddress>> served = new HashMap<>();
  private final Runnable onChange;

  Addresses(Runnable onChange) {
    this.onChange = onChange;
  }

  /** What was made of a load balancer; nothing if it serves nothing. */
  public void put(LoadBalancerId id, Optional<LoadBalancerSpec> spec) {
    List<IpAddress> own = spec.map(KeepalivedConfig::inNodesNetwork).orElse(List.of());
    synchronized (served) {
      if (own.equals(served.put(id, own))) return;
    }
    onChange.run();
  }

  /** A load balancer is not on the node any more. */
  public void remove(LoadBalancerId id) {
    synchronized (served) {
      if (served.remove(id) == null) return;
    }
    onChange.run();
  }

  /** How many load balancers were heard of. */
  public int size() {
    synchronized (served) {
      return served.size();
    }
  }

  /** All of them. */
  Set<IpAddress> all() {
    Set<IpAddress> all = new TreeSet<>((a, b) -> a.text().compareTo(b.text()));
    synchronized (served) {
      served.values().forEach(all::addAll);
    }
    return all;
  }
}
