package dev.poise.server.fleet;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.loadbalancer.Followups;
import dev.poise.server.loadbalancer.StatusEvents;
import dev.poise.server.observation.Observations;
import dev.poise.server.platform.Caller;
import dev.poise.spec.NodeId;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Lets a node in no more, and draws the conclusions: what it said counts no more, what waited for
 * its word waits no longer, and it hears of no manifest any more.
 */
@Component
final class Revocation {
  private final Clusters clusters;
  private final Observations observations;
  private final StatusEvents statuses;
  private final Followups followups;

  Revocation(
      Clusters clusters, Observations observations, StatusEvents statuses, Followups followups) {
    this.clusters = clusters;
    this.observations = observations;
    this.statuses = statuses;
    this.followups = followups;
  }

  /** In the transaction of the caller. */
  Node revoke(Caller caller, NodeId id) {
    caller.requirePlatformAdmin();
    Node node = clusters.node(id);
    if (node.revokeTime() != null) return node;
    statuses.whileChanging(
        id,
        () -> {
          clusters.revoke(caller, id);
          // Afterwards: a report that was under way is in by now, and no other gets in.
          observations.forget(id);
        });
    followups.after(List.of(node.clusterId()), List.of());
    clusters.raiseRevision(node.clusterId());
    return clusters.node(id);
  }
}
