package dev.poise.server.cluster;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.Secret;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.NodeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of clusters and nodes. They belong to the platform, not to a tenant. */
@Component
class ClusterStore {
  private static final String CLUSTERS =
      """
      SELECT id, data_center_id, name, remark, model, revision, removals_confirmed_through, create_time,
        id || ' ' || name || ' ' || remark || ' ' || model AS search
      FROM clusters
      """;
  private static final String NODES =
      """
      SELECT id, cluster_id, name, host(address) AS address, revoke_time, create_time, id || ' ' || name AS search
      FROM nodes
      """;

  private final JdbcClient db;

  ClusterStore(JdbcClient db) {
    this.db = db;
  }

  /** Whether it was added; false if the name is taken. */
  boolean insert(Cluster cluster) {
    return db.sql(
                """
                INSERT INTO clusters (id, data_center_id, name, remark, model, revision, create_time)
                VALUES (:id, :dataCenter, :name, :remark, :model, :revision, :time)
                ON CONFLICT (name) DO NOTHING
                """)
            .param("id", cluster.id().text())
            .param("dataCenter", cluster.dataCenterId().text())
            .param("name", cluster.name())
            .param("remark", cluster.remark())
            .param("model", cluster.model())
            .param("revision", cluster.revision())
            .param("time", Timestamp.from(cluster.createTime()))
            .update()
        == 1;
  }

  /** Whether it was added; false if the cluster has that name. */
  boolean insert(Node node, Secret key) {
    return db.sql(
                """
                INSERT INTO nodes (id, cluster_id, name, address, key_hash, create_time)
                VALUES (:id, :cluster, :name, :address::inet, :hash, :time)
                ON CONFLICT (cluster_id, name) DO NOTHING
                """)
            .param("id", node.id().text())
            .param("cluster", node.clusterId().text())
            .param("name", node.name())
            .param("address", node.address() == null ? null : node.address().text())
            .param("hash", key.hash())
            .param("time", Timestamp.from(node.createTime()))
            .update()
        == 1;
  }

  /** Gives the node another key and another address, and lets it in again. */
  void renew(NodeId id, Secret key, IpAddress address) {
    db.sql(
            """
            UPDATE nodes SET key_hash = :hash, address = :address::inet, revoke_time = NULL, version = version + 1
            WHERE id = :id
            """)
        .param("hash", key.hash())
        .param("address", address.text())
        .param("id", id.text())
        .update();
  }

  /** Whether it is there and not revoked, and stays so until the transaction ends. */
  boolean hold(NodeId id) {
    return db.sql("SELECT id FROM nodes WHERE id = :id AND revoke_time IS NULL FOR SHARE")
        .param("id", id.text())
        .query(String.class)
        .optional()
        .isPresent();
  }

  void revoke(NodeId id, Instant now) {
    db.sql("UPDATE nodes SET revoke_time = :now, version = version + 1 WHERE id = :id")
        .param("now", Timestamp.from(now))
        .param("id", id.text())
        .update();
  }

  /** With all that is known of it. */
  void delete(NodeId id) {
    db.sql("DELETE FROM nodes WHERE id = :id").param("id", id.text()).update();
  }

  Optional<Cluster> cluster(ClusterId id) {
    return db.sql(CLUSTERS + " WHERE id = :id")
        .param("id", id.text())
        .query(ClusterStore::cluster)
        .optional();
  }

  Page<Cluster> clusters(PageRequest request) {
    return Listing.page(db, CLUSTERS, Map.of(), request, ClusterStore::cluster);
  }

  List<Cluster> in(DataCenterId dataCenter, Optional<String> model) {
    return db.sql(
            CLUSTERS
                + " WHERE data_center_id = :dataCenter AND (:model = '' OR model = :model) ORDER BY"
                + " id")
        .param("dataCenter", dataCenter.text())
        .param("model", model.orElse(""))
        .query(ClusterStore::cluster)
        .list();
  }

  Optional<Node> node(NodeId id) {
    return db.sql(NODES + " WHERE id = :id")
        .param("id", id.text())
        .query(ClusterStore::node)
        .optional();
  }

  Optional<Node> nodeByKey(Secret key) {
    return db.sql(NODES + " WHERE key_hash = :hash AND revoke_time IS NULL")
        .param("hash", key.hash())
        .query(ClusterStore::node)
        .optional();
  }

  Page<Node> nodes(PageRequest request) {
    return Listing.page(db, NODES, Map.of(), request, ClusterStore::node);
  }

  /** Revoked ones too. */
  List<Node> everyNodeOf(List<ClusterId> clusters) {
    return db.sql(NODES + " WHERE cluster_id = ANY(:clusters) ORDER BY id")
        .param("clusters", clusters.stream().map(ClusterId::text).toArray(String[]::new))
        .query(ClusterStore::node)
        .list();
  }

  long raiseRevision(ClusterId id) {
    return db.sql("UPDATE clusters SET revision = revision + 1 WHERE id = :id RETURNING revision")
        .param("id", id.text())
        .query(Long.class)
        .single();
  }

  void confirmRemovals(ClusterId id, long through) {
    db.sql("UPDATE clusters SET removals_confirmed_through = :through WHERE id = :id")
        .param("through", through)
        .param("id", id.text())
        .update();
  }

  private static Cluster cluster(ResultSet row, int number) throws SQLException {
    return new Cluster(
        new ClusterId(row.getString("id")),
        new DataCenterId(row.getString("data_center_id")),
        row.getString("name"),
        row.getString("remark"),
        row.getString("model"),
        row.getLong("revision"),
        row.getLong("removals_confirmed_through"),
        row.getTimestamp("create_time").toInstant());
  }

  private static Node node(ResultSet row, int number) throws SQLException {
    String address = row.getString("address");
    Timestamp revoked = row.getTimestamp("revoke_time");
    return new Node(
        new NodeId(row.getString("id")),
        new ClusterId(row.getString("cluster_id")),
        row.getString("name"),
        address == null ? null : new IpAddress(address),
        revoked == null ? null : revoked.toInstant(),
        row.getTimestamp("create_time").toInstant());
  }
}
