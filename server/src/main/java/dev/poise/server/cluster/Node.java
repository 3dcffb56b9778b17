package dev.poise.server.cluster;

import dev.poise.server.platform.Line;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.NodeId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A machine of a cluster.
 *
 * @param address where the other nodes reach it
 * @param revokeTime since when it is none any more, as far as anybody is concerned
 */
public record Node(
    NodeId id,
    ClusterId clusterId,
    String name,
    @Nullable IpAddress address,
    @Nullable Instant revokeTime,
    Instant createTime) {

  /** What is said to add one. */
  @Schema(name = "NodeInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Schema(description = "Where the other nodes of the cluster reach it")
          @Nullable IpAddress address) {}
}
