package dev.poise.server.cluster;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.Questions;
import dev.poise.server.platform.Questions.Question;
import dev.poise.server.platform.Secret;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.NodeId;
import dev.poise.spec.Redundancy.Handover;
import dev.poise.spec.SpecJson;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of clusters and nodes. They belong to the platform, not to a tenant. */
@Component
class ClusterStore {
  private static final String CLUSTERS =
      """
      SELECT id, data_center_id, name, remark, model, vrrp, handover_number, handover_to, revision,
        removals_confirmed_through, version, create_time,
        id || ' ' || name || ' ' || remark || ' ' || model AS search
      FROM clusters
      """;
  private static final String NODES =
      """
      SELECT id, cluster_id, name, host(address) AS address, priority, drained, revoke_time, version, create_time, key_hash,
        id || ' ' || name || ' ' || COALESCE(host(address), '') AS search
      FROM nodes
      """;

  private final JdbcClient db;
  private final Questions questions;

  ClusterStore(JdbcClient db, Questions questions) {
    this.db = db;
    this.questions = questions;
  }

  /** Whether it was added; false if the name is taken. */
  boolean insert(Cluster cluster) {
    return db.sql(
                """
                INSERT INTO clusters (id, data_center_id, name, remark, model, vrrp, revision, version, create_time)
                VALUES (:id, :dataCenter, :name, :remark, :model, :vrrp::jsonb, :revision, :version, :time)
                ON CONFLICT (name) DO NOTHING
                """)
            .param("id", cluster.id().text())
            .param("dataCenter", cluster.dataCenterId().text())
            .param("name", cluster.name())
            .param("remark", cluster.remark())
            .param("model", cluster.model())
            .param("vrrp", json(cluster.vrrp()))
            .param("revision", cluster.revision())
            .param("version", cluster.version())
            .param("time", Timestamp.from(cluster.createTime()))
            .update()
        == 1;
  }

  void insert(Node node, Secret key) {
    db.sql(
            """
            INSERT INTO nodes (id, cluster_id, name, address, priority, key_hash, version, create_time)
            VALUES (:id, :cluster, :name, :address::inet, :priority, :hash, :version, :time)
            """)
        .param("id", node.id().text())
        .param("cluster", node.clusterId().text())
        .param("name", node.name())
        .param("address", text(node.address()))
        .param("priority", node.priority())
        .param("hash", key.hash())
        .param("version", node.version())
        .param("time", Timestamp.from(node.createTime()))
        .update();
  }

  /** Whether it was written; false if another one has the name. */
  boolean update(Cluster cluster) {
    return db.sql(
                """
                UPDATE clusters SET name = :name, remark = :remark, vrrp = :vrrp::jsonb, version = :version
                WHERE id = :id AND NOT EXISTS (SELECT FROM clusters o WHERE o.name = :name AND o.id <> :id)
                """)
            .param("name", cluster.name())
            .param("remark", cluster.remark())
            .param("vrrp", json(cluster.vrrp()))
            .param("version", cluster.version())
            .param("id", cluster.id().text())
            .update()
        == 1;
  }

  void update(Node node) {
    db.sql(
            """
            UPDATE nodes SET name = :name, address = :address::inet, priority = :priority, drained = :drained,
              version = :version
            WHERE id = :id
            """)
        .param("name", node.name())
        .param("address", text(node.address()))
        .param("priority", node.priority())
        .param("drained", node.drained())
        .param("version", node.version())
        .param("id", node.id().text())
        .update();
  }

  /** Gives the node another key, and lets it in again. */
  void renew(NodeId id, Secret key) {
    db.sql("UPDATE nodes SET key_hash = :hash, revoke_time = NULL WHERE id = :id")
        .param("hash", key.hash())
        .param("id", id.text())
        .update();
  }

  /** Asks which of them are there and not revoked; they stay so until the transaction ends. */
  static Question hold(List<NodeId> ids, Consumer<NodeId> held) {
    return new Question(
        "SELECT id FROM nodes WHERE id = ANY(?) AND revoke_time IS NULL ORDER BY id FOR SHARE",
        List.of((Object) ids.stream().map(NodeId::text).toArray(String[]::new)),
        row -> held.accept(new NodeId(row.getString("id"))));
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

  void delete(ClusterId id) {
    db.sql("DELETE FROM clusters WHERE id = :id").param("id", id.text()).update();
  }

  /** How many load balancers of all tenants are served there, those included that are leaving. */
  long loadBalancers(ClusterId id) {
    return db.sql("SELECT count(*) FROM load_balancers WHERE cluster_id = :id")
        .param("id", id.text())
        .query(Long.class)
        .single();
  }

  /** Asks the nodes for a failover, once more. */
  void raiseHandover(ClusterId id, Optional<NodeId> to) {
    db.sql(
            "UPDATE clusters SET handover_number = handover_number + 1, handover_to = :to WHERE id"
                + " = :id")
        .param("to", to.map(NodeId::text).orElse(null))
        .param("id", id.text())
        .update();
  }

  /** The cluster, of which and of whose nodes nobody can change anything until the end. */
  Optional<Cluster> lock(ClusterId id) {
    return db.sql("SELECT id FROM clusters WHERE id = :id FOR UPDATE")
        .param("id", id.text())
        .query(String.class)
        .optional()
        .flatMap(_ -> cluster(id));
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

  List<Cluster> all() {
    return db.sql(CLUSTERS + " ORDER BY id").query(ClusterStore::cluster).list();
  }

  /** Which problems of each cluster were told last. */
  Map<ClusterId, List<String>> announced() {
    Map<ClusterId, List<String>> announced = new HashMap<>();
    db.sql("SELECT id, announced_problems FROM clusters")
        .query(row -> {
          announced.put(
              new ClusterId(row.getString("id")),
              List.of((String[]) row.getArray("announced_problems").getArray()));
        });
    return announced;
  }

  boolean announce(ClusterId id, List<String> problems) {
    return db.sql(
                """
                UPDATE clusters SET announced_problems = :problems::text[]
                WHERE id = :id AND announced_problems <> :problems::text[]
                """)
            .param("problems", problems.toArray(String[]::new))
            .param("id", id.text())
            .update()
        == 1;
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

  /** The nodes that have keys with those hashes and are not revoked. */
  Map<ByteBuffer, Node> nodesByKeys(List<ByteBuffer> hashes) {
    Map<ByteBuffer, Node> nodes = new HashMap<>();
    db.sql(NODES + " WHERE key_hash = ANY(:hashes) AND revoke_time IS NULL")
        .param("hashes", hashes.stream().map(ByteBuffer::array).toArray(byte[][]::new))
        .query(row -> {
          nodes.put(ByteBuffer.wrap(row.getBytes("key_hash")), node(row, 0));
        });
    return nodes;
  }

  Page<Node> nodes(PageRequest request) {
    return Listing.page(db, NODES, Map.of(), request, ClusterStore::node);
  }

  /** Asks for the cluster. */
  static Question ofCluster(ClusterId id, Consumer<Cluster> answer) {
    return new Question(
        CLUSTERS + " WHERE id = ?", List.of(id.text()), row -> answer.accept(cluster(row, 0)));
  }

  /** Asks for the nodes of a cluster that are not revoked. */
  static Question ofNodes(ClusterId id, Consumer<Node> answers) {
    return new Question(
        NODES + " WHERE cluster_id = ? AND revoke_time IS NULL ORDER BY id",
        List.of(id.text()),
        row -> answers.accept(node(row, 0)));
  }

  /** The nodes of those clusters, those included that are revoked. */
  List<Node> everyNodeOf(List<ClusterId> clusters) {
    return db.sql(NODES + " WHERE cluster_id = ANY(:clusters) ORDER BY id")
        .param("clusters", clusters.stream().map(ClusterId::text).toArray(String[]::new))
        .query(ClusterStore::node)
        .list();
  }

  Map<ClusterId, Long> revisions(List<ClusterId> clusters) {
    Map<ClusterId, Long> revisions = new HashMap<>();
    db.sql("SELECT id, revision FROM clusters WHERE id = ANY(:clusters)")
        .param("clusters", clusters.stream().map(ClusterId::text).toArray(String[]::new))
        .query(row -> {
          revisions.put(new ClusterId(row.getString("id")), row.getLong("revision"));
        });
    return revisions;
  }

  /** Asks for the revision of a cluster. */
  static Question ofRevision(ClusterId id, LongConsumer answer) {
    return revision("SELECT revision FROM clusters WHERE id = ?", id, answer);
  }

  /** Makes changes, and raises the revision of a cluster behind them. */
  long raiseRevision(ClusterId id, List<Question> changes) {
    AtomicLong revision = new AtomicLong();
    List<Question> all = new ArrayList<>(changes);
    all.add(
        revision(
            "UPDATE clusters SET revision = revision + 1 WHERE id = ? RETURNING revision",
            id,
            revision::set));
    questions.make(all);
    return revision.get();
  }

  private static Question revision(String sql, ClusterId id, LongConsumer answer) {
    return new Question(sql, List.of(id.text()), row -> answer.accept(row.getLong("revision")));
  }

  void confirmRemovals(ClusterId id, long through) {
    db.sql("UPDATE clusters SET removals_confirmed_through = :through WHERE id = :id")
        .param("through", through)
        .param("id", id.text())
        .update();
  }

  private static Cluster cluster(ResultSet row, int number) throws SQLException {
    @Nullable String vrrp = row.getString("vrrp");
    @Nullable String to = row.getString("handover_to");
    return new Cluster(
        new ClusterId(row.getString("id")),
        new DataCenterId(row.getString("data_center_id")),
        row.getString("name"),
        row.getString("remark"),
        row.getString("model"),
        vrrp == null ? null : SpecJson.read(vrrp, VrrpSettings.class),
        new Handover(
            row.getLong("handover_number"), to == null ? List.of() : List.of(new NodeId(to))),
        row.getLong("revision"),
        row.getLong("removals_confirmed_through"),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }

  private static Node node(ResultSet row, int number) throws SQLException {
    @Nullable String address = row.getString("address");
    @Nullable Timestamp revoked = row.getTimestamp("revoke_time");
    return new Node(
        new NodeId(row.getString("id")),
        new ClusterId(row.getString("cluster_id")),
        row.getString("name"),
        address == null ? null : new IpAddress(address),
        row.getInt("priority"),
        row.getBoolean("drained"),
        revoked == null ? null : revoked.toInstant(),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }

  private static @Nullable String json(@Nullable VrrpSettings vrrp) {
    return vrrp == null ? null : SpecJson.write(vrrp);
  }

  private static @Nullable String text(@Nullable IpAddress address) {
    return address == null ? null : address.text();
  }
}
