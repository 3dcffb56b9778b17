package dev.poise.server.loadbalancer;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.loadbalancer.ListenerInput.ProtocolName;
import dev.poise.server.observation.NodeObservation;
import dev.poise.server.observation.Observations;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.ClusterId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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
   * Passes if a live node of the cluster speaks the protocol, and if none is live: the nodes may be
   * about to come.
   *
   * @param pointer where the protocol stands in the body
   * @throws Refusal.Invalid if no live node speaks it
   */
  void require(ClusterId cluster, ProtocolName protocol, String pointer) {
    Instant now = clock.instant();
    List<NodeObservation> live =
        observations.of(clusters.nodesOf(List.of(cluster)).stream().map(Node::id).toList()).stream()
            .filter(node -> node.isLive(now))
            .toList();
    boolean spoken =
        live.stream().anyMatch(node -> node.capabilities().protocols().contains(protocol.name()));
    if (!live.isEmpty() && !spoken) {
      throw new Refusal.Invalid(
          pointer,
          ProblemType.UNSUPPORTED_FOR_PROTOCOL,
          "No node of the cluster "
              + cluster
              + " can serve "
              + protocol
              + " now; the programs it needs are missing there.");
    }
  }
}
