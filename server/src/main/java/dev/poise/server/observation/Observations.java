package dev.poise.server.observation;

import dev.poise.server.platform.Signals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.Outcome;
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
   * Takes in a report, in the transaction of the caller. Those who wait for a load balancer whose
   * outcome changed are woken.
   *
   * @return false if a report is missing before this one, so that a full one is needed; nothing is
   *     changed then
   */
  public boolean take(NodeReport report) {
    Optional<ObservationStore.Position> last = store.lockPosition(report.node());
    boolean follows =
        last.isPresent()
            && last.get().session().equals(report.session())
            && last.get().sequence() == report.sequence() - 1;
    if (!report.full() && !follows) return false;
    store.saveNode(report, clock.instant());
    List<LoadBalancerId> named =
        report.loadBalancers().stream().map(LoadBalancerReport::id).toList();
    Map<LoadBalancerId, Outcome> before = store.outcomes(report.node(), named);
    store.saveLoadBalancers(report.node(), report.loadBalancers());
    if (report.full()) store.deleteOthers(report.node(), named);
    else store.delete(report.node(), report.gone());
    report.loadBalancers().stream()
        .filter(now -> !now.outcome().equals(before.get(now.id())))
        .forEach(now -> signals.raise(now.id().text()));
    return true;
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
