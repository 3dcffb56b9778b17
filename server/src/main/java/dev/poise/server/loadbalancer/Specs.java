package dev.poise.server.loadbalancer;

import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.Manifest;
import dev.poise.spec.NodeId;
import dev.poise.spec.SpecAnswer;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What nodes are told of load balancers. Nodes serve all tenants, so these are the queries that
 * name none.
 */
@Component
public final class Specs {
  private final JdbcClient db;

  Specs(JdbcClient db) {
    this.db = db;
  }

  /** The load balancers that a cluster should serve. */
  public List<Manifest.Entry> wanted(ClusterId cluster) {
    return db.sql(
            """
            SELECT id, generation, spec_digest FROM load_balancers
            WHERE cluster_id = :cluster AND delete_time IS NULL ORDER BY id
            """)
        .param("cluster", cluster.text())
        .query((row, _) ->
            new Manifest.Entry(
                new LoadBalancerId(row.getString("id")),
                row.getLong("generation"),
                row.getString("spec_digest")))
        .list();
  }

  /** The load balancers that the node should serve. */
  List<LoadBalancerId> servedBy(NodeId node) {
    return db.sql(
            """
            SELECT b.id FROM load_balancers b JOIN nodes n ON n.cluster_id = b.cluster_id
            WHERE n.id = :node AND b.delete_time IS NULL ORDER BY b.id
            """)
        .param("node", node.text())
        .query((row, _) -> new LoadBalancerId(row.getString("id")))
        .list();
  }

  /** The load balancers that its nodes should let go of. */
  public List<LoadBalancerId> tombstones(ClusterId cluster) {
    return db.sql(
            "SELECT id FROM load_balancers WHERE cluster_id = :cluster AND delete_time IS NOT NULL"
                + " ORDER BY id")
        .param("cluster", cluster.text())
        .query((row, _) -> new LoadBalancerId(row.getString("id")))
        .list();
  }

  /** The specs of the cluster with those digests, as the text the digest is of. */
  public List<SpecAnswer.Document> documents(ClusterId cluster, List<String> digests) {
    return db.sql(
            """
            SELECT DISTINCT spec_digest, spec FROM load_balancers
            WHERE cluster_id = :cluster AND spec_digest = ANY(:digests)
            """)
        .param("cluster", cluster.text())
        .param("digests", digests.toArray(String[]::new))
        .query((row, _) ->
            new SpecAnswer.Document(row.getString("spec_digest"), row.getString("spec")))
        .list();
  }
}
