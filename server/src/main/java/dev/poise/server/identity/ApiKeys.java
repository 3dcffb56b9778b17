package dev.poise.server.identity;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.TenantId;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds out who holds an API key. */
@Component
public final class ApiKeys {
  /** What every API key begins with. */
  public static final String PREFIX = "poise";

  private final JdbcClient db;

  ApiKeys(JdbcClient db) {
    this.db = db;
  }

  /** The caller with that key, if there is one. */
  public Optional<Caller> authenticate(Secret key, String sourceAddress, String requestId) {
    return db.sql(
            """
            SELECT k.id, k.tenant_id, k.user_id, u.role FROM api_keys k JOIN users u ON u.id = k.user_id
            WHERE k.key_hash = :hash
            """)
        .param("hash", key.hash())
        .query((row, _) ->
            new Caller(
                new TenantId(row.getString("tenant_id")),
                row.getString("user_id"),
                row.getString("id"),
                Caller.Role.valueOf(row.getString("role")),
                sourceAddress,
                requestId))
        .optional();
  }
}
