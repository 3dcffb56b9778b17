package dev.poise.server.observation;

import dev.poise.spec.Capabilities;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.SpecJson;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
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
  record Position(String session, long sequence, Instant reportTime, boolean announcedLive) {}

  Optional<Position> lockPosition(NodeId node) {
    return db.sql(
            "SELECT session, sequence, report_time, announced_live FROM node_observations WHERE"
                + " node_id = :node FOR UPDATE")
        .param("node", node.text())
        .query((row, _) ->
            new Position(
                row.getString("session"),
                row.getLong("sequence"),
                row.getTimestamp("report_time").toInstant(),
                row.getBoolean("announced_live")))
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
              held_removals = excluded.held_removals, problems = excluded.problems, report_time = excluded.report_time,
              announced_live = true
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

  /** The essence of what the node said last, by load balancer. */
  Map<LoadBalancerId, String> essences(NodeId node, List<LoadBalancerId> ids) {
    if (ids.isEmpty()) return Map.of();
    Map<LoadBalancerId, String> essences = new HashMap<>();
    db.sql(
            """
            SELECT load_balancer_id, essence FROM load_balancer_observations
            WHERE node_id = :node AND load_balancer_id = ANY(:ids)
            """)
        .param("node", node.text())
        .param("ids", texts(ids))
        .query(row -> {
          essences.put(
              new LoadBalancerId(row.getString("load_balancer_id")), row.getString("essence"));
        });
    return essences;
  }

  /** What the node said last of those load balancers. */
  Map<LoadBalancerId, LoadBalancerReport> reports(NodeId node, List<LoadBalancerId> ids) {
    if (ids.isEmpty()) return Map.of();
    return db
        .sql(
            """
            SELECT report FROM load_balancer_observations
            WHERE node_id = :node AND load_balancer_id = ANY(:ids)
            """)
        .param("node", node.text())
        .param("ids", texts(ids))
        .query((row, _) -> SpecJson.read(row.getString("report"), LoadBalancerReport.class))
        .list()
        .stream()
        .collect(Collectors.toMap(LoadBalancerReport::id, Function.identity()));
  }

  /** Of which load balancers the node said something, those named left out. */
  List<LoadBalancerId> others(NodeId node, List<LoadBalancerId> named) {
    return db.sql(
            "SELECT load_balancer_id FROM load_balancer_observations WHERE node_id = :node AND NOT"
                + " load_balancer_id = ANY(:named)")
        .param("node", node.text())
        .param("named", texts(named))
        .query((row, _) -> new LoadBalancerId(row.getString("load_balancer_id")))
        .list();
  }

  void saveLoadBalancers(NodeId node, List<LoadBalancerReport> reports) {
    if (reports.isEmpty()) return;
    db.sql(
            """
            INSERT INTO load_balancer_observations (load_balancer_id, node_id, report, essence)
            SELECT id, :node, report::jsonb, essence FROM unnest(:ids, :reports, :essences) AS said (id, report, essence)
            ON CONFLICT (load_balancer_id, node_id) DO UPDATE SET report = excluded.report, essence = excluded.essence
            """)
        .param("node", node.text())
        .param("ids", reports.stream().map(report -> report.id().text()).toArray(String[]::new))
        .param("reports", reports.stream().map(SpecJson::write).toArray(String[]::new))
        .param("essences", reports.stream().map(Essence::of).toArray(String[]::new))
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

  /** Drops all that the node said; gives the load balancers of which it had said something. */
  List<LoadBalancerId> forget(NodeId node) {
    db.sql("DELETE FROM node_observations WHERE node_id = :node")
        .param("node", node.text())
        .update();
    return db.sql(
            "DELETE FROM load_balancer_observations WHERE node_id = :node RETURNING"
                + " load_balancer_id")
        .param("node", node.text())
        .query((row, _) -> new LoadBalancerId(row.getString("load_balancer_id")))
        .list();
  }

  /** Notes that nodes are silent that said nothing since then; gives those not noted before. */
  List<NodeId> announceSilent(Instant since) {
    return db.sql(
            """
            UPDATE node_observations SET announced_live = false
            WHERE announced_live AND report_time <= :since RETURNING node_id
            """)
        .param("since", Timestamp.from(since))
        .query((row, _) -> new NodeId(row.getString("node_id")))
        .list();
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
