package dev.poise.server.cluster;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Line;
import dev.poise.spec.ClusterId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Nodes with the same software that serve the same load balancers.
 *
 * @param model what an operator calls this kind of machine, such as {@code x86} or {@code arm}
 * @param revision counts the changes of what its nodes should serve
 */
public record Cluster(
    ClusterId id,
    DataCenterId dataCenterId,
    String name,
    String remark,
    String model,
    long revision,
    long removalsConfirmedThrough,
    Instant createTime) {

  /** What is said to make one. */
  @Schema(name = "ClusterInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Line(max = 512) @Nullable String remark,
      @NotNull(message = "is required") DataCenterId dataCenterId,
      @NotNull(message = "is required") @Line(max = 64, blankAllowed = false) String model) {}
}
