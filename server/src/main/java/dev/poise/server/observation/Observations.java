package dev.poise.server.observation;

import dev.poise.server.platform.Signals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.RoleReport.Role;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    Map<LoadBalancerId, String> essences = store.essences(report.node(), named);
    List<LoadBalancerId> changed =
        Stream.concat(
                report.loadBalancers().stream()
                    .filter(now -> !Essence.of(now).equals(essences.get(now.id())))
                    .map(LoadBalancerReport::id),
                gone.stream())
            .toList();
    Map<LoadBalancerId, LoadBalancerReport> said = store.reports(report.node(), changed);
    store.saveLoadBalancers(report.node(), report.loadBalancers());
    store.delete(report.node(), gone);
    changed.forEach(id -> signals.raise(id.text()));
    return Optional.of(
        new Taken(
            changed.stream()
                .collect(Collectors.toMap(id -> id, id -> Optional.ofNullable(said.get(id)))),
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

  /** What was last heard of those load balancers, from every node. */
  public Map<LoadBalancerId, List<Seen>> seen(List<LoadBalancerId> loadBalancers) {
    return store.seen(loadBalancers);
  }
}
