package dev.poise.server.loadbalancer;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.loadbalancer.ListenerInput.ProtocolName;
import dev.poise.server.observation.NodeObservation;
import dev.poise.server.observation.Observations;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
    Instant now = clock.instant();
    List<Node> nodes = clusters.nodesOf(List.of(cluster));
    Map<NodeId, NodeObservation> live =
        observations.of(nodes.stream().map(Node::id).toList()).stream()
            .filter(seen -> seen.isLive(now))
            .collect(Collectors.toMap(NodeObservation::node, Function.identity()));
    for (Node node : nodes) {
      @Nullable NodeObservation seen = live.get(node.id());
      if (seen == null || seen.capabilities().protocols().contains(protocol.name())) continue;
      throw new Refusal.Invalid(
          pointer,
          ProblemType.UNSUPPORTED_FOR_PROTOCOL,
          "The node '%s' of the cluster cannot serve %s now: %s."
              .formatted(
                  node.name(),
                  protocol,
                  seen.capabilities()
                      .missing()
                      .getOrDefault(protocol.name(), "programs it needs are missing there")));
    }
  }
}
