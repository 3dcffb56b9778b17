package dev.poise.server.observation;

import dev.poise.server.observation.ObservationStore.Before;
import dev.poise.server.observation.ObservationStore.Position;
import dev.poise.server.observation.ObservationStore.Said;
import dev.poise.server.platform.Questions.Question;
import dev.poise.server.platform.Signals;
import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.RoleReport.Role;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Keeps what nodes reported. Nothing is concluded here: statuses are computed where they are asked
 * for.
 */
@Component
public final class Observations {
  private final ObservationStore store;
  private final Signals signals;
  private final InstantSource clock;

  Observations(ObservationStore store, Signals signals, InstantSource clock) {
    this.store = store;
    this.signals = signals;
    this.clock = clock;
  }

  /** What one node said of one load balancer. */
  public record Seen(NodeId node, LoadBalancerReport report) {}

  /**
   * What a report changed.
   *
   * @param before what the node had said of the load balancers of which it says something else now,
   *     numbers aside; empty for one of which it had said nothing
   * @param wasLive whether the node was live before
   * @param role what it had said it is in its cluster
   */
  public record Taken(
      Map<LoadBalancerId, Optional<LoadBalancerReport>> before, boolean wasLive, Role role) {}

  /**
   * Takes in reports, in the transaction of the caller: what there is is read in one round trip,
   * and what becomes of it is written in another. Those who wait for a load balancer of which
   * something new was said are woken.
   *
   * @param reports of another node each
   * @param first what the caller asks for before
   * @param ready is called with that answered, before anything is written
   * @return what they changed. A node is absent if a report is missing before this one, so that a
   *     full one is needed; nothing of it is changed then
   */
  public Map<NodeId, Taken> take(List<NodeReport> reports, Question first, Runnable ready) {
    List<Said> said = said(reports);
    Before before = store.lock(first, reports, said);
    ready.run();
    List<NodeReport> following =
        reports.stream()
            .filter(report -> report.full() || follows(report, before.positions()))
            .toList();
    if (following.isEmpty()) return Map.of();
    Set<NodeId> nodes = following.stream().map(NodeReport::node).collect(Collectors.toSet());
    List<Said> now = said.stream().filter(each -> nodes.contains(each.node())).toList();
    Instant time = clock.instant();
    store.save(following, now, before.gone(following), time);
    Map<NodeId, Taken> taken = new HashMap<>();
    Set<LoadBalancerId> changed = new HashSet<>();
    for (NodeReport report : following) {
      NodeId node = report.node();
      Map<LoadBalancerId, Optional<LoadBalancerReport>> others = before.others(node);
      changed.addAll(others.keySet());
      taken.put(node, taken(others, before.positions().get(node), time));
    }
    changed.forEach(id -> signals.raise(id.text()));
    return taken;
  }

  private static List<Said> said(List<NodeReport> reports) {
    return reports.stream()
        .flatMap(
            report -> report.loadBalancers().stream().map(each -> Said.of(report.node(), each)))
        .toList();
  }

  private static boolean follows(NodeReport report, Map<NodeId, Position> positions) {
    @Nullable Position last = positions.get(report.node());
    return last != null
        && last.session().equals(report.session())
        && last.sequence() == report.sequence() - 1;
  }

  private static Taken taken(
      Map<LoadBalancerId, Optional<LoadBalancerReport>> before,
      @Nullable Position last,
      Instant now) {
    return last == null
        ? new Taken(before, false, Role.UNKNOWN)
        : new Taken(
            before,
            last.announcedLive() && !NodeObservation.isSilent(last.reportTime(), now),
            last.role());
  }

  /** Forgets all that a node said. */
  public void forget(NodeId node) {
    store.forget(node).forEach(id -> signals.raise(id.text()));
  }

  /**
   * The nodes that fell silent since this was asked last, and what they said last that they are;
   * each is named once, to one server.
   */
  public Map<NodeId, Role> fellSilent() {
    return store.announceSilent(clock.instant().minus(NodeObservation.SILENT_AFTER));
  }

  /** What was last heard of those nodes; one that never reported is absent. */
  public List<NodeObservation> of(List<NodeId> nodes) {
    return store.nodes(nodes);
  }

  /**
   * What was last heard in clusters.
   *
   * @param nodes all of them, in the order of their ids, those included that were never heard of;
   *     one that is revoked is none any more
   * @param seen what any node said of a load balancer, those of other clusters included
   */
  public record Heard(List<Presence> nodes, Map<LoadBalancerId, List<Seen>> seen) {}

  /** What was last heard of the nodes of those clusters, and of those load balancers. */
  public Heard heard(List<ClusterId> clusters, List<LoadBalancerId> loadBalancers) {
    return store.heard(clusters, loadBalancers);
  }
}
