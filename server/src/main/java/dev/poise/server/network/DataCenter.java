package dev.poise.server.network;

import dev.poise.server.platform.Line;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A place with machines. Load balancers use only what is in their own data centre. */
public record DataCenter(DataCenterId id, String name, String remark, Instant createTime) {

  /** What is said to make one. */
  @Schema(name = "DataCenterInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Line(max = 512) @Nullable String remark) {}
}
