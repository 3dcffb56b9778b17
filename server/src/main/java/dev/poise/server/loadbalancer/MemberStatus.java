package dev.poise.server.loadbalancer;

import dev.poise.spec.MemberId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a member does, over all live nodes.
 *
 * @param enabled whether its owner wants it to serve
 * @param reason why it is in that health, in words
 * @param activeConnections connections (TCP) or requests (HTTP) it serves now
 */
public record MemberStatus(
    MemberId id,
    boolean enabled,
    Health health,
    String reason,
    @Nullable Instant since,
    long activeConnections,
    long connections) {

  /** The verdict of the checks. */
  @Schema(name = "MemberHealth")
  public enum Health {
    HEALTHY,
    UNHEALTHY,
    UNKNOWN,
    DISABLED
  }
}
