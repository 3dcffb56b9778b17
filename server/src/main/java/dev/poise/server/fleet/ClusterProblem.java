package dev.poise.server.fleet;

import dev.poise.spec.NodeId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What somebody should look after.
 *
 * @param message what it is, in a sentence or two
 * @param nodeIds the nodes it is about, in the order of their ids
 * @param sinceTime by the server's clock; absent if that is not known
 */
@Schema(name = "ClusterProblem")
record ClusterProblem(
    Kind kind, String message, List<NodeId> nodeIds, @Nullable Instant sinceTime) {

  /** What kind of thing it is. */
  @Schema(name = "ClusterProblemKind")
  enum Kind {
    /** Several nodes say that they have the addresses. */
    TWO_PRIMARIES,
    /** No node says that it has the addresses, though the cluster has VRRP. */
    NO_PRIMARY,
    /** A node is not heard of. */
    NODE_SILENT,
    /** A node does not get along with what it was told. */
    NODE_BEHIND,
    /** A node cannot move addresses, though the cluster has VRRP. */
    VRRP_MISSING,
    /** Nodes have different software. */
    VERSIONS_DIFFER,
    /** The clock of a node is off. */
    CLOCK_OFF
  }

  /** What is the same as long as it is the same problem. */
  String key() {
    return nodeIds.stream().map(NodeId::text).collect(Collectors.joining(" ", kind + " ", ""));
  }
}
