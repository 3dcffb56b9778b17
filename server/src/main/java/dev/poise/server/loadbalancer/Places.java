package dev.poise.server.loadbalancer;

import dev.poise.server.quota.Quota;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How many places of a tenant's quotas load balancers and their parts take. */
final class Places {
  private Places() {}

  /** What a new load balancer takes. */
  static Map<Quota, Integer> ofNew(List<Listener> listeners, List<Pool> pools) {
    Map<Quota, Integer> all = ofParts(listeners, pools);
    all.put(Quota.LOAD_BALANCERS, 1);
    return all;
  }

  /** What a change takes; below 0 where it frees some. */
  static Map<Quota, Integer> added(LoadBalancer before, LoadBalancer after) {
    Map<Quota, Integer> more = ofParts(after.listeners(), after.pools());
    ofParts(before.listeners(), before.pools())
        .forEach((kind, number) -> more.merge(kind, -number, Integer::sum));
    return more;
  }

  private static Map<Quota, Integer> ofParts(List<Listener> listeners, List<Pool> pools) {
    Map<Quota, Integer> all = new EnumMap<>(Quota.class);
    all.put(Quota.LISTENERS, listeners.size());
    all.put(Quota.POOLS, pools.size());
    all.put(Quota.MEMBERS, pools.stream().mapToInt(pool -> pool.members().size()).sum());
    all.put(Quota.RULES, listeners.stream().mapToInt(it -> it.rules().size()).sum());
    return all;
  }
}
