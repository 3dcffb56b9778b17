package dev.poise.server.identity;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Caller.Role;
import dev.poise.server.platform.Caller.Scope;
import dev.poise.server.platform.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Who holds a key or a session. */
record Holder(
    String id,
    TenantId tenant,
    String user,
    Role role,
    Scope scope,
    @Nullable Instant lastUsedTime) {
  /** How exactly the time of the last use is kept: a write for each request would cost too much. */
  private static final Duration EXACTNESS = Duration.ofMinutes(1);

  static Holder of(ResultSet row, int number) throws SQLException {
    Timestamp used = row.getTimestamp("last_used_time");
    return new Holder(
        row.getString("id"),
        new TenantId(row.getString("tenant_id")),
        row.getString("user_id"),
        Role.valueOf(row.getString("role")),
        Scope.valueOf(row.getString("scope")),
        used == null ? null : used.toInstant());
  }

  boolean isToBeNoted(Instant now) {
    return lastUsedTime == null || lastUsedTime.isBefore(now.minus(EXACTNESS));
  }

  Caller caller(String sourceAddress, String requestId) {
    return new Caller(tenant, user, id, role, scope, sourceAddress, requestId);
  }
}
