package dev.poise.server.identity;

import dev.poise.server.platform.Caller.Scope;
import dev.poise.server.platform.Line;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a program calls with, without the key itself. */
public record ApiKey(
    ApiKeyId id,
    @Schema(description = "Whose rights it has") UserId userId,
    String name,
    @Schema(description = "READ_ONLY changes nothing") Scope scope,
    @Nullable Instant expireTime,
    @Schema(description = "To the minute") @Nullable Instant lastUsedTime,
    Instant createTime) {

  /** What is said to make one. */
  @Schema(name = "ApiKeyInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Schema(description = "FULL if absent") @Nullable Scope scope,
      @Schema(description = "It never expires if absent") @Nullable Instant expireTime) {}
}
