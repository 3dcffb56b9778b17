package dev.poise.server.cluster;

import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What makes a machine a node, once.
 *
 * @param nodeId the node whose key it replaces
 */
@Schema(name = "JoinToken")
public record JoinToken(
    JoinTokenId id,
    ClusterId clusterId,
    @Schema(description = "The node whose key it replaces; absent if it makes a new one")
        @Nullable NodeId nodeId,
    Instant createTime,
    Instant expireTime,
    @Schema(description = "Absent until somebody joined with it") @Nullable Instant usedTime) {

  /** What is said to make one. */
  @Schema(name = "JoinTokenInput")
  public record Input(
      @Schema(description = "For how long it is good", defaultValue = "3600")
          @Min(value = 60, message = "must be at least 60")
          @Max(value = 86_400, message = "must be at most 86400")
          @Nullable Integer expiresInSeconds) {}
}
