package dev.poise.server.fleet;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.loadbalancer.Followups;
import dev.poise.server.loadbalancer.StatusEvents;
import dev.poise.server.observation.Observations;
import dev.poise.server.observation.Observations.Taken;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.NodeReport;
import dev.poise.spec.ReportAnswer;
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
  private static final long FIRST_LOOK_MILLIS = 15_000;

  private final Clusters clusters;
  private final Observations observations;
  private final StatusEvents statuses;
  private final Followups followups;
  private final TransactionTemplate transaction;

  Reports(
      Clusters clusters,
      Observations observations,
      StatusEvents statuses,
      Followups followups,
      TransactionTemplate transaction) {
    this.clusters = clusters;
    this.observations = observations;
    this.statuses = statuses;
    this.followups = followups;
    this.transaction = transaction;
  }

  ReportAnswer take(Node node, NodeReport report) {
    if (!report.node().equals(node.id())) {
      throw new Refusal.Unreadable(
          ProblemType.BAD_REQUEST, "The report is of another node than the key.");
    }
    Optional<Taken> taken =
        Objects.requireNonNull(
            transaction.execute(_ -> {
              clusters.hold(node.id());
              Optional<Taken> change = observations.take(report);
              change.ifPresent(it -> statuses.reported(node.id(), it.wasLive(), it.before()));
              return change;
            }));
    if (taken.isPresent()) {
      if (!taken.get().wasLive())
        statuses.livenessChanged(node.id(), true, taken.get().before().keySet());
      followups.finishDraining(
          report.loadBalancers().stream().map(LoadBalancerReport::id).toList());
      followups.buryDeleted(node.clusterId());
      followups.freeLeftAddresses(node.clusterId());
    }
    return new ReportAnswer(taken.isEmpty());
  }

  /** Tells those who follow of nodes that are not heard of any more. */
  @Scheduled(fixedDelay = LOOK_MILLIS, initialDelay = FIRST_LOOK_MILLIS)
  void noticeSilence() {
    observations.fellSilent().forEach(node -> statuses.livenessChanged(node, false, Set.of()));
  }
}
