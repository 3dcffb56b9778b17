package dev.poise.server.fleet;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.loadbalancer.Followups;
import dev.poise.server.loadbalancer.StatusEvents;
import dev.poise.server.loadbalancer.StatusEvents.NodeBefore;
import dev.poise.server.observation.Observations;
import dev.poise.server.observation.Observations.Taken;
import dev.poise.server.platform.Gathering;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Signals;
import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.ReportAnswer;
import dev.poise.spec.RoleReport.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes in what nodes report. Reports that come while others are taken in are taken in together, in
 * one transaction: what they need to be compared with, and where they are put, is found for all of
 * them at once.
 */
@Component
final class Reports {
  private static final long LOOK_MILLIS = 2_000;

  /** Nodes that were not heard of because no server was up get time to be heard of again. */
  static final long FIRST_LOOK_MILLIS = 15_000;

  /** Load balancers in reports that are taken in together: all that is known of them is read. */
  private static final int MOST_AT_ONCE = 250;

  private final Observations observations;
  private final StatusEvents statuses;
  private final Followups followups;
  private final FleetEvents events;
  private final Signals signals;
  private final TransactionTemplate transaction;
  private final List<Gathering<Said, ReportAnswer>> intakes =
      Stream.generate(() -> new Gathering<>(MOST_AT_ONCE, Said::weight, this::takeAll))
          .limit(Runtime.getRuntime().availableProcessors())
          .toList();

  Reports(
      Observations observations,
      StatusEvents statuses,
      Followups followups,
      FleetEvents events,
      Signals signals,
      TransactionTemplate transaction) {
    this.observations = observations;
    this.statuses = statuses;
    this.followups = followups;
    this.events = events;
    this.signals = signals;
    this.transaction = transaction;
  }

  /** A report and the node that made it. */
  private record Said(Node node, NodeReport report) {
    int weight() {
      return 1 + report.loadBalancers().size();
    }
  }

  ReportAnswer take(Node node, NodeReport report) {
    if (!report.node().equals(node.id())) {
      throw new Refusal.Unreadable(
          ProblemType.BAD_REQUEST, "The report is of another node than the key.");
    }
    // Nodes of one cluster speak of the same load balancers.
    int intake = Math.floorMod(node.clusterId().hashCode(), intakes.size());
    return intakes.get(intake).ask(new Said(node, report));
  }

  private List<ReportAnswer> takeAll(List<Said> reports) {
    Map<NodeId, Taken> taken = Objects.requireNonNull(transaction.execute(_ -> observed(reports)));
    Set<ClusterId> clusters = new HashSet<>();
    Set<LoadBalancerId> loadBalancers = new HashSet<>();
    for (Said said : reports) {
      @Nullable Taken before = taken.get(said.node().id());
      if (before == null) continue;
      if (!before.wasLive() || primaryChanged(before.role(), said.report().role().role()))
        statuses.nodeChanged(
            new NodeBefore(said.node().id(), before.wasLive(), before.role()),
            before.before().keySet());
      clusters.add(said.node().clusterId());
      said.report().loadBalancers().forEach(each -> loadBalancers.add(each.id()));
    }
    if (!clusters.isEmpty()) followups.after(clusters, loadBalancers);
    return reports.stream()
        .map(said -> new ReportAnswer(!taken.containsKey(said.node().id())))
        .toList();
  }

  private Map<NodeId, Taken> observed(List<Said> reports) {
    List<NodeId> nodes = reports.stream().map(said -> said.node().id()).toList();
    List<NodeId> held = new ArrayList<>();
    Map<NodeId, Taken> taken =
        observations.take(
            reports.stream().map(Said::report).toList(),
            Clusters.hold(nodes, held::add),
            () -> {
              // One node twice looks like one too few: each is taken in alone then, in their order.
              if (held.size() < nodes.size()) throw Clusters.notANode();
            });
    statuses.reported(taken);
    for (Said said : reports) {
      Node node = said.node();
      @Nullable Taken before = taken.get(node.id());
      if (before == null) continue;
      boolean otherRole = before.role() != said.report().role().role();
      if (otherRole) signals.raise(Moves.topic(node.clusterId()));
      if (otherRole || !before.wasLive()) events.nodeChanged(node.id());
    }
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
