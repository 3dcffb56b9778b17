package dev.poise.server.cluster;

import dev.poise.server.platform.Line;
import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;

/** A machine of a cluster. */
public record Node(NodeId id, ClusterId clusterId, String name, Instant createTime) {

  /** What is said to add one. */
  @Schema(name = "NodeInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name) {}
}
