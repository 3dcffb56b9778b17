package dev.poise.server.observation;

import dev.poise.server.platform.Questions;
import dev.poise.server.platform.Questions.Question;
import dev.poise.spec.Capabilities;
import dev.poise.spec.ClusterId;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.RoleReport;
import dev.poise.spec.SpecJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Rows of what nodes said. Those of load balancers are named by ids that only their tenant's rows
 * lead to.
 */
@Component
class ObservationStore {
  private static final String NODES =
      """
      SELECT n.id, n.cluster_id, n.name, o.report_time, o.role ->> 'role' AS role
      FROM nodes n LEFT JOIN node_observations o ON o.node_id = n.id
      WHERE n.cluster_id = ANY(?) AND n.revoke_time IS NULL ORDER BY n.id
      """;
  private static final String SEEN =
      "SELECT load_balancer_id, node_id, report FROM load_balancer_observations WHERE"
          + " load_balancer_id = ANY(?)";

  private final JdbcClient db;
  private final Questions questions;

  ObservationStore(JdbcClient db, Questions questions) {
    this.db = db;
    this.questions = questions;
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

  /**
   * Keeps what a node says of itself. The transaction does not wait until it is on disk: what a
   * node said and a broken database lost is said again, because the next report does not follow
   * then.
   */
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
            RETURNING set_config('synchronous_commit', 'off', true)
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
        .query()
        .singleValue();
  }

  /**
   * What the node said before of those load balancers of which it says something else now, numbers
   * aside; empty for one of which it had said nothing.
   *
   * @param now what it says now, each with its {@link Essence}
   * @param gone of which it says nothing any more
   */
  Map<LoadBalancerId, Optional<LoadBalancerReport>> before(
      NodeId node, List<Said> now, List<LoadBalancerId> gone) {
    if (now.isEmpty() && gone.isEmpty()) return Map.of();
    Stream<String> ids =
        Stream.concat(now.stream().map(Said::id), gone.stream().map(LoadBalancerId::text));
    Map<LoadBalancerId, Optional<LoadBalancerReport>> before = new HashMap<>();
    // There are fewer essences than ids: what is gone has none, which is another one than any.
    db.sql(
            """
            SELECT said.id, o.report FROM unnest(:ids, :essences) AS said (id, essence)
            LEFT JOIN load_balancer_observations o ON o.node_id = :node AND o.load_balancer_id = said.id
            WHERE o.essence IS DISTINCT FROM said.essence
            """)
        .param("node", node.text())
        .param("ids", ids.toArray(String[]::new))
        .param("essences", texts(now, Said::essence))
        .query(row -> {
          before.put(
              new LoadBalancerId(row.getString("id")),
              Optional.ofNullable(row.getString("report"))
                  .map(report -> SpecJson.read(report, LoadBalancerReport.class)));
        });
    return before;
  }

  /** Of which load balancers the node said something, those named left out. */
  List<LoadBalancerId> others(NodeId node, List<LoadBalancerId> named) {
    return db.sql(
            "SELECT load_balancer_id FROM load_balancer_observations WHERE node_id = :node AND NOT"
                + " load_balancer_id = ANY(:named)")
        .param("node", node.text())
        .param("named", texts(named, LoadBalancerId::text))
        .query((row, _) -> new LoadBalancerId(row.getString("load_balancer_id")))
        .list();
  }

  /** What a node says of a load balancer, with the essence of it. */
  record Said(LoadBalancerReport report, String essence) {
    static Said of(LoadBalancerReport report) {
      return new Said(report, Essence.of(report));
    }

    String id() {
      return report.id().text();
    }

    String json() {
      return SpecJson.write(report);
    }
  }

  void saveLoadBalancers(NodeId node, List<Said> now) {
    if (now.isEmpty()) return;
    db.sql(
            """
            INSERT INTO load_balancer_observations (load_balancer_id, node_id, report, essence)
            SELECT id, :node, report::json, essence FROM unnest(:ids, :reports, :essences) AS said (id, report, essence)
            ON CONFLICT (load_balancer_id, node_id) DO UPDATE SET report = excluded.report, essence = excluded.essence
            """)
        .param("node", node.text())
        .param("ids", texts(now, Said::id))
        .param("reports", texts(now, Said::json))
        .param("essences", texts(now, Said::essence))
        .update();
  }

  void delete(NodeId node, List<LoadBalancerId> ids) {
    if (ids.isEmpty()) return;
    db.sql(
            "DELETE FROM load_balancer_observations WHERE node_id = :node AND load_balancer_id ="
                + " ANY(:ids)")
        .param("node", node.text())
        .param("ids", texts(ids, LoadBalancerId::text))
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

  Observations.Heard heard(List<ClusterId> clusters, List<LoadBalancerId> loadBalancers) {
    List<Presence> nodes = new ArrayList<>();
    Map<LoadBalancerId, List<Observations.Seen>> seen = new HashMap<>();
    questions.ask(
        List.of(
            new Question(
                NODES,
                List.of((Object) texts(clusters, ClusterId::text)),
                row -> nodes.add(presence(row))),
            new Question(
                SEEN,
                List.of((Object) texts(loadBalancers, LoadBalancerId::text)),
                row ->
                    seen.computeIfAbsent(
                            new LoadBalancerId(row.getString("load_balancer_id")),
                            _ -> new ArrayList<>())
                        .add(seen(row)))));
    return new Observations.Heard(nodes, seen);
  }

  private static Presence presence(ResultSet row) throws SQLException {
    return new Presence(
        new ClusterId(row.getString("cluster_id")),
        new NodeId(row.getString("id")),
        row.getString("name"),
        Optional.ofNullable(row.getTimestamp("report_time")).map(Timestamp::toInstant),
        Optional.ofNullable(row.getString("role"))
            .map(RoleReport.Role::valueOf)
            .orElse(RoleReport.Role.UNKNOWN));
  }

  private static Observations.Seen seen(ResultSet row) throws SQLException {
    return new Observations.Seen(
        new NodeId(row.getString("node_id")),
        SpecJson.read(row.getString("report"), LoadBalancerReport.class));
  }

  private static <T> String[] texts(List<T> things, Function<T, String> text) {
    return things.stream().map(text).toArray(String[]::new);
  }
}
