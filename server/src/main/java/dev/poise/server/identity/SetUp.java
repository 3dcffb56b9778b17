package dev.poise.server.identity;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;

/** The right to set a user's password, once. */
@Schema(name = "SetUp")
public record SetUp(
    @Schema(description = "To be sent to /api/v1/set-up with a password; shown only once")
        String token,
    Instant expireTime) {

  /** Without the token. */
  @Override
  public String toString() {
    return "SetUp[hidden]";
  }
}
