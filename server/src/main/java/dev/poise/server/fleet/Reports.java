package dev.poise.server.fleet;

import dev.poise.server.cluster.Node;
import dev.poise.server.loadbalancer.Followups;
import dev.poise.server.observation.Observations;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.NodeReport;
import dev.poise.spec.ReportAnswer;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes in what nodes report. */
@Component
final class Reports {
  private final Observations observations;
  private final Followups followups;
  private final TransactionTemplate transaction;

  Reports(Observations observations, Followups followups, TransactionTemplate transaction) {
    this.observations = observations;
    this.followups = followups;
    this.transaction = transaction;
  }

  ReportAnswer take(Node node, NodeReport report) {
    if (!report.node().equals(node.id())) {
      throw new Refusal.Unreadable(
          ProblemType.BAD_REQUEST, "The report is of another node than the key.");
    }
    boolean taken = Boolean.TRUE.equals(transaction.execute(_ -> observations.take(report)));
    if (taken) {
      followups.finishDraining(
          report.loadBalancers().stream().map(LoadBalancerReport::id).toList());
      followups.buryDeleted(node.clusterId());
      followups.freeLeftAddresses(node.clusterId());
    }
    return new ReportAnswer(!taken);
  }
}
