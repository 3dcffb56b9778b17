package dev.poise.server.fleet;

import dev.poise.server.cluster.Cluster;
import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.fleet.ClusterView.TombstoneView;
import dev.poise.server.fleet.TombstoneStore.Tombstone;
import dev.poise.server.observation.NodeObservation;
import dev.poise.server.observation.Observations;
import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Gathers what operators see of clusters and nodes, with a fixed number of queries however much is
 * served there.
 */
@Component
final class ClusterViews {
  private final Clusters clusters;
  private final Observations observations;
  private final TombstoneStore tombstones;
  private final InstantSource clock;

  ClusterViews(
      Clusters clusters,
      Observations observations,
      TombstoneStore tombstones,
      InstantSource clock) {
    this.clusters = clusters;
    this.observations = observations;
    this.tombstones = tombstones;
    this.clock = clock;
  }

  ClusterView of(Cluster cluster) {
    return of(List.of(cluster)).getFirst();
  }

  List<ClusterView> of(List<Cluster> all) {
    Instant now = clock.instant();
    List<ClusterId> ids = all.stream().map(Cluster::id).toList();
    List<Node> nodes = clusters.everyNodeOf(ids);
    Map<NodeId, NodeObservation> heard = heard(nodes);
    Map<ClusterId, List<Node>> nodesOf =
        nodes.stream().collect(Collectors.groupingBy(Node::clusterId));
    Map<ClusterId, List<Tombstone>> tombstonesOf =
        tombstones.of(ids).stream().collect(Collectors.groupingBy(Tombstone::cluster));
    return all.stream()
        .map(cluster ->
            view(
                cluster,
                nodesOf.getOrDefault(cluster.id(), List.of()),
                heard,
                tombstonesOf.getOrDefault(cluster.id(), List.of()),
                now))
        .toList();
  }

  NodeView of(Node node) {
    return ofNodes(List.of(node)).getFirst();
  }

  List<NodeView> ofNodes(List<Node> nodes) {
    Instant now = clock.instant();
    Map<NodeId, NodeObservation> heard = heard(nodes);
    Map<ClusterId, Long> revisions =
        clusters.revisions(nodes.stream().map(Node::clusterId).distinct().toList());
    return nodes.stream()
        .map(node ->
            view(
                node,
                Objects.requireNonNull(revisions.get(node.clusterId())),
                Optional.ofNullable(heard.get(node.id())),
                now))
        .toList();
  }

  private Map<NodeId, NodeObservation> heard(List<Node> nodes) {
    return observations.of(nodes.stream().map(Node::id).toList()).stream()
        .collect(Collectors.toMap(NodeObservation::node, Function.identity()));
  }

  private static ClusterView view(
      Cluster cluster,
      List<Node> all,
      Map<NodeId, NodeObservation> heard,
      List<Tombstone> tombstones,
      Instant now) {
    List<Node> nodes = all.stream().filter(node -> !node.isRevoked()).toList();
    return new ClusterView(
        cluster.id(),
        cluster.dataCenterId(),
        cluster.name(),
        cluster.remark(),
        cluster.model(),
        cluster.vrrp(),
        cluster.revision(),
        all.stream()
            .map(node ->
                view(node, cluster.revision(), Optional.ofNullable(heard.get(node.id())), now))
            .toList(),
        nodes.stream()
            .map(Node::id)
            .filter(id -> heard.containsKey(id) && heard.get(id).isPrimary(now))
            .toList(),
        ClusterProblems.of(cluster, nodes, heard, now),
        tombstones.stream()
            .map(it -> new TombstoneView(it.loadBalancer(), it.deleteTime(), it.nodes()))
            .toList(),
        tombstones.isEmpty() ? 0 : tombstones.getFirst().count(),
        cluster.version(),
        cluster.createTime());
  }

  private static NodeView view(
      Node node, long desiredRevision, Optional<NodeObservation> heard, Instant now) {
    return new NodeView(
        node.id(),
        node.clusterId(),
        node.name(),
        node.address(),
        node.priority() == 0 ? null : node.priority(),
        node.drained(),
        node.revokeTime(),
        heard.isPresent() && heard.get().isLive(now),
        heard.map(NodeObservation::reportTime).orElse(null),
        heard.map(last -> last.role().role()).orElse(null),
        heard.map(ClusterViews::roleSince).orElse(null),
        heard.map(last -> last.role().why()).filter(why -> !why.isEmpty()).orElse(null),
        desiredRevision,
        heard.map(NodeObservation::acceptedRevision).orElse(null),
        heard.map(NodeObservation::appliedRevision).orElse(null),
        heard.map(last -> last.capabilities().versions()).orElse(null),
        heard.map(last -> last.capabilities().protocols()).orElse(null),
        heard.map(last -> last.capabilities().features()).orElse(null),
        heard.map(last -> last.capabilities().missing()).orElse(null),
        heard.map(NodeObservation::problems).orElse(null),
        heard.map(last -> last.heldRemovals().loadBalancers()).orElse(null),
        node.version(),
        node.createTime());
  }

  /** Nodes that have no role have had none since no time in particular. */
  private static @Nullable Instant roleSince(NodeObservation last) {
    return switch (last.role().role()) {
      case PRIMARY, BACKUP, FAULT -> last.role().since();
      case NONE, UNKNOWN -> null;
    };
  }
}
