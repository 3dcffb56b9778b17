package dev.poise.server.fleet;

import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.NodeId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Load balancers of all tenants that are deleted and not gone, as those see them who run the
 * platform: ids and nodes, nothing that a tenant said.
 */
@Component
class TombstoneStore {
  static final int MOST_SHOWN = 100;

  private final JdbcClient db;

  TombstoneStore(JdbcClient db) {
    this.db = db;
  }

  /**
   * @param count how many the cluster has, those included that are not shown
   */
  record Tombstone(
      ClusterId cluster,
      LoadBalancerId loadBalancer,
      Instant deleteTime,
      List<NodeId> nodes,
      long count) {}

  /** The first of each cluster, with the nodes that have not let go of them. */
  List<Tombstone> of(List<ClusterId> clusters) {
    return db.sql(
            """
            SELECT t.*, ARRAY(
                SELECT n.id FROM nodes n LEFT JOIN node_observations s ON s.node_id = n.id
                WHERE n.cluster_id = t.cluster_id AND n.revoke_time IS NULL AND (
                  s.accepted_revision < t.delete_revision
                  OR EXISTS (
                    SELECT FROM load_balancer_observations o WHERE o.load_balancer_id = t.id AND o.node_id = n.id))
                ORDER BY n.id) AS nodes
            FROM unnest(:clusters) AS c (id) CROSS JOIN LATERAL (
              SELECT l.id, l.cluster_id, l.delete_time, l.delete_revision, count(*) OVER () AS count
              FROM load_balancers l WHERE l.cluster_id = c.id AND l.delete_time IS NOT NULL
              ORDER BY l.id LIMIT :most) AS t
            ORDER BY t.id
            """)
        .param("clusters", clusters.stream().map(ClusterId::text).toArray(String[]::new))
        .param("most", MOST_SHOWN)
        .query((row, _) ->
            new Tombstone(
                new ClusterId(row.getString("cluster_id")),
                new LoadBalancerId(row.getString("id")),
                row.getTimestamp("delete_time").toInstant(),
                Arrays.stream((String[]) row.getArray("nodes").getArray())
                    .map(NodeId::new)
                    .toList(),
                row.getLong("count")))
        .list();
  }
}
