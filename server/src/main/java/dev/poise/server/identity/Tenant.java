package dev.poise.server.identity;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.poise.server.platform.Line;
import dev.poise.server.platform.TenantId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A part of the organisation whose things nobody else sees.
 *
 * @param platform whether it is the one that the platform's administrators belong to
 */
public record Tenant(
    TenantId id,
    String name,
    String remark,
    @Schema(description = "Whether it is the platform administrators' own") boolean platform,
    State state,
    Instant createTime,
    @Nullable Instant deleteTime,
    @JsonIgnore long version) {

  /** Whether its users and keys may do anything. Its load balancers serve in any case. */
  public enum State {
    ACTIVE,
    DISABLED,
    DELETED
  }

  /** What is said to make one. */
  @Schema(name = "TenantInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Line(max = 512) @Nullable String remark,
      @Schema(description = "Its first administrator") @NotNull(message = "is required") @Valid
          MainAccount mainAccount) {}

  /** The first administrator of a tenant. */
  @Schema(name = "MainAccountInput")
  public record MainAccount(
      @NotNull(message = "is required") @UserName String name,
      @Email @Nullable String email,
      @Line(max = 255, blankAllowed = false) @Nullable String externalId) {}

  /** What of a tenant a patch may speak of. */
  @Schema(name = "TenantDescriptionInput")
  record Description(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Line(max = 512) @Nullable String remark) {}

  /** What a patch is applied to. */
  Description description() {
    return new Description(name, remark);
  }
}
