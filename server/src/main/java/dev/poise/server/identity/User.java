package dev.poise.server.identity;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.poise.server.platform.Caller.Role;
import dev.poise.server.platform.Line;
import dev.poise.server.platform.TenantId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A person, or a program that acts as one. */
public record User(
    UserId id,
    TenantId tenantId,
    @Schema(description = "What one signs in as; unique on the whole platform") String name,
    Role role,
    @Schema(description = "Whether the tenant was made with it") boolean mainAccount,
    @Nullable String email,
    @Schema(description = "Its subject at the OIDC provider") @Nullable String externalId,
    String remark,
    State state,
    @Schema(description = "Whether signing in with the password needs a one-time code")
        boolean totp,
    @Nullable Instant lastSignInTime,
    Instant createTime,
    @Nullable Instant deleteTime,
    @JsonIgnore long version) {

  /** Whether it may do anything. */
  public enum State {
    /** It has no password yet; its keys work. */
    INVITED,
    ACTIVE,
    DISABLED,
    DELETED
  }

  /** What is said to make one. */
  @Schema(name = "UserInput")
  public record Input(
      @NotNull(message = "is required") @UserName String name,
      @NotNull(message = "is required") Role role,
      @Schema(description = "Links a sign-in through OIDC to it, if the provider verified it")
          @Email
          @Nullable String email,
      @Schema(description = "Links the subject of that name at the OIDC provider to it")
          @Line(max = 255, blankAllowed = false)
          @Nullable String externalId,
      @Line(max = 512) @Nullable String remark) {}

  /** The same, as what was said to make it. */
  Input input() {
    return new Input(name, role, email, externalId, remark);
  }
}
