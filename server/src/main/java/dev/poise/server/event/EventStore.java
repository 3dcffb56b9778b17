package dev.poise.server.event;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Questions.Command;
import dev.poise.server.platform.Questions.Question;
import dev.poise.server.platform.TenantId;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of events. Why they get their numbers late is told in {@link Events}. */
@Component
class EventStore {
  private final JdbcClient db;

  EventStore(JdbcClient db) {
    this.db = db;
  }

  /** Adds them when it is made. */
  static Question inserted(TenantId tenant, List<Change> changes, Instant now) {
    return Command.of(
            """
            INSERT INTO events (tenant_id, event_time, kind, resource_id, load_balancer_id, generation, what, private_to,
              for_administrators)
            SELECT :tenant, :now, kind, resource, load_balancer, generation, what, private_to, administrators
            FROM unnest(:kinds, :resources, :loadBalancers, :generations, :whats, :privates, :administrators)
              WITH ORDINALITY AS said (kind, resource, load_balancer, generation, what, private_to, administrators, place)
            ORDER BY place
            """)
        .param("tenant", tenant.text())
        .param("now", Timestamp.from(now))
        .param("kinds", texts(changes, Change::kind))
        .param("resources", texts(changes, Change::resourceId))
        .param("loadBalancers", texts(changes, change -> change.about().loadBalancerId()))
        .param(
            "generations",
            changes.stream().map(change -> change.about().generation()).toArray(Long[]::new))
        .param("whats", texts(changes, change -> change.what().name()))
        .param("privates", texts(changes, change -> change.about().privateTo()))
        .param(
            "administrators",
            changes.stream()
                .map(change -> change.about().forAdministrators())
                .toArray(Boolean[]::new))
        .asked();
  }

  private static @Nullable String[] texts(
      List<Change> changes, Function<Change, @Nullable String> text) {
    return changes.stream().map(text).toArray(String[]::new);
  }

  /** Whether events are visible that have no number yet. */
  boolean hasUnnumbered(TenantId tenant) {
    return db.sql("SELECT EXISTS (SELECT FROM events WHERE tenant_id = :tenant AND number IS NULL)")
        .param("tenant", tenant.text())
        .query(Boolean.class)
        .single();
  }

  /** All tenants with events that have no number yet. */
  List<TenantId> unnumbered() {
    return db.sql("SELECT DISTINCT tenant_id FROM events WHERE number IS NULL")
        .query((row, _) -> new TenantId(row.getString("tenant_id")))
        .list();
  }

  /** Gives every visible event its number. The lock is held until the transaction ends. */
  void number(TenantId tenant) {
    db.sql(
            "INSERT INTO event_numbers (tenant_id, last) VALUES (:tenant, 0) ON CONFLICT DO"
                + " NOTHING")
        .param("tenant", tenant.text())
        .update();
    long last =
        db.sql("SELECT last FROM event_numbers WHERE tenant_id = :tenant FOR UPDATE")
            .param("tenant", tenant.text())
            .query(Long.class)
            .single();
    int numbered =
        db.sql(
                """
                UPDATE events SET number = :last + fresh.place
                FROM (
                  SELECT id, row_number() OVER (ORDER BY id) AS place FROM events
                  WHERE tenant_id = :tenant AND number IS NULL
                ) AS fresh
                WHERE events.id = fresh.id
                """)
            .param("last", last)
            .param("tenant", tenant.text())
            .update();
    db.sql("UPDATE event_numbers SET last = :last WHERE tenant_id = :tenant")
        .param("last", last + numbered)
        .param("tenant", tenant.text())
        .update();
  }

  /** The highest number that was given. */
  long last(TenantId tenant) {
    return db.sql("SELECT last FROM event_numbers WHERE tenant_id = :tenant")
        .param("tenant", tenant.text())
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** The lowest number that is kept. */
  Optional<Long> oldest(TenantId tenant) {
    return db.sql("SELECT min(number) AS oldest FROM events WHERE tenant_id = :tenant")
        .param("tenant", tenant.text())
        .query((row, _) -> Optional.of(row.getLong("oldest")).filter(number -> number > 0))
        .single();
  }

  /** The next events that the caller is told of. */
  List<Event> behind(Caller caller, long number, int most) {
    return db.sql(
            """
            SELECT number, event_time, kind, resource_id, load_balancer_id, generation, what FROM events
            WHERE tenant_id = :tenant AND number > :number AND (private_to IS NULL OR private_to = :user)
              AND (:administrator OR NOT for_administrators)
            ORDER BY number LIMIT :most
            """)
        .param("tenant", caller.tenant().text())
        .param("number", number)
        .param("user", caller.user())
        .param("administrator", caller.isAdministrator())
        .param("most", most)
        .query((row, _) ->
            new Event(
                row.getLong("number"),
                row.getTimestamp("event_time").toInstant(),
                row.getString("kind"),
                row.getString("resource_id"),
                row.getString("load_balancer_id"),
                (Long) row.getObject("generation"),
                What.valueOf(row.getString("what"))))
        .list();
  }

  /**
   * Deletes of each tenant all up to the last that is older than that, and all but the newest so
   * many. What is left has no gap.
   */
  int forget(Instant olderThan, long most) {
    return db.sql(
            """
            WITH old AS MATERIALIZED (
              SELECT n.tenant_id, GREATEST(n.last - :most, past.number) AS number
              FROM event_numbers n LEFT JOIN (
                SELECT tenant_id, max(number) AS number FROM events WHERE event_time < :time GROUP BY tenant_id
              ) AS past ON past.tenant_id = n.tenant_id
            )
            DELETE FROM events e USING old WHERE old.tenant_id = e.tenant_id AND e.number <= old.number
            """)
        .param("time", Timestamp.from(olderThan))
        .param("most", most)
        .update();
  }
}
