package dev.poise.server.audit;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.Questions.Command;
import dev.poise.server.platform.Questions.Question;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rows of the audit log. The database refuses to change or delete one. */
@Component
class AuditStore {
  /**
   * The kinds of ids that every user of a tenant may see the things of. Users, keys and what else
   * is not here are for administrators, and for those who did something to them.
   */
  private static final String[] EVERYBODYS = {
    "lb", "lsn", "pool", "mbr", "rule", "cert", "vpc", "sub", "eip", "sg", "sgr", "vm"
  };

  /** Whether every user of the tenant may see the thing with that id. */
  static boolean isEverybodys(String id) {
    return Arrays.stream(EVERYBODYS).anyMatch(kind -> id.startsWith(kind + "_"));
  }

  private static final String EVENTS =
      """
      SELECT id, event_time AS create_time, user_id, actor AS actor_id, source_address, request_id, action,
        resource_id, part_of AS part_of_id,
        CASE WHEN private_to IS NULL OR private_to = :me THEN before END AS before,
        CASE WHEN private_to IS NULL OR private_to = :me THEN after END AS after,
        id || ' ' || action || ' ' || resource_id || ' ' || COALESCE(part_of, '') || ' ' || user_id || ' '
          || request_id AS search
      FROM audit_events
      WHERE tenant_id = :tenant
        AND (:administrator OR user_id = :me
          OR (private_to IS NULL OR private_to = :me) AND split_part(resource_id, '_', 1) = ANY(:everybodys))
      """;

  private final JdbcClient db;
  private final JsonMapper json;

  AuditStore(JdbcClient db, JsonMapper json) {
    this.db = db;
    this.json = json;
  }

  /** What is asked for beyond what fields say; what is absent does not matter. */
  record Filter(@Nullable String resource, @Nullable Instant since, @Nullable Instant until) {}

  /** Adds it when it is made. */
  static Question inserted(
      String id,
      Instant time,
      Caller caller,
      Audit.Event event,
      @Nullable JsonNode before,
      @Nullable JsonNode after) {
    return Command.of(
            """
            INSERT INTO audit_events
              (id, tenant_id, event_time, user_id, actor, source_address, request_id, action, resource_id, part_of,
               private_to, before, after)
            VALUES
              (:id, :tenant, :time, :user, :actor, :source, :request, :action, :resource, :partOf, :privateTo,
               :before::jsonb, :after::jsonb)
            """)
        .param("id", id)
        .param("tenant", caller.tenant().text())
        .param("time", Timestamp.from(time))
        .param("user", caller.user())
        .param("actor", caller.actor())
        .param("source", caller.sourceAddress())
        .param("request", caller.requestId())
        .param("action", event.action())
        .param("resource", event.resource())
        .param("partOf", event.partOf())
        .param("privateTo", event.privateTo())
        .param("before", before == null ? null : before.toString())
        .param("after", after == null ? null : after.toString())
        .asked();
  }

  Page<AuditEvent> page(Caller caller, Filter filter, PageRequest request) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("tenant", caller.tenant().text());
    parameters.put("me", caller.user());
    parameters.put("administrator", caller.isAdministrator());
    parameters.put("everybodys", EVERYBODYS);
    StringBuilder select = new StringBuilder(EVENTS);
    Wanted wanted = new Wanted(select, parameters);
    wanted.where("(resource_id = :resource OR part_of = :resource)", "resource", filter.resource());
    wanted.where("event_time >= :since", "since", timestamp(filter.since()));
    wanted.where("event_time < :until", "until", timestamp(filter.until()));
    return Listing.page(db, select.toString(), parameters, request, this::event);
  }

  /** Conditions that are added to a statement. */
  private record Wanted(StringBuilder select, Map<String, Object> parameters) {
    void where(String condition, String name, @Nullable Object value) {
      if (value == null) return;
      select.append(" AND ").append(condition);
      parameters.put(name, value);
    }
  }

  private static @Nullable Timestamp timestamp(@Nullable Instant time) {
    return time == null ? null : Timestamp.from(time);
  }

  private AuditEvent event(ResultSet row, int number) throws SQLException {
    return new AuditEvent(
        row.getString("id"),
        row.getTimestamp("create_time").toInstant(),
        row.getString("user_id"),
        row.getString("actor_id"),
        row.getString("source_address"),
        row.getString("request_id"),
        row.getString("action"),
        row.getString("resource_id"),
        row.getString("part_of_id"),
        tree(row.getString("before")),
        tree(row.getString("after")));
  }

  private @Nullable JsonNode tree(@Nullable String text) {
    return text == null ? null : json.readTree(text);
  }
}
