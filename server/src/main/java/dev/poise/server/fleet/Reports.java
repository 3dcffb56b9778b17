package dev.poise.server.fleet;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.loadbalancer.Followups;
import dev.poise.server.loadbalancer.StatusEvents;
import dev.poise.server.loadbalancer.StatusEvents.NodeBefore;
import dev.poise.server.observation.Observations;
import dev.poise.server.observation.Observations.Taken;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Signals;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.ReportAnswer;
import dev.poise.spec.RoleReport.Role;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes in what nodes report. */
@Component
final class Reports {
  private static final long LOOK_MILLIS = 2_000;

  /** Nodes that were not heard of because no server was up get time to be heard of again. */
  static final long FIRST_LOOK_MILLIS = 15_000;

  private final Clusters clusters;
  private final Observations observations;
  private final StatusEvents statuses;
  private final Followups followups;
  private final FleetEvents events;
  private final Signals signals;
  private final TransactionTemplate transaction;

  Reports(
      Clusters clusters,
      Observations observations,
      StatusEvents statuses,
      Followups followups,
      FleetEvents events,
      Signals signals,
      TransactionTemplate transaction) {
    this.clusters = clusters;
    this.observations = observations;
    this.statuses = statuses;
    this.followups = followups;
    this.events = events;
    this.signals = signals;
    this.transaction = transaction;
  }

  ReportAnswer take(Node node, NodeReport report) {
    if (!report.node().equals(node.id())) {
      throw new Refusal.Unreadable(
          ProblemType.BAD_REQUEST, "The report is of another node than the key.");
    }
    Optional<Taken> taken =
        Objects.requireNonNull(transaction.execute(_ -> observed(node, report)));
    if (taken.isPresent()) {
      Taken before = taken.get();
      if (!before.wasLive() || primaryChanged(before.role(), report.role().role()))
        statuses.nodeChanged(
            new NodeBefore(node.id(), before.wasLive(), before.role()), before.before().keySet());
      followups.after(
          node.clusterId(), report.loadBalancers().stream().map(LoadBalancerReport::id).toList());
    }
    return new ReportAnswer(taken.isEmpty());
  }

  private Optional<Taken> observed(Node node, NodeReport report) {
    clusters.hold(node.id());
    Optional<Taken> taken = observations.take(report);
    taken.ifPresent(before -> {
      statuses.reported(
          new NodeBefore(node.id(), before.wasLive(), before.role()), before.before());
      boolean otherRole = before.role() != report.role().role();
      if (otherRole) signals.raise(Moves.topic(node.clusterId()));
      if (otherRole || !before.wasLive()) events.nodeChanged(node.id());
    });
    return taken;
  }

  private static boolean primaryChanged(Role before, Role now) {
    return (before == Role.PRIMARY) != (now == Role.PRIMARY);
  }

  /** Forgets deleted load balancers that no node is left to speak of. */
  @Scheduled(fixedDelay = LOOK_MILLIS, initialDelay = LOOK_MILLIS)
  void buryDeleted() {
    followups.buryDeleted();
  }

  /** Tells those who follow of nodes that are not heard of any more. */
  @Scheduled(fixedDelay = LOOK_MILLIS, initialDelay = FIRST_LOOK_MILLIS)
  void noticeSilence() {
    Map<NodeId, Role> silent =
        Objects.requireNonNull(
            transaction.execute(_ -> {
              Map<NodeId, Role> fallen = observations.fellSilent();
              fallen.keySet().forEach(events::nodeChanged);
              return fallen;
            }));
    silent.forEach(
        (node, role) -> statuses.nodeChanged(new NodeBefore(node, true, role), Set.of()));
  }
}
