package dev.poise.server.fleet;

import dev.poise.server.cluster.Cluster;
import dev.poise.server.cluster.ClusterChanges;
import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.observation.NodeObservation;
import dev.poise.server.observation.Observations;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Signals;
import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import dev.poise.spec.RoleReport.Role;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Planned moves of addresses from one node of a cluster to another.
 *
 * <p>A move is a wish like any other: it is written down, reaches the nodes with the next manifest
 * and is carried out by them. The server does not move anything and is not needed for the move to
 * end. What it does is to refuse a move that would leave nobody to serve, as far as it knows, under
 * the lock of the cluster's row: two nodes that are drained at once are drained one after the
 * other, and the second is refused.
 */
@Component
final class Moves {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Clusters clusters;
  private final ClusterChanges changes;
  private final Observations observations;
  private final Signals signals;
  private final InstantSource clock;

  Moves(
      Clusters clusters,
      ClusterChanges changes,
      Observations observations,
      Signals signals,
      InstantSource clock) {
    this.clusters = clusters;
    this.changes = changes;
    this.observations = observations;
    this.signals = signals;
    this.clock = clock;
  }

  /**
   * A failover that was asked for.
   *
   * @param from who had the addresses when it was
   */
  record Failover(Cluster cluster, List<NodeId> from) {}

  /** The signal that a node of the cluster is something else now. */
  static String topic(ClusterId cluster) {
    return "roles:" + cluster;
  }

  /**
   * Lets a node give way and stay away.
   *
   * @param force drain it though no other node can take over
   * @throws Refusal.Conflict if no other node can take over
   */
  Node drain(Caller caller, NodeId id, boolean force) {
    caller.requirePlatformAdmin();
    Cluster cluster = clusters.lock(clusters.node(id).clusterId());
    Node node = clusters.node(id);
    if (!force && !node.drained()) requireSuccessor(cluster, node);
    return changes.drain(caller, id, true);
  }

  private void requireSuccessor(Cluster cluster, Node node) {
    if (cluster.vrrp() == null) {
      throw refused(
          "The cluster has no VRRP, so no node takes the addresses of '"
              + node.name()
              + "' over. Move them first.");
    }
    Crew crew = crew(cluster.id());
    List<Node> others = crew.others(List.of(node.id()));
    if (others.stream().noneMatch(other -> crew.obstacle(other).isEmpty()))
      throw refused("No other node can take over" + crew.obstacles(others));
  }

  /** Takes a drain back. */
  Node activate(Caller caller, NodeId id) {
    return changes.drain(caller, id, false);
  }

  /**
   * Lets the primary give way once.
   *
   * @throws Refusal.Conflict if the cluster has no VRRP or no primary, or nobody can take over
   * @throws Refusal.Invalid if the node named is of another cluster
   */
  Failover failOver(Caller caller, ClusterId id, Optional<NodeId> to) {
    caller.requirePlatformAdmin();
    Cluster cluster = clusters.lock(id);
    if (cluster.vrrp() == null)
      throw refused("The cluster has no VRRP: its nodes do not move addresses.");
    Crew crew = crew(id);
    List<NodeId> from = crew.primaries();
    to.ifPresent(wanted -> requireMember(crew, wanted));
    if (from.isEmpty())
      throw refused("No node says that it has the addresses, so none can give way.");
    if (to.filter(from::contains).isPresent())
      throw refused("The node '" + crew.node(to.get()).name() + "' has the addresses already.");
    List<Node> candidates = to.map(crew::node).map(List::of).orElseGet(() -> crew.others(from));
    if (candidates.stream().noneMatch(crew::isStandby))
      throw refused(
          (to.isPresent() ? "The node cannot take over" : "No other node can take over")
              + crew.obstacles(candidates));
    return new Failover(changes.handOver(caller, id, to), from);
  }

  private static void requireMember(Crew crew, NodeId wanted) {
    if (crew.nodes.stream().anyMatch(node -> node.id().equals(wanted))) return;
    throw new Refusal.Invalid(
        "/to", ProblemType.VALIDATION_FAILED, "The cluster has no node " + wanted + ".");
  }

  private static Refusal refused(String why) {
    return new Refusal.Conflict(ProblemType.NO_STANDBY, why);
  }

  /** Waits until the drained node has given way and another one has the addresses. */
  void awaitDrained(Node node, Duration limit) {
    if (clusters.cluster(node.clusterId()).vrrp() == null) return;
    await(
        node.clusterId(),
        limit,
        () -> {
          Crew crew = crew(node.clusterId());
          List<NodeId> primaries = crew.primaries();
          return crew.role(node.id()) == Role.FAULT
              && !primaries.isEmpty()
              && !primaries.contains(node.id());
        });
  }

  /** Waits until the node is ready to take over, or has. */
  void awaitActive(Node node, Duration limit) {
    if (clusters.cluster(node.clusterId()).vrrp() == null) return;
    await(
        node.clusterId(),
        limit,
        () ->
            switch (crew(node.clusterId()).role(node.id())) {
              case PRIMARY, BACKUP -> true;
              case FAULT, NONE, UNKNOWN -> false;
            });
  }

  /** Waits until another node has the addresses, the one that was named if one was. */
  void awaitFailover(Failover failover, Duration limit) {
    ClusterId cluster = failover.cluster().id();
    await(
        cluster,
        limit,
        () -> {
          List<NodeId> primaries = crew(cluster).primaries();
          return !primaries.isEmpty()
              && failover.from().stream().noneMatch(primaries::contains)
              && primaries.containsAll(failover.cluster().handover().to());
        });
  }

  private void await(ClusterId cluster, Duration limit, BooleanSupplier settled) {
    Instant end = clock.instant().plus(limit);
    try (Signals.Subscription signal = signals.subscribe(topic(cluster))) {
      while (!settled.getAsBoolean()) {
        Duration left = Duration.between(clock.instant(), end);
        if (!left.isPositive() || !signals.isRunning()) return;
        signal.await(left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
      }
    }
  }

  private Crew crew(ClusterId cluster) {
    List<Node> nodes = clusters.nodesOf(List.of(cluster));
    return new Crew(
        nodes,
        observations.of(nodes.stream().map(Node::id).toList()).stream()
            .collect(Collectors.toMap(NodeObservation::node, Function.identity())),
        clock.instant());
  }

  /** The nodes of a cluster and what they said last. */
  private record Crew(List<Node> nodes, Map<NodeId, NodeObservation> heard, Instant now) {
    Node node(NodeId id) {
      return nodes.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
    }

    List<Node> others(List<NodeId> without) {
      return nodes.stream().filter(node -> !without.contains(node.id())).toList();
    }

    List<NodeId> primaries() {
      return nodes.stream()
          .map(Node::id)
          .filter(id -> heard.containsKey(id) && heard.get(id).isPrimary(now))
          .toList();
    }

    /** What a live node says that it is. */
    Role role(NodeId id) {
      @Nullable NodeObservation last = heard.get(id);
      return last != null && last.isLive(now) ? last.role().role() : Role.UNKNOWN;
    }

    boolean isStandby(Node node) {
      return role(node.id()) == Role.BACKUP && !node.drained();
    }

    /** Why the node cannot have the addresses, as the end of a sentence about it. */
    Optional<String> obstacle(Node node) {
      if (node.drained()) return Optional.of("is drained");
      @Nullable NodeObservation last = heard.get(node.id());
      if (last == null) return Optional.of("has never been heard of");
      if (!last.isLive(now)) return Optional.of("has not been heard of since " + last.reportTime());
      return switch (last.role().role()) {
        case PRIMARY, BACKUP -> Optional.empty();
        case FAULT -> Optional.of("says that it cannot: " + last.role().why());
        case NONE, UNKNOWN -> Optional.of("does not say that it could");
      };
    }

    String obstacles(List<Node> others) {
      if (others.isEmpty()) return ": the cluster has none.";
      return others.stream()
          .map(other ->
              "'" + other.name() + "' " + obstacle(other).orElse("is not ready as a standby"))
          .collect(Collectors.joining(", ", ": ", "."));
    }
  }
}
