package dev.poise.server.loadbalancer;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.loadbalancer.ListenerInput.ProtocolName;
import dev.poise.server.network.Segment;
import dev.poise.server.observation.NodeObservation;
import dev.poise.server.observation.Observations;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.Capabilities;
import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * What the nodes of a cluster say they can serve. Refusing here is a courtesy, so that nobody waits
 * for what cannot come; the node's own word decides.
 */
@Component
class Abilities {
  private final Clusters clusters;
  private final Observations observations;
  private final InstantSource clock;

  Abilities(Clusters clusters, Observations observations, InstantSource clock) {
    this.clusters = clusters;
    this.observations = observations;
    this.clock = clock;
  }

  /**
   * Passes if every live node of the cluster speaks the protocol, and if none is live: the nodes
   * may be about to come. One that does not would be a standby that cannot stand by.
   *
   * @param pointer where the protocol stands in the body
   * @throws Refusal.Invalid if a live node does not speak it
   */
  void require(ClusterId cluster, ProtocolName protocol, String pointer) {
    lacking(cluster, said -> said.protocols().contains(protocol.name()))
        .ifPresent(node -> {
          throw new Refusal.Invalid(
              pointer,
              ProblemType.UNSUPPORTED_FOR_PROTOCOL,
              "The node '%s' of the cluster cannot serve %s now: %s."
                  .formatted(node.name(), protocol, node.why(protocol.name())));
        });
  }

  /**
   * Passes if every live node of the cluster can serve in a VPC with that segment.
   *
   * @param pointer where the body names the VPC
   * @throws Refusal.Invalid if a live node cannot
   */
  void require(ClusterId cluster, Segment segment, String pointer) {
    String feature =
        switch (segment) {
          case Segment.Host() -> "";
          case Segment.Netns netns -> Capabilities.NETNS;
          case Segment.Vxlan vxlan -> Capabilities.VXLAN;
        };
    if (feature.isEmpty()) return;
    lacking(cluster, said -> said.features().contains(feature))
        .ifPresent(node -> {
          throw new Refusal.Invalid(
              pointer,
              ProblemType.VALIDATION_FAILED,
              "The node '%s' of the cluster cannot serve a VPC with the segment %s now: %s."
                  .formatted(node.name(), feature, node.why(feature)));
        });
  }

  /** A live node that cannot do something. */
  private record Lacking(String name, Capabilities said) {
    String why(String what) {
      return said.missing().getOrDefault(what, "programs it needs are missing there");
    }
  }

  private Optional<Lacking> lacking(ClusterId cluster, Predicate<Capabilities> can) {
    Instant now = clock.instant();
    List<Node> nodes = clusters.nodesOf(List.of(cluster));
    Map<NodeId, NodeObservation> live =
        observations.of(nodes.stream().map(Node::id).toList()).stream()
            .filter(seen -> seen.isLive(now))
            .collect(Collectors.toMap(NodeObservation::node, Function.identity()));
    return nodes.stream()
        .filter(node -> live.containsKey(node.id()))
        .map(node ->
            new Lacking(node.name(), Objects.requireNonNull(live.get(node.id())).capabilities()))
        .filter(node -> !can.test(node.said()))
        .findFirst();
  }
}
