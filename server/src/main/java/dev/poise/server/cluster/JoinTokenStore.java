package dev.poise.server.cluster;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of join tokens. They belong to the platform; the tenant is that of who made them. */
@Component
class JoinTokenStore {
  private static final String TOKENS =
      """
      SELECT id, cluster_id, node_id, create_time, expire_time, used_time, id AS search FROM join_tokens
      """;

  private final JdbcClient db;

  JoinTokenStore(JdbcClient db) {
    this.db = db;
  }

  /** A token that was just used, and who made it. */
  record Taken(JoinToken token, TenantId tenant, String creator) {}

  void insert(JoinToken token, Secret secret, Caller creator) {
    db.sql(
            """
            INSERT INTO join_tokens (id, tenant_id, creator_id, cluster_id, node_id, hash, create_time, expire_time)
            VALUES (:id, :tenant, :creator, :cluster, :node, :hash, :created, :expires)
            """)
        .param("id", token.id().text())
        .param("tenant", creator.tenant().text())
        .param("creator", creator.user())
        .param("cluster", token.clusterId().text())
        .param("node", token.nodeId() == null ? null : token.nodeId().text())
        .param("hash", secret.hash())
        .param("created", Timestamp.from(token.createTime()))
        .param("expires", Timestamp.from(token.expireTime()))
        .update();
  }

  /**
   * Uses the token up, if it is good. Of two who do so at once, the second waits for the first and
   * finds it used.
   */
  Optional<Taken> take(Secret secret, Instant now) {
    return db.sql(
            """
            UPDATE join_tokens SET used_time = :now
            WHERE hash = :hash AND used_time IS NULL AND expire_time > :now
            RETURNING id, cluster_id, node_id, create_time, expire_time, used_time, tenant_id, creator_id
            """)
        .param("hash", secret.hash())
        .param("now", Timestamp.from(now))
        .query((row, number) ->
            new Taken(
                token(row, number),
                new TenantId(row.getString("tenant_id")),
                row.getString("creator_id")))
        .optional();
  }

  Optional<JoinToken> find(JoinTokenId id) {
    return db.sql(TOKENS + " WHERE id = :id")
        .param("id", id.text())
        .query(JoinTokenStore::token)
        .optional();
  }

  Page<JoinToken> page(ClusterId cluster, PageRequest request) {
    return Listing.page(
        db,
        TOKENS + " WHERE cluster_id = :cluster",
        Map.of("cluster", cluster.text()),
        request,
        JoinTokenStore::token);
  }

  void delete(JoinTokenId id) {
    db.sql("DELETE FROM join_tokens WHERE id = :id").param("id", id.text()).update();
  }

  /** Drops those of the cluster that were good until then at most. */
  void forget(ClusterId cluster, Instant expired) {
    db.sql("DELETE FROM join_tokens WHERE cluster_id = :cluster AND expire_time <= :expired")
        .param("cluster", cluster.text())
        .param("expired", Timestamp.from(expired))
        .update();
  }

  private static JoinToken token(ResultSet row, int number) throws SQLException {
    String node = row.getString("node_id");
    Timestamp used = row.getTimestamp("used_time");
    return new JoinToken(
        new JoinTokenId(row.getString("id")),
        new ClusterId(row.getString("cluster_id")),
        node == null ? null : new NodeId(node),
        row.getTimestamp("create_time").toInstant(),
        row.getTimestamp("expire_time").toInstant(),
        used == null ? null : used.toInstant());
  }
}
