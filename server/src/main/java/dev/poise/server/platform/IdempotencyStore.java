package dev.poise.server.platform;

import java.sql.Timestamp;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Idempotency keys with the answer each of them led to. */
@Component
class IdempotencyStore {
  private final JdbcClient db;

  IdempotencyStore(JdbcClient db) {
    this.db = db;
  }

  record StoredAnswer(
      int status, @Nullable String etag, @Nullable String location, @Nullable String body) {}

  record Stored(String requestHash, StoredAnswer answer) {}

  /**
   * Takes a key for this transaction; false if another request has it. Waits for one that is under
   * way.
   */
  boolean claim(Caller caller, String key, String requestHash, Instant now) {
    return db.sql(
                """
                INSERT INTO idempotency_keys (tenant_id, caller, key, request_hash, create_time)
                VALUES (:tenant, :caller, :key, :hash, :now)
                ON CONFLICT (tenant_id, caller, key) DO NOTHING
                """)
            .param("tenant", caller.tenant().text())
            .param("caller", caller.actor())
            .param("key", key)
            .param("hash", requestHash)
            .param("now", Timestamp.from(now))
            .update()
        == 1;
  }

  void remember(Caller caller, String key, StoredAnswer answer) {
    db.sql(
            """
            UPDATE idempotency_keys SET status = :status, etag = :etag, location = :location, body = :body
            WHERE tenant_id = :tenant AND caller = :caller AND key = :key
            """)
        .param("status", answer.status())
        .param("etag", answer.etag())
        .param("location", answer.location())
        .param("body", answer.body())
        .param("tenant", caller.tenant().text())
        .param("caller", caller.actor())
        .param("key", key)
        .update();
  }

  Stored find(Caller caller, String key) {
    return db.sql(
            """
            SELECT request_hash, status, etag, location, body FROM idempotency_keys
            WHERE tenant_id = :tenant AND caller = :caller AND key = :key
            """)
        .param("tenant", caller.tenant().text())
        .param("caller", caller.actor())
        .param("key", key)
        .query((row, _) ->
            new Stored(
                row.getString("request_hash"),
                new StoredAnswer(
                    row.getInt("status"),
                    row.getString("etag"),
                    row.getString("location"),
                    row.getString("body"))))
        .single();
  }

  /** Drops the caller's key if it was taken before that time and has no answer. */
  void forgetUnanswered(Caller caller, String key, Instant olderThan) {
    db.sql(
            """
            DELETE FROM idempotency_keys
            WHERE caller = :caller AND key = :key AND status IS NULL AND create_time < :time
            """)
        .param("caller", caller.actor())
        .param("key", key)
        .param("time", Timestamp.from(olderThan))
        .update();
  }

  /** Drops the caller's key if it is older than that, and some other old ones with it. */
  void forget(Caller caller, String key, Instant olderThan) {
    db.sql(
            """
            DELETE FROM idempotency_keys
            WHERE tenant_id = :tenant AND caller = :caller AND key = :key AND create_time < :time
            """)
        .param("tenant", caller.tenant().text())
        .param("caller", caller.actor())
        .param("key", key)
        .param("time", Timestamp.from(olderThan))
        .update();
    db.sql(
            """
            DELETE FROM idempotency_keys WHERE (tenant_id, caller, key) IN (
              SELECT tenant_id, caller, key FROM idempotency_keys WHERE create_time < :time
              ORDER BY create_time LIMIT 20 FOR UPDATE SKIP LOCKED)
            """)
        .param("time", Timestamp.from(olderThan))
        .update();
  }
}
