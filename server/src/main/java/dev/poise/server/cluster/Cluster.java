package dev.poise.server.cluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Line;
import dev.poise.spec.ClusterId;
import dev.poise.spec.Redundancy.Handover;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Nodes with the same software that serve the same load balancers.
 *
 * @param model what an operator calls this kind of machine, such as {@code x86} or {@code arm}
 * @param vrrp how its nodes move addresses; absent if somebody else does
 * @param handover the last planned failover
 * @param revision counts the changes of what its nodes should serve
 * @param version counts the changes of what is said of it here
 */
public record Cluster(
    ClusterId id,
    DataCenterId dataCenterId,
    String name,
    String remark,
    String model,
    @Nullable VrrpSettings vrrp,
    Handover handover,
    long revision,
    long removalsConfirmedThrough,
    @JsonIgnore long version,
    Instant createTime) {

  Cluster with(String name, String remark, @Nullable VrrpSettings vrrp) {
    return new Cluster(
        id,
        dataCenterId,
        name,
        remark,
        model,
        vrrp,
        handover,
        revision,
        removalsConfirmedThrough,
        version + 1,
        createTime);
  }

  /** What is said to make one. */
  @Schema(name = "ClusterInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Line(max = 512) @Nullable String remark,
      @Schema(description = "Cannot be changed later") @NotNull(message = "is required")
          DataCenterId dataCenterId,
      @Schema(description = "Cannot be changed later")
          @NotNull(message = "is required")
          @Line(max = 64, blankAllowed = false)
          String model,
      @Schema(
              description =
                  "How the nodes move addresses between them; absent if the addresses are on the"
                      + " nodes already or somebody else moves them")
          @Valid
          @Nullable VrrpInput vrrp) {
    String remarkOrNone() {
      return Objects.requireNonNullElse(remark, "");
    }

    static Input of(Cluster it) {
      return new Input(
          it.name,
          it.remark,
          it.dataCenterId,
          it.model,
          it.vrrp == null ? null : VrrpInput.of(it.vrrp));
    }
  }
}
