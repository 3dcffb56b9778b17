package dev.poise.server.loadbalancer;

import dev.poise.server.event.Change;
import dev.poise.server.event.Change.About;
import dev.poise.server.event.Events;
import dev.poise.server.event.What;
import dev.poise.server.observation.Observations.Taken;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.NodeId;
import dev.poise.spec.RoleReport.Role;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Tells those who follow that what is true of a load balancer changed though nobody changed it.
 *
 * <p>A status is computed, so nothing happens when it changes; it is found out by computing it
 * twice. That is done only where it can have changed: for load balancers of which a report says
 * something else than the one before, numbers aside, and for all of a cluster when one of its nodes
 * falls silent, is heard of again, or begins or ceases to be the primary. "Before" is what {@link
 * Status} makes of the same load balancer with what the node said before, so there is one way to
 * compute a status, here too.
 */
@Component
public final class StatusEvents {
  private static final int AT_ONCE = 500;

  /** If more members of one load balancer changed at once, its own event stands for them. */
  private static final int MOST_MEMBERS = 20;

  private final LoadBalancerStore store;
  private final Statuses statuses;
  private final Specs specs;
  private final Events events;
  private final TransactionTemplate transaction;
  private final InstantSource clock;

  StatusEvents(
      LoadBalancerStore store,
      Statuses statuses,
      Specs specs,
      Events events,
      TransactionTemplate transaction,
      InstantSource clock) {
    this.store = store;
    this.statuses = statuses;
    this.specs = specs;
    this.events = events;
    this.transaction = transaction;
    this.clock = clock;
  }

  /** What of a status those who follow are told. */
  private record Told(State state, Health health, long applied, Optional<Status.Refused> refusal) {
    static Told of(Status status) {
      return new Told(
          status.state(), status.health(), status.appliedGeneration(), status.refusal());
    }
  }

  /**
   * What was known of a node before a report.
   *
   * @param wasLive whether it was live
   * @param role what it had said that it is in its cluster
   */
  public record NodeBefore(NodeId id, boolean wasLive, Role role) {}

  /** Notes what reports of nodes changed, in their transaction. */
  public void reported(Map<NodeId, Taken> reports) {
    compare(
        reports.values().stream()
            .flatMap(taken -> taken.before().keySet().stream())
            .distinct()
            .toList(),
        (loadBalancer, seen) -> {
          @Nullable Taken taken = reports.get(seen.id());
          // A node may have said something else of another load balancer only.
          return taken == null || !taken.before().containsKey(loadBalancer)
              ? seen
              : seen.as(
                  taken.wasLive(),
                  taken.role(),
                  Objects.requireNonNull(taken.before().get(loadBalancer)));
        });
  }

  /**
   * Notes what it changed that a node fell silent, is heard of again, or is something else in its
   * cluster.
   *
   * @param done load balancers that are done already
   */
  public void nodeChanged(NodeBefore node, Set<LoadBalancerId> done) {
    List<LoadBalancerId> reached =
        specs.servedBy(node.id()).stream().filter(id -> !done.contains(id)).toList();
    for (int from = 0; from < reached.size(); from += AT_ONCE) {
      List<LoadBalancerId> some = reached.subList(from, Math.min(reached.size(), from + AT_ONCE));
      transaction.executeWithoutResult(_ ->
          compare(
              some,
              (_, seen) ->
                  seen.id().equals(node.id())
                      ? seen.as(node.wasLive(), node.role(), seen.report())
                      : seen));
    }
  }

  /** Makes a change that has to do with a node, and notes what statuses it changes with it. */
  public void whileChanging(NodeId node, Runnable change) {
    List<LoadBalancer> all =
        store.ofAnybody(specs.servedBy(node)).stream()
            .filter(found -> !found.isBeingDeleted())
            .toList();
    Instant now = clock.instant();
    List<Status> before = statuses.of(all, now);
    change.run();
    List<Status> after = statuses.of(all, now);
    Map<TenantId, List<Change>> changes = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      changes
          .computeIfAbsent(all.get(i).tenant(), _ -> new ArrayList<>())
          .addAll(changes(all.get(i), before.get(i), after.get(i)));
    }
    changes.forEach(events::append);
  }

  /** What was known of a node and a load balancer before, made of what is known now. */
  private interface Before {
    Status.Seen of(LoadBalancerId loadBalancer, Status.Seen now);
  }

  private void compare(List<LoadBalancerId> ids, Before before) {
    if (ids.isEmpty()) return;
    List<LoadBalancer> all =
        store.ofAnybody(ids).stream().filter(found -> !found.isBeingDeleted()).toList();
    Instant now = clock.instant();
    List<List<Status.Seen>> seen = statuses.seen(all, now);
    Map<TenantId, List<Change>> changes = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      LoadBalancer it = all.get(i);
      List<Status.Seen> seenBefore =
          seen.get(i).stream().map(node -> before.of(it.id(), node)).toList();
      changes
          .computeIfAbsent(it.tenant(), _ -> new ArrayList<>())
          .addAll(changes(it, Status.of(it, seenBefore), Status.of(it, seen.get(i))));
    }
    changes.forEach(events::append);
  }

  private static List<Change> changes(LoadBalancer it, Status before, Status after) {
    About about = it.about();
    List<Change> members =
        it.pools().stream()
            .flatMap(pool -> pool.members().stream())
            .filter(
                member -> before.member(member.id()).health() != after.member(member.id()).health())
            .map(member -> new Change("member", member.id().text(), What.STATUS, about))
            .toList();
    List<Change> changes = new ArrayList<>();
    if (!Told.of(before).equals(Told.of(after)) || members.size() > MOST_MEMBERS)
      changes.add(new Change("load-balancer", it.id().text(), What.STATUS, about));
    if (members.size() <= MOST_MEMBERS) changes.addAll(members);
    return changes;
  }
}
