package dev.poise.agent.ledger;

import dev.poise.spec.HeldRemovals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.Manifest;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which load balancers that a manifest does not list are really removed.
 *
 * <p>What is not listed must not exist. But a server that lost rows, or was restored from a backup,
 * lists too little, and a node that believes it takes everybody's service down. A tombstone says
 * that somebody asked for the removal; without one, a few missing are believed, and many at once
 * are held: they go on serving until an operator confirms the manifest that left them out. What is
 * held once stays held until then, or until it is listed again; it does not become believable
 * because others came back.
 */
public final class RemovalGuard {
  private static final int ALWAYS_BELIEVED = 5;
  private static final int BELIEVED_PERCENT = 20;

  private RemovalGuard() {}

  /**
   * What becomes of the load balancers that are on the node and not in the manifest.
   *
   * @param held each with the revision of the manifest that first left it out
   */
  public record Decision(Set<LoadBalancerId> removed, Map<LoadBalancerId, Long> held) {
    public Decision {
      removed = Set.copyOf(removed);
      held = Map.copyOf(held);
    }

    /** As the report says it: confirming this revision confirms all of them. */
    public HeldRemovals heldRemovals() {
      if (held.isEmpty()) return HeldRemovals.NONE;
      long revision = held.values().stream().mapToLong(Long::longValue).max().orElse(0);
      List<LoadBalancerId> ids =
          held.keySet().stream().sorted(Comparator.comparing(LoadBalancerId::text)).toList();
      return new HeldRemovals(revision, ids);
    }
  }

  /**
   * Decides.
   *
   * @param known the load balancers on the node
   * @param heldBefore those held until now, each with the revision that first left it out
   */
  public static Decision decide(
      Collection<LoadBalancerId> known, Map<LoadBalancerId, Long> heldBefore, Manifest manifest) {
    Set<LoadBalancerId> listed = new HashSet<>();
    manifest.loadBalancers().forEach(entry -> listed.add(entry.id()));
    Set<LoadBalancerId> tombstones = Set.copyOf(manifest.tombstones());
    Set<LoadBalancerId> removed = new HashSet<>();
    Map<LoadBalancerId, Long> unexplained = new HashMap<>();
    for (LoadBalancerId id : known) {
      long leftOutAt = heldBefore.getOrDefault(id, manifest.revision());
      boolean confirmed = leftOutAt <= manifest.removalsConfirmedThrough();
      if (tombstones.contains(id) || (!listed.contains(id) && confirmed)) removed.add(id);
      else if (!listed.contains(id)) unexplained.put(id, leftOutAt);
    }
    if (unexplained.size() <= believed(known.size())) {
      Set<LoadBalancerId> believedNow = new HashSet<>(unexplained.keySet());
      believedNow.removeAll(heldBefore.keySet());
      removed.addAll(believedNow);
      unexplained.keySet().removeAll(believedNow);
    }
    return new Decision(removed, unexplained);
  }

  private static int believed(int known) {
    return Math.max(ALWAYS_BELIEVED, known * BELIEVED_PERCENT / 100);
  }
}
