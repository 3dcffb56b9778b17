package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.Verdicts.Verdict;
import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the list of load balancers is searched, sorted and filtered by. */
@Component
class LoadBalancerListStore {
  private static final String LISTED =
      """
      SELECT b.id, b.name, b.creator_id, b.data_center_id, b.vpc_id, v.name AS vpc_name, b.subnet_id, s.name AS subnet_name,
        b.cluster_id, c.model AS cluster_model, b.type, b.network_type, b.address, b.security_group_id, b.deletion_protection, b.create_time,
        b.update_time, %s
        (SELECT count(*) FROM listeners l WHERE l.load_balancer_id = b.id) AS listener_count,
        b.id || ' ' || b.name || ' ' || b.remark || ' ' || host(b.address) || ' '
          || COALESCE((
            SELECT host(e.address) FROM elastic_ips e WHERE e.load_balancer_id = b.id), '') || ' '
          || COALESCE((
            SELECT string_agg(r.domain, ' ') FROM listeners l JOIN rules r ON r.listener_id = l.id
            WHERE l.load_balancer_id = b.id), '') || ' '
          || COALESCE((
            SELECT string_agg(t.common_name || ' ' || array_to_string(t.alternative_names, ' '), ' ')
            FROM certificate_uses u JOIN certificates t ON t.id = u.certificate_id
            WHERE u.load_balancer_id = b.id), '') AS search
      FROM load_balancers b
        JOIN vpcs v ON v.id = b.vpc_id
        JOIN subnets s ON s.id = b.subnet_id
        JOIN clusters c ON c.id = b.cluster_id
        %s
      WHERE b.tenant_id = :tenant
      """;
  static final String WITHOUT_VERDICTS = LISTED.formatted("", "");
  private static final String WITH_VERDICTS =
      LISTED.formatted(
          "verdict.state, verdict.health,",
          "JOIN unnest(:ids, :states, :healths) AS verdict (id, state, health) ON verdict.id ="
              + " b.id");

  private final JdbcClient db;

  LoadBalancerListStore(JdbcClient db) {
    this.db = db;
  }

  /** A row of the list: the id and what other things it names are called. */
  record Row(
      LoadBalancerId id,
      String vpcName,
      String subnetName,
      String clusterModel,
      int listenerCount) {}

  /**
   * @param verdicts of all load balancers of the tenant, if the request names state or health
   */
  Page<Row> page(TenantId tenant, PageRequest request, Optional<List<Verdict>> verdicts) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("tenant", tenant.text());
    verdicts.ifPresent(all -> {
      parameters.put("ids", texts(all, verdict -> verdict.id().text()));
      parameters.put("states", texts(all, verdict -> verdict.state().name()));
      parameters.put("healths", texts(all, verdict -> verdict.health().name()));
    });
    return Listing.page(
        db,
        verdicts.isPresent() ? WITH_VERDICTS : WITHOUT_VERDICTS,
        parameters,
        request,
        (row, _) ->
            new Row(
                new LoadBalancerId(row.getString("id")),
                row.getString("vpc_name"),
                row.getString("subnet_name"),
                row.getString("cluster_model"),
                row.getInt("listener_count")));
  }

  private static String[] texts(List<Verdict> verdicts, Function<Verdict, String> text) {
    return verdicts.stream().map(text).toArray(String[]::new);
  }

  /**
   * What the status of a load balancer is computed from, in short.
   *
   * @param inputs differs when anything of it does, but for the liveness of nodes
   */
  record Known(LoadBalancerId id, ClusterId cluster, String inputs) {}

  /** Of all load balancers of the tenant. */
  List<Known> known(TenantId tenant) {
    return db.sql(
            """
            SELECT b.id, b.cluster_id, b.version || ' ' || b.generation || ' ' || COALESCE(o.said, '') AS inputs
            FROM load_balancers b
              LEFT JOIN (
                SELECT load_balancer_id, string_agg(node_id || essence, ' ' ORDER BY node_id) AS said
                FROM load_balancer_observations
                WHERE load_balancer_id IN (SELECT id FROM load_balancers WHERE tenant_id = :tenant)
                GROUP BY load_balancer_id
              ) AS o ON o.load_balancer_id = b.id
            WHERE b.tenant_id = :tenant
            """)
        .param("tenant", tenant.text())
        .query((row, _) ->
            new Known(
                new LoadBalancerId(row.getString("id")),
                new ClusterId(row.getString("cluster_id")),
                row.getString("inputs")))
        .list();
  }
}
