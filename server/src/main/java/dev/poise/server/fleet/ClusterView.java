package dev.poise.server.fleet;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.poise.server.cluster.VrrpSettings;
import dev.poise.server.network.DataCenterId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.NodeId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A cluster as operators see it: its settings, its nodes, and what somebody should look after. */
@Schema(name = "Cluster")
record ClusterView(
    ClusterId id,
    DataCenterId dataCenterId,
    String name,
    String remark,
    String model,
    @Schema(description = "How its nodes move addresses; absent if somebody else does")
        @Nullable VrrpSettings vrrp,
    @Schema(description = "Counts the changes of what the nodes should serve") long desiredRevision,
    List<NodeView> nodes,
    @Schema(
            description =
                "The nodes that have the addresses, as they say: one, if all is well and the"
                    + " cluster has VRRP")
        List<NodeId> primaries,
    @Schema(description = "What somebody should look after; empty if all is well")
        List<ClusterProblem> problems,
    @Schema(
            description =
                "Load balancers that are deleted and that some node has not let go of, the first"
                    + " 100")
        List<TombstoneView> tombstones,
    long tombstoneCount,
    @JsonIgnore long version,
    Instant createTime) {

  /** A load balancer that is deleted, and who has it still. */
  @Schema(name = "Tombstone")
  record TombstoneView(
      LoadBalancerId loadBalancerId,
      Instant deleteTime,
      @Schema(description = "The nodes that have it still, or were not told yet")
          List<NodeId> nodeIds) {}
}
