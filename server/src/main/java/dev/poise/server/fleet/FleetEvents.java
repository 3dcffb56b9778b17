package dev.poise.server.fleet;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.event.Change;
import dev.poise.server.event.Events;
import dev.poise.server.event.What;
import dev.poise.server.identity.PlatformTenant;
import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import java.util.List;
import java.util.Map;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Tells those who run the platform, in the stream of their own tenant, that a node is something
 * else now and that something became wrong with a cluster or is not any more.
 *
 * <p>Problems are computed from the time too, so that one can begin while nothing happens. So every
 * cluster is looked at again and again, and what its problems are is compared with what was told
 * last. That is a column, changed by one statement: of several servers that look at once, one
 * tells. It is compared and never shown.
 */
@Component
final class FleetEvents {
  private static final long LOOK_MILLIS = 2_000;

  private final Clusters clusters;
  private final ClusterViews views;
  private final Events events;
  private final PlatformTenant platform;
  private final TransactionTemplate transaction;

  FleetEvents(
      Clusters clusters,
      ClusterViews views,
      Events events,
      PlatformTenant platform,
      TransactionTemplate transaction) {
    this.clusters = clusters;
    this.views = views;
    this.events = events;
    this.platform = platform;
    this.transaction = transaction;
  }

  /** Notes that the node fell silent, is heard of again, or says that it is something else. */
  void nodeChanged(NodeId node) {
    tell("node", node.text());
  }

  /** Looks whether the problems of clusters are still those that were told. */
  @Scheduled(fixedDelay = LOOK_MILLIS, initialDelay = Reports.FIRST_LOOK_MILLIS)
  void lookForProblems() {
    Map<ClusterId, List<String>> told = clusters.announced();
    for (ClusterView cluster : views.of(clusters.all())) {
      List<String> problems = cluster.problems().stream().map(ClusterProblem::key).toList();
      if (problems.equals(told.getOrDefault(cluster.id(), List.of()))) continue;
      transaction.executeWithoutResult(_ -> {
        if (clusters.announce(cluster.id(), problems)) tell("cluster", cluster.id().text());
      });
    }
  }

  private void tell(String kind, String id) {
    Change change = new Change(kind, id, What.STATUS, new Change.About(null, null, null, true));
    platform.id().ifPresent(tenant -> events.append(tenant, List.of(change)));
  }
}
