package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.LoadBalancerListStore.Known;
import dev.poise.server.observation.Observations;
import dev.poise.server.observation.Presence;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * State and health of all load balancers of a tenant at once, for lists that are filtered or sorted
 * by them.
 *
 * <p>A status is computed whenever it is asked for and never stored, because a stored one lies as
 * soon as a node falls silent. But "all that are FAILED, page 7" asks for the status of each of ten
 * thousand, and to read ten thousand configurations and reports for a page of 25 takes seconds.
 *
 * <p>So what a status came to is remembered in memory under everything it was computed from: the
 * version and generation of the load balancer, the essence of what each node said of it, and which
 * nodes of its cluster are live and have the addresses. These are one short row each. Whenever one
 * of them differs, the key differs, and the status is computed by {@link Status}, as everywhere
 * else. What is remembered can therefore not be out of date, nobody has to drop anything, and every
 * server process may have its own memory. A new input of {@link Status} that decides over state or
 * health must become a part of the key: that is the one thing to keep in mind here.
 */
@Component
class Verdicts {
  private static final int MOST_REMEMBERED = 200_000;
  private static final int AT_ONCE = 500;

  private final LoadBalancerStore store;
  private final LoadBalancerListStore lists;
  private final Statuses statuses;
  private final Observations observations;
  private final Map<LoadBalancerId, Remembered> memory = new ConcurrentHashMap<>();

  Verdicts(
      LoadBalancerStore store,
      LoadBalancerListStore lists,
      Statuses statuses,
      Observations observations) {
    this.store = store;
    this.lists = lists;
    this.statuses = statuses;
    this.observations = observations;
  }

  /** What a status comes to in a list. */
  record Verdict(LoadBalancerId id, State state, Health health) {}

  private record Remembered(String key, Verdict verdict) {}

  /** Of all load balancers of the tenant, as they are in the current transaction. */
  List<Verdict> of(TenantId tenant, Instant now) {
    List<Known> all = lists.known(tenant);
    Map<ClusterId, String> nodes =
        liveness(all.stream().map(Known::cluster).distinct().toList(), now);
    Map<LoadBalancerId, String> keys = new HashMap<>();
    List<Verdict> verdicts = new ArrayList<>();
    List<LoadBalancerId> changed = new ArrayList<>();
    for (Known one : all) {
      String key = one.inputs() + nodes.getOrDefault(one.cluster(), "");
      @Nullable Remembered last = memory.get(one.id());
      if (last != null && last.key().equals(key)) verdicts.add(last.verdict());
      else changed.add(one.id());
      keys.put(one.id(), key);
    }
    if (memory.size() + changed.size() > MOST_REMEMBERED) memory.clear();
    for (int from = 0; from < changed.size(); from += AT_ONCE) {
      List<LoadBalancerId> some = changed.subList(from, Math.min(changed.size(), from + AT_ONCE));
      for (Verdict verdict : computed(tenant, some, now)) {
        String key = Objects.requireNonNull(keys.get(verdict.id()));
        memory.put(verdict.id(), new Remembered(key, verdict));
        verdicts.add(verdict);
      }
    }
    return verdicts;
  }

  private List<Verdict> computed(TenantId tenant, List<LoadBalancerId> ids, Instant now) {
    List<LoadBalancer> loadBalancers = store.all(tenant, ids);
    List<Status> computed = statuses.of(loadBalancers, now);
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < computed.size(); i++) {
      Status status = computed.get(i);
      verdicts.add(new Verdict(loadBalancers.get(i).id(), status.state(), status.health()));
    }
    return verdicts;
  }

  /** The nodes of each cluster, whether they are live and have the addresses, as a text. */
  private Map<ClusterId, String> liveness(List<ClusterId> ids, Instant now) {
    return observations.heard(ids, List.of()).nodes().stream()
        .collect(
            Collectors.groupingBy(
                Presence::cluster,
                Collectors.mapping(
                    node -> "|" + node.node() + presence(node, now), Collectors.joining())));
  }

  private static String presence(Presence node, Instant now) {
    if (node.isPrimary(now)) return "primary";
    return node.isLive(now) ? "live" : "";
  }
}
