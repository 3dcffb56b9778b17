package dev.poise.server.observation;

import dev.poise.spec.Capabilities;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.Outcome;
import dev.poise.spec.SpecJson;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Rows of what nodes said. Those of load balancers are named by ids that only their tenant's rows
 * lead to.
 */
@Component
class ObservationStore {
  private final JdbcClient db;

  ObservationStore(JdbcClient db) {
    this.db = db;
  }

  /** Which report of a node was the last one. */
  record Position(String session, long sequence) {}

  Optional<Position> lockPosition(NodeId node) {
    return db.sql(
            "SELECT session, sequence FROM node_observations WHERE node_id = :node FOR UPDATE")
        .param("node", node.text())
        .query((row, _) -> new Position(row.getString("session"), row.getLong("sequence")))
        .optional();
  }

  void saveNode(NodeReport report, Instant now) {
    db.sql(
            """
            INSERT INTO node_observations
              (node_id, session, sequence, accepted_revision, capabilities, held_removals, problems, report_time)
            VALUES (:node, :session, :sequence, :revision, :capabilities::jsonb, :held::jsonb, :problems, :now)
            ON CONFLICT (node_id) DO UPDATE SET
              session = excluded.session, sequence = excluded.sequence,
              accepted_revision = excluded.accepted_revision, capabilities = excluded.capabilities,
              held_removals = excluded.held_removals, problems = excluded.problems, report_time = excluded.report_time
            """)
        .param("node", report.node().text())
        .param("session", report.session())
        .param("sequence", report.sequence())
        .param("revision", report.acceptedRevision())
        .param("capabilities", SpecJson.write(report.capabilities()))
        .param("held", SpecJson.write(report.heldRemovals()))
        .param("problems", report.problems().toArray(String[]::new))
        .param("now", Timestamp.from(now))
        .update();
  }

  Map<LoadBalancerId, Outcome> outcomes(NodeId node, List<LoadBalancerId> ids) {
    if (ids.isEmpty()) return Map.of();
    Map<LoadBalancerId, Outcome> outcomes = new HashMap<>();
    db.sql(
            """
            SELECT load_balancer_id, report -> 'outcome' AS outcome FROM load_balancer_observations
            WHERE node_id = :node AND load_balancer_id = ANY(:ids)
            """)
        .param("node", node.text())
        .param("ids", texts(ids))
        .query(row -> {
          outcomes.put(
              new LoadBalancerId(row.getString("load_balancer_id")),
              SpecJson.read(row.getString("outcome"), Outcome.class));
        });
    return outcomes;
  }

  void saveLoadBalancers(NodeId node, List<LoadBalancerReport> reports) {
    if (reports.isEmpty()) return;
    db.sql(
            """
            INSERT INTO load_balancer_observations (load_balancer_id, node_id, report)
            SELECT id, :node, report::jsonb FROM unnest(:ids, :reports) AS said (id, report)
            ON CONFLICT (load_balancer_id, node_id) DO UPDATE SET report = excluded.report
            """)
        .param("node", node.text())
        .param("ids", reports.stream().map(report -> report.id().text()).toArray(String[]::new))
        .param("reports", reports.stream().map(SpecJson::write).toArray(String[]::new))
        .update();
  }

  void delete(NodeId node, List<LoadBalancerId> ids) {
    if (ids.isEmpty()) return;
    db.sql(
            "DELETE FROM load_balancer_observations WHERE node_id = :node AND load_balancer_id ="
                + " ANY(:ids)")
        .param("node", node.text())
        .param("ids", texts(ids))
        .update();
  }

  void deleteOthers(NodeId node, List<LoadBalancerId> kept) {
    db.sql(
            "DELETE FROM load_balancer_observations WHERE node_id = :node AND NOT load_balancer_id"
                + " = ANY(:kept)")
        .param("node", node.text())
        .param("kept", texts(kept))
        .update();
  }

  List<NodeObservation> nodes(List<NodeId> ids) {
    return db.sql(
            """
            SELECT node_id, accepted_revision, capabilities, held_removals, problems, report_time FROM node_observations
            WHERE node_id = ANY(:ids)
            """)
        .param("ids", ids.stream().map(NodeId::text).toArray(String[]::new))
        .query((row, _) ->
            new NodeObservation(
                new NodeId(row.getString("node_id")),
                row.getLong("accepted_revision"),
                SpecJson.read(row.getString("capabilities"), Capabilities.class),
                SpecJson.read(row.getString("held_removals"), HeldRemovals.class),
                List.of((String[]) row.getArray("problems").getArray()),
                row.getTimestamp("report_time").toInstant()))
        .list();
  }

  Map<LoadBalancerId, List<Observations.Seen>> seen(List<LoadBalancerId> ids) {
    Map<LoadBalancerId, List<Observations.Seen>> seen = new HashMap<>();
    db.sql(
            """
            SELECT load_balancer_id, node_id, report FROM load_balancer_observations
            WHERE load_balancer_id = ANY(:ids) ORDER BY node_id
            """)
        .param("ids", texts(ids))
        .query(row -> {
          LoadBalancerReport report =
              SpecJson.read(row.getString("report"), LoadBalancerReport.class);
          seen.computeIfAbsent(
                  new LoadBalancerId(row.getString("load_balancer_id")), _ -> new ArrayList<>())
              .add(new Observations.Seen(new NodeId(row.getString("node_id")), report));
        });
    return seen;
  }

  private static String[] texts(List<LoadBalancerId> ids) {
    return ids.stream().map(LoadBalancerId::text).toArray(String[]::new);
  }
}
