package dev.poise.server.audit;

import dev.poise.server.event.Change;
import dev.poise.server.event.Events;
import dev.poise.server.event.Followed;
import dev.poise.server.event.Followed.About;
import dev.poise.server.platform.Caller;
import dev.poise.spec.TypeId;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the audit log. Rows are added in the transaction of the change they tell of, and never
 * touched again.
 */
@Component
public final class Audit {
  private final JdbcClient db;
  private final JsonMapper json;
  private final InstantSource clock;
  private final Events events;

  Audit(JdbcClient db, JsonMapper json, InstantSource clock, Events events) {
    this.db = db;
    this.json = json;
    this.clock = clock;
    this.events = events;
  }

  /**
   * Notes a change, and tells those who follow.
   *
   * @param action noun and verb, such as {@code member.update}
   * @param before the object as it was, absent if it was made; holds no secrets
   * @param after the object as it is, absent if it is gone; holds no secrets
   */
  public void append(
      Caller caller,
      String action,
      String resourceId,
      @Nullable Object before,
      @Nullable Object after) {
    append(caller, action, resourceId, before, after, about(before, after));
  }

  /** Both may have their say: what was private and is not any more is told to everybody. */
  private static About about(@Nullable Object before, @Nullable Object after) {
    About now = after instanceof Followed thing ? thing.about() : null;
    About then = before instanceof Followed thing ? thing.about() : null;
    if (now == null || then == null) return now != null ? now : then != null ? then : About.NOTHING;
    return then.privateTo() == null ? new About(now.loadBalancerId(), now.generation(), null) : now;
  }

  /**
   * Notes a change of a thing that does not say by itself what it is a part of.
   *
   * @param about what those who follow are told of it
   */
  public void append(
      Caller caller,
      String action,
      String resourceId,
      @Nullable Object before,
      @Nullable Object after,
      About about) {
    events.append(caller.tenant(), List.of(Change.of(action, resourceId, about)));
    Instant now = clock.instant();
    db.sql(
            """
            INSERT INTO audit_events
              (id, tenant_id, event_time, user_id, actor, source_address, request_id, action, resource_id, before, after)
            VALUES
              (:id, :tenant, :now, :user, :actor, :source, :request, :action, :resource, :before::jsonb, :after::jsonb)
            """)
        .param("id", TypeId.generate("evt", now))
        .param("tenant", caller.tenant().text())
        .param("now", Timestamp.from(now))
        .param("user", caller.user())
        .param("actor", caller.actor())
        .param("source", caller.sourceAddress())
        .param("request", caller.requestId())
        .param("action", action)
        .param("resource", resourceId)
        .param("before", before == null ? null : json.writeValueAsString(before))
        .param("after", after == null ? null : json.writeValueAsString(after))
        .update();
  }
}
