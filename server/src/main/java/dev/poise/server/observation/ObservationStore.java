package dev.poise.server.observation;

import dev.poise.spec.Capabilities;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.RoleReport;
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
  record Position(
      String session,
      long sequence,
      Instant reportTime,
      boolean announcedLive,
      RoleReport.Role role) {}

  Optional<Position> lockPosition(NodeId node) {
    return db.sql(
            """
            SELECT session, sequence, report_time, announced_live, role ->> 'role' AS role FROM node_observations
            WHERE node_id = :node FOR UPDATE
            """)
        .param("node", node.text())
        .query((row, _) ->
            new Position(
                row.getString("session"),
                row.getLong("sequence"),
                row.getTimestamp("report_time").toInstant(),
                row.getBoolean("announced_live"),
                RoleReport.Role.valueOf(row.getString("role"))))
        .optional();
  }

  void saveNode(NodeReport report, Instant now) {
    db.sql(
            """
            INSERT INTO node_observations AS o
              (node_id, session, sequence, accepted_revision, applied_revision, capabilities, held_removals, problems,
               role, role_time, primary_time, target_revision, target_time, captured_time, report_time)
            VALUES (:node, :session, :sequence, :accepted, :applied, :capabilities::jsonb, :held::jsonb, :problems,
              :role::jsonb, :now, :primary,
              (SELECT c.revision FROM nodes n JOIN clusters c ON c.id = n.cluster_id WHERE n.id = :node),
              :now, :captured, :now)
            ON CONFLICT (node_id) DO UPDATE SET
              session = excluded.session, sequence = excluded.sequence,
              accepted_revision = excluded.accepted_revision, applied_revision = excluded.applied_revision,
              capabilities = excluded.capabilities, held_removals = excluded.held_removals,
              problems = excluded.problems, role = excluded.role,
              role_time = CASE
                WHEN o.role ->> 'role' = excluded.role ->> 'role' AND o.report_time > :silent THEN o.role_time
                ELSE :now END,
              primary_time = COALESCE(excluded.primary_time, o.primary_time),
              target_revision =
                CASE WHEN :applied < o.target_revision THEN o.target_revision ELSE excluded.target_revision END,
              target_time = CASE WHEN :applied < o.target_revision THEN o.target_time ELSE :now END,
              captured_time = excluded.captured_time, report_time = excluded.report_time, announced_live = true
            """)
        .param("node", report.node().text())
        .param("session", report.session())
        .param("sequence", report.sequence())
        .param("accepted", report.acceptedRevision())
        .param("applied", report.appliedRevision())
        .param("capabilities", SpecJson.write(report.capabilities()))
        .param("held", SpecJson.write(report.heldRemovals()))
        .param("problems", report.problems().toArray(String[]::new))
        .param("role", SpecJson.write(report.role()))
        .param(
            "primary", report.role().role() == RoleReport.Role.PRIMARY ? Timestamp.from(now) : null)
        .param("captured", Timestamp.from(report.capturedTime()))
        .param("silent", Timestamp.from(now.minus(NodeObservation.SILENT_AFTER)))
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
  Map<NodeId, RoleReport.Role> announceSilent(Instant since) {
    Map<NodeId, RoleReport.Role> silent = new HashMap<>();
    db.sql(
            """
            UPDATE node_observations SET announced_live = false
            WHERE announced_live AND report_time <= :since RETURNING node_id, role ->> 'role' AS role
            """)
        .param("since", Timestamp.from(since))
        .query(row -> {
          silent.put(
              new NodeId(row.getString("node_id")), RoleReport.Role.valueOf(row.getString("role")));
        });
    return silent;
  }

  List<NodeObservation> nodes(List<NodeId> ids) {
    return db.sql(
            """
            SELECT node_id, accepted_revision, applied_revision, capabilities, held_removals, problems, role, role_time,
              primary_time, target_revision, target_time, captured_time, report_time
            FROM node_observations WHERE node_id = ANY(:ids)
            """)
        .param("ids", ids.stream().map(NodeId::text).toArray(String[]::new))
        .query((row, _) ->
            new NodeObservation(
                new NodeId(row.getString("node_id")),
                row.getLong("accepted_revision"),
                row.getLong("applied_revision"),
                SpecJson.read(row.getString("capabilities"), Capabilities.class),
                SpecJson.read(row.getString("held_removals"), HeldRemovals.class),
                List.of((String[]) row.getArray("problems").getArray()),
                SpecJson.read(row.getString("role"), RoleReport.class),
                row.getTimestamp("role_time").toInstant(),
                Optional.ofNullable(row.getTimestamp("primary_time")).map(Timestamp::toInstant),
                new NodeObservation.Target(
                    row.getLong("target_revision"), row.getTimestamp("target_time").toInstant()),
                row.getTimestamp("captured_time").toInstant(),
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
