package dev.poise.server.observation;

import dev.poise.server.platform.Questions;
import dev.poise.server.platform.Questions.Command;
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
  // "OFFSET 0": what was heard of each is looked up; to join it, PostgreSQL would read that of all
  // nodes there are.
  private static final String NODES =
      """
      SELECT n.id, n.cluster_id, n.name, o.report_time, o.role
      FROM nodes n LEFT JOIN LATERAL (
        SELECT report_time, role ->> 'role' AS role FROM node_observations WHERE node_id = n.id OFFSET 0
      ) o ON true
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

  /**
   * What there is before reports are taken in.
   *
   * @param positions where each node is with its reports; a node that never reported is absent
   * @param other what nodes said before of those load balancers of which they say something else
   *     now, numbers aside; empty for one of which a node had said nothing
   * @param left load balancers that full reports do not speak of any more
   */
  record Before(
      Map<NodeId, Position> positions,
      Map<NodeId, Map<LoadBalancerId, Optional<LoadBalancerReport>>> other,
      Map<NodeId, List<LoadBalancerId>> left) {
    Map<LoadBalancerId, Optional<LoadBalancerReport>> others(NodeId node) {
      return other.getOrDefault(node, Map.of());
    }

    /** The load balancers that reports say their nodes have no more. */
    List<Gone> gone(List<NodeReport> reports) {
      return reports.stream()
          .flatMap(report ->
              (report.full() ? left.getOrDefault(report.node(), List.of()) : report.gone())
                  .stream().map(id -> new Gone(report.node(), id)))
          .toList();
    }

    private void note(ResultSet row) throws SQLException {
      other
          .computeIfAbsent(new NodeId(row.getString("node_id")), _ -> new HashMap<>())
          .put(
              new LoadBalancerId(row.getString("load_balancer_id")),
              Optional.ofNullable(row.getString("report"))
                  .map(report -> SpecJson.read(report, LoadBalancerReport.class)));
    }
  }

  /**
   * Reads what there is; the positions stay locked until the transaction ends.
   *
   * @param first what is asked for before
   * @param now all that the reports say of load balancers
   */
  Before lock(Question first, List<NodeReport> reports, List<Said> now) {
    Before before = new Before(new HashMap<>(), new HashMap<>(), new HashMap<>());
    List<Question> asked = new ArrayList<>(List.of(first, positions(reports, before)));
    List<Gone> gone =
        reports.stream()
            .flatMap(report -> report.gone().stream().map(id -> new Gone(report.node(), id)))
            .toList();
    if (!now.isEmpty() || !gone.isEmpty()) asked.add(others(now, gone, before));
    for (NodeReport report : reports) if (report.full()) asked.add(left(report, before));
    questions.ask(asked);
    return before;
  }

  private static Question positions(List<NodeReport> reports, Before before) {
    return new Question(
        """
        SELECT node_id, session, sequence, report_time, announced_live, role ->> 'role' AS role
        FROM node_observations WHERE node_id = ANY(?) ORDER BY node_id FOR UPDATE
        """,
        List.of((Object) texts(reports, report -> report.node().text())),
        row ->
            before
                .positions()
                .put(
                    new NodeId(row.getString("node_id")),
                    new Position(
                        row.getString("session"),
                        row.getLong("sequence"),
                        row.getTimestamp("report_time").toInstant(),
                        row.getBoolean("announced_live"),
                        RoleReport.Role.valueOf(row.getString("role")))));
  }

  private static Question others(List<Said> now, List<Gone> gone, Before before) {
    Stream<String> nodes =
        Stream.concat(now.stream().map(Said::nodeText), gone.stream().map(Gone::nodeText));
    Stream<String> ids = Stream.concat(now.stream().map(Said::id), gone.stream().map(Gone::idText));
    // There are fewer essences than ids: what is gone has none, which is another one than any.
    return new Question(
        """
        SELECT said.node_id, said.load_balancer_id, o.report
        FROM unnest(?::text[], ?::text[], ?::text[]) AS said (node_id, load_balancer_id, essence)
        LEFT JOIN load_balancer_observations o ON o.node_id = said.node_id AND o.load_balancer_id = said.load_balancer_id
        WHERE o.essence IS DISTINCT FROM said.essence
        """,
        List.of(
            nodes.toArray(String[]::new), ids.toArray(String[]::new), texts(now, Said::essence)),
        before::note);
  }

  private static Question left(NodeReport report, Before before) {
    return new Question(
        """
        SELECT node_id, load_balancer_id, report FROM load_balancer_observations
        WHERE node_id = ? AND NOT load_balancer_id = ANY(?)
        """,
        List.of(report.node().text(), texts(report.loadBalancers(), it -> it.id().text())),
        row -> {
          before.note(row);
          before
              .left()
              .computeIfAbsent(report.node(), _ -> new ArrayList<>())
              .add(new LoadBalancerId(row.getString("load_balancer_id")));
        });
  }

  /**
   * Keeps what nodes say. The transaction does not wait until it is on disk: what a node said and a
   * broken database lost is said again, because the next report does not follow then.
   *
   * @param reports of a node each
   */
  void save(List<NodeReport> reports, List<Said> now, List<Gone> gone, Instant time) {
    List<Question> changes = new ArrayList<>(List.of(saved(reports, time)));
    if (!now.isEmpty()) changes.add(saved(now));
    if (!gone.isEmpty()) changes.add(deleted(gone));
    questions.make(changes);
  }

  private static Question saved(List<NodeReport> reports, Instant now) {
    return Command.of(
            """
            INSERT INTO node_observations AS o
              (node_id, session, sequence, accepted_revision, applied_revision, capabilities, held_removals, problems,
               role, role_time, primary_time, target_revision, target_time, captured_time, report_time)
            SELECT node, session, sequence, accepted, applied, capabilities::jsonb, held::jsonb,
              ARRAY(SELECT problem FROM json_array_elements_text(problems::json) WITH ORDINALITY AS p (problem, place)
                ORDER BY place),
              role::jsonb, :now, CASE WHEN is_primary THEN :now::timestamptz END,
              (SELECT c.revision FROM nodes n JOIN clusters c ON c.id = n.cluster_id WHERE n.id = node),
              :now, captured, :now
            FROM unnest(:nodes, :sessions, :sequences, :accepted, :applied, :capabilities, :held, :problems, :roles,
                :primary, :captured)
              AS said (node, session, sequence, accepted, applied, capabilities, held, problems, role, is_primary, captured)
            ORDER BY node
            ON CONFLICT (node_id) DO UPDATE SET
              session = excluded.session, sequence = excluded.sequence,
              accepted_revision = excluded.accepted_revision, applied_revision = excluded.applied_revision,
              capabilities = excluded.capabilities, held_removals = excluded.held_removals,
              problems = excluded.problems, role = excluded.role,
              role_time = CASE
                WHEN o.role ->> 'role' = excluded.role ->> 'role' AND o.report_time > :silent THEN o.role_time
                ELSE :now END,
              primary_time = COALESCE(excluded.primary_time, o.primary_time),
              target_revision = CASE
                WHEN excluded.applied_revision < o.target_revision THEN o.target_revision
                ELSE excluded.target_revision END,
              target_time = CASE WHEN excluded.applied_revision < o.target_revision THEN o.target_time ELSE :now END,
              captured_time = excluded.captured_time, report_time = excluded.report_time, announced_live = true
            RETURNING set_config('synchronous_commit', 'off', true)
            """)
        .param("nodes", texts(reports, report -> report.node().text()))
        .param("sessions", texts(reports, NodeReport::session))
        .param("sequences", numbers(reports, NodeReport::sequence))
        .param("accepted", numbers(reports, NodeReport::acceptedRevision))
        .param("applied", numbers(reports, NodeReport::appliedRevision))
        .param("capabilities", texts(reports, report -> SpecJson.write(report.capabilities())))
        .param("held", texts(reports, report -> SpecJson.write(report.heldRemovals())))
        .param("problems", texts(reports, report -> SpecJson.write(report.problems())))
        .param("roles", texts(reports, report -> SpecJson.write(report.role())))
        .param(
            "primary",
            reports.stream()
                .map(report -> report.role().role() == RoleReport.Role.PRIMARY)
                .toArray(Boolean[]::new))
        .param(
            "captured",
            reports.stream()
                .map(report -> Timestamp.from(report.capturedTime()))
                .toArray(Timestamp[]::new))
        .param("silent", Timestamp.from(now.minus(NodeObservation.SILENT_AFTER)))
        .param("now", Timestamp.from(now))
        .asked();
  }

  /** A load balancer that a node speaks of, with the essence of what it says. */
  record Said(NodeId node, LoadBalancerReport report, String essence) {
    static Said of(NodeId node, LoadBalancerReport report) {
      return new Said(node, report, Essence.of(report));
    }

    String nodeText() {
      return node.text();
    }

    String id() {
      return report.id().text();
    }

    String json() {
      return SpecJson.write(report);
    }
  }

  /** A load balancer of which a node says nothing any more. */
  record Gone(NodeId node, LoadBalancerId id) {
    String nodeText() {
      return node.text();
    }

    String idText() {
      return id.text();
    }
  }

  private static Question saved(List<Said> now) {
    return Command.of(
            """
            INSERT INTO load_balancer_observations (load_balancer_id, node_id, report, essence)
            SELECT id, node, report::json, essence
            FROM unnest(:nodes, :ids, :reports, :essences) AS said (node, id, report, essence)
            ON CONFLICT (load_balancer_id, node_id) DO UPDATE SET report = excluded.report, essence = excluded.essence
            """)
        .param("nodes", texts(now, Said::nodeText))
        .param("ids", texts(now, Said::id))
        .param("reports", texts(now, Said::json))
        .param("essences", texts(now, Said::essence))
        .asked();
  }

  private static Question deleted(List<Gone> gone) {
    return Command.of(
            """
            DELETE FROM load_balancer_observations o USING unnest(:nodes, :ids) AS gone (node, id)
            WHERE o.node_id = gone.node AND o.load_balancer_id = gone.id
            """)
        .param("nodes", texts(gone, Gone::nodeText))
        .param("ids", texts(gone, Gone::idText))
        .asked();
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

  private static <T> Long[] numbers(List<T> things, Function<T, Long> number) {
    return things.stream().map(number).toArray(Long[]::new);
  }

  private static <T> String[] texts(List<T> things, Function<T, String> text) {
    return things.stream().map(text).toArray(String[]::new);
  }
}
