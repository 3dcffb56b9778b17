package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Questions.Question;
import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.Manifest;
import dev.poise.spec.NodeId;
import dev.poise.spec.SpecAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What nodes are told of load balancers. Nodes serve all tenants, so these are the queries that
 * name none.
 */
@Component
public final class Specs {
  private final JdbcClient db;
  private final SpecMemory memory;

  Specs(JdbcClient db, SpecMemory memory) {
    this.db = db;
    this.memory = memory;
  }

  /**
   * Asks for the load balancers of a cluster, in the order of their ids.
   *
   * @param served those that its nodes should serve
   * @param left those that they should let go of
   */
  public static Question ofCluster(
      ClusterId cluster, Consumer<Manifest.Entry> served, Consumer<LoadBalancerId> left) {
    return new Question(
        """
        SELECT id, generation, spec_digest, delete_time IS NOT NULL AS deleted FROM load_balancers
        WHERE cluster_id = ? ORDER BY id
        """,
        List.of(cluster.text()),
        row -> {
          LoadBalancerId id = new LoadBalancerId(row.getString("id"));
          if (row.getBoolean("deleted")) left.accept(id);
          else
            served.accept(
                new Manifest.Entry(id, row.getLong("generation"), row.getString("spec_digest")));
        });
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

  /**
   * The same, for digests that rows of the cluster were seen to have. What was written here lately
   * need not be read.
   */
  public List<SpecAnswer.Document> seen(ClusterId cluster, List<String> digests) {
    List<SpecAnswer.Document> documents = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (String digest : digests)
      memory
          .find(digest)
          .ifPresentOrElse(
              spec -> documents.add(new SpecAnswer.Document(digest, spec)),
              () -> unknown.add(digest));
    if (!unknown.isEmpty()) documents.addAll(documents(cluster, unknown));
    return documents;
  }
}
