package dev.poise.server.identity;

import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of sessions. */
@Component
class SessionStore {
  private static final String SESSIONS =
      """
      SELECT id, method, source_address, user_agent, create_time, last_used_time, expire_time,
        id || ' ' || source_address || ' ' || user_agent AS search
      FROM sessions
      WHERE user_id = :user AND expire_time > :now AND last_used_time > :idleSince
      """;

  private final JdbcClient db;

  SessionStore(JdbcClient db) {
    this.db = db;
  }

  void insert(TenantId tenant, UserId user, Session session, Secret token) {
    db.sql(
            """
            INSERT INTO sessions (id, tenant_id, user_id, token_hash, method, source_address, user_agent, create_time,
              last_used_time, expire_time)
            VALUES (:id, :tenant, :user, :hash, :method, :source, :agent, :time, :time, :expires)
            """)
        .param("id", session.id().text())
        .param("tenant", tenant.text())
        .param("user", user.text())
        .param("hash", token.hash())
        .param("method", session.method().name())
        .param("source", session.sourceAddress())
        .param("agent", session.userAgent())
        .param("time", Timestamp.from(session.createTime()))
        .param("expires", Timestamp.from(session.expireTime()))
        .update();
  }

  /** Who has the session of that token, if both may still act. */
  Optional<Holder> holder(Secret token, Instant now, Instant idleSince) {
    return db.sql(
            """
            SELECT s.id, s.tenant_id, s.user_id, u.role, 'FULL' AS scope, s.last_used_time
            FROM sessions s JOIN users u ON u.id = s.user_id JOIN tenants t ON t.id = u.tenant_id
            WHERE s.token_hash = :hash AND s.expire_time > :now AND s.last_used_time > :idleSince
              AND NOT u.disabled AND u.delete_time IS NULL AND NOT t.disabled AND t.delete_time IS NULL
            """)
        .param("hash", token.hash())
        .param("now", Timestamp.from(now))
        .param("idleSince", Timestamp.from(idleSince))
        .query(Holder::of)
        .optional();
  }

  void used(String id, Instant now) {
    db.sql("UPDATE sessions SET last_used_time = :now WHERE id = :id")
        .param("now", Timestamp.from(now))
        .param("id", id)
        .update();
  }

  Page<Session> page(UserId user, Instant now, Instant idleSince, PageRequest request) {
    return Listing.page(
        db,
        SESSIONS,
        Map.of(
            "user",
            user.text(),
            "now",
            Timestamp.from(now),
            "idleSince",
            Timestamp.from(idleSince)),
        request,
        SessionStore::session);
  }

  /** Whether there was one. */
  boolean delete(UserId user, String id) {
    return db.sql("DELETE FROM sessions WHERE user_id = :user AND id = :id")
            .param("user", user.text())
            .param("id", id)
            .update()
        == 1;
  }

  void deleteAll(UserId user) {
    db.sql("DELETE FROM sessions WHERE user_id = :user").param("user", user.text()).update();
  }

  void deleteAllBut(UserId user, String id) {
    db.sql("DELETE FROM sessions WHERE user_id = :user AND id <> :id")
        .param("user", user.text())
        .param("id", id)
        .update();
  }

  void deleteAll(TenantId tenant) {
    db.sql("DELETE FROM sessions WHERE tenant_id = :tenant")
        .param("tenant", tenant.text())
        .update();
  }

  /** Drops some that are over. */
  void forget(Instant now) {
    db.sql(
            """
            DELETE FROM sessions WHERE id IN (
              SELECT id FROM sessions WHERE expire_time < :now ORDER BY expire_time LIMIT 20 FOR UPDATE SKIP LOCKED)
            """)
        .param("now", Timestamp.from(now))
        .update();
  }

  private static Session session(ResultSet row, int number) throws SQLException {
    return new Session(
        new SessionId(row.getString("id")),
        Session.Method.valueOf(row.getString("method")),
        row.getString("source_address"),
        row.getString("user_agent"),
        row.getTimestamp("create_time").toInstant(),
        row.getTimestamp("last_used_time").toInstant(),
        row.getTimestamp("expire_time").toInstant());
  }
}
