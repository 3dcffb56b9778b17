package dev.poise.server.identity;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;

/** Somebody who is signed in with a browser. */
public record Session(
    SessionId id,
    Method method,
    String sourceAddress,
    String userAgent,
    Instant createTime,
    @Schema(description = "To the minute") Instant lastUsedTime,
    @Schema(description = "When it ends even if it is used all the time") Instant expireTime) {

  /** How somebody signed in. */
  public enum Method {
    PASSWORD,
    OIDC
  }
}
