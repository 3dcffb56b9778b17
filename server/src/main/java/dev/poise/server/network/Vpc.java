package dev.poise.server.network;

import dev.poise.server.platform.Line;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A tenant's network in a data centre. */
public record Vpc(
    VpcId id,
    @Schema(description = "The user who made it") String creatorId,
    DataCenterId dataCenterId,
    String name,
    String remark,
    Instant createTime) {

  /** What is said to make one. */
  @Schema(name = "VpcInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Line(max = 512) @Nullable String remark,
      @NotNull(message = "is required") DataCenterId dataCenterId) {}
}
