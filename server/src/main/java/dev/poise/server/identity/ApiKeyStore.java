package dev.poise.server.identity;

import dev.poise.server.platform.Caller.Scope;
import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.TenantId;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of API keys. Revoked ones stay, because the audit log names them. */
@Component
class ApiKeyStore {
  private static final String KEYS =
      """
      SELECT id, user_id, name, scope, expire_time, last_used_time, create_time,
        id || ' ' || name || ' ' || user_id AS search
      FROM api_keys
      WHERE tenant_id = :tenant AND (:user = '' OR user_id = :user) AND revoke_time IS NULL
      """;

  private final JdbcClient db;

  ApiKeyStore(JdbcClient db) {
    this.db = db;
  }

  /** Whether it was added; false if the user has a key of that name. */
  boolean insert(TenantId tenant, ApiKey key, Secret secret) {
    return db.sql(
                """
                INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, scope, expire_time, create_time)
                VALUES (:id, :tenant, :user, :name, :hash, :scope, :expires, :time)
                ON CONFLICT (user_id, name) WHERE revoke_time IS NULL DO NOTHING
                """)
            .param("id", key.id().text())
            .param("tenant", tenant.text())
            .param("user", key.userId().text())
            .param("name", key.name())
            .param("hash", secret.hash())
            .param("scope", key.scope().name())
            .param("expires", key.expireTime() == null ? null : Timestamp.from(key.expireTime()))
            .param("time", Timestamp.from(key.createTime()))
            .update()
        == 1;
  }

  /** Who has keys with those hashes, if both may still act. */
  Map<ByteBuffer, Holder> holders(List<ByteBuffer> hashes, Instant now) {
    Map<ByteBuffer, Holder> holders = new HashMap<>();
    db.sql(
            """
            SELECT k.id, k.tenant_id, k.user_id, u.role, k.scope, k.last_used_time, k.key_hash
            FROM api_keys k JOIN users u ON u.id = k.user_id JOIN tenants t ON t.id = u.tenant_id
            WHERE k.key_hash = ANY(:hashes) AND k.revoke_time IS NULL AND (k.expire_time IS NULL OR k.expire_time > :now)
              AND NOT u.disabled AND u.delete_time IS NULL AND NOT t.disabled AND t.delete_time IS NULL
            """)
        .param("hashes", hashes.stream().map(ByteBuffer::array).toArray(byte[][]::new))
        .param("now", Timestamp.from(now))
        .query(row -> {
          holders.put(ByteBuffer.wrap(row.getBytes("key_hash")), Holder.of(row, 0));
        });
    return holders;
  }

  void used(String id, Instant now) {
    db.sql("UPDATE api_keys SET last_used_time = :now WHERE id = :id")
        .param("now", Timestamp.from(now))
        .param("id", id)
        .update();
  }

  /** Keys of the user, or of the whole tenant if none is given. */
  Page<ApiKey> page(TenantId tenant, @Nullable UserId user, PageRequest request) {
    return Listing.page(
        db,
        KEYS,
        Map.of("tenant", tenant.text(), "user", user == null ? "" : user.text()),
        request,
        ApiKeyStore::key);
  }

  Optional<ApiKey> find(TenantId tenant, @Nullable UserId user, ApiKeyId id) {
    return db.sql(KEYS + " AND id = :id")
        .param("tenant", tenant.text())
        .param("user", user == null ? "" : user.text())
        .param("id", id.text())
        .query(ApiKeyStore::key)
        .optional();
  }

  void revoke(TenantId tenant, ApiKeyId id, Instant now) {
    db.sql("UPDATE api_keys SET revoke_time = :now WHERE tenant_id = :tenant AND id = :id")
        .param("now", Timestamp.from(now))
        .param("tenant", tenant.text())
        .param("id", id.text())
        .update();
  }

  private static ApiKey key(ResultSet row, int number) throws SQLException {
    return new ApiKey(
        new ApiKeyId(row.getString("id")),
        new UserId(row.getString("user_id")),
        row.getString("name"),
        Scope.valueOf(row.getString("scope")),
        instant(row, "expire_time"),
        instant(row, "last_used_time"),
        row.getTimestamp("create_time").toInstant());
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }
}
