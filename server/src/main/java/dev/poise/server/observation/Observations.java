package dev.poise.server.observation;

import dev.poise.server.observation.ObservationStore.Said;
import dev.poise.server.platform.Signals;
import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.RoleReport.Role;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
   * Takes in a report, in the transaction of the caller. Those who wait for a load balancer of
   * which something new was said are woken.
   *
   * @return nothing if a report is missing before this one, so that a full one is needed; nothing
   *     is changed then
   */
  public Optional<Taken> take(NodeReport report) {
    Optional<ObservationStore.Position> last = store.lockPosition(report.node());
    boolean follows =
        last.isPresent()
            && last.get().session().equals(report.session())
            && last.get().sequence() == report.sequence() - 1;
    if (!report.full() && !follows) return Optional.empty();
    store.saveNode(report, clock.instant());
    List<LoadBalancerId> named =
        report.loadBalancers().stream().map(LoadBalancerReport::id).toList();
    List<LoadBalancerId> gone = report.full() ? store.others(report.node(), named) : report.gone();
    List<Said> now = report.loadBalancers().stream().map(Said::of).toList();
    Map<LoadBalancerId, Optional<LoadBalancerReport>> before =
        store.before(report.node(), now, gone);
    store.saveLoadBalancers(report.node(), now);
    store.delete(report.node(), gone);
    before.keySet().forEach(id -> signals.raise(id.text()));
    return Optional.of(
        new Taken(
            before,
            last.isPresent()
                && last.get().announcedLive()
                && !NodeObservation.isSilent(last.get().reportTime(), clock.instant()),
            last.map(ObservationStore.Position::role).orElse(Role.UNKNOWN)));
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
