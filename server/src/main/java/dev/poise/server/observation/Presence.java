package dev.poise.server.observation;

import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import dev.poise.spec.RoleReport.Role;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a node of a cluster is there: the little of {@link NodeObservation} that a status needs.
 *
 * @param name of the node
 * @param reportTime when the server heard of it last, by the server's clock; empty if never
 * @param role what it said that it is in its cluster
 */
public record Presence(
    ClusterId cluster, NodeId node, String name, Optional<Instant> reportTime, Role role) {
  /** Whether the node was heard of lately. */
  public boolean isLive(Instant now) {
    return reportTime.isPresent() && !NodeObservation.isSilent(reportTime.get(), now);
  }

  /** Whether it was heard of lately and says that it has the addresses of its cluster. */
  public boolean isPrimary(Instant now) {
    return isLive(now) && role == Role.PRIMARY;
  }
}
