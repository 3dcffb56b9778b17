package dev.poise.server.audit;

import dev.poise.server.event.Change;
import dev.poise.server.event.Change.About;
import dev.poise.server.event.Events;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Questions.Question;
import dev.poise.spec.TypeId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the audit log. Rows are added in the transaction of the change they tell of, and never
 * touched again; the database refuses to.
 */
@Component
public final class Audit {
  private final JsonMapper json;
  private final InstantSource clock;
  private final Events events;

  Audit(JsonMapper json, InstantSource clock, Events events) {
    this.json = json;
    this.clock = clock;
    this.events = events;
  }

  /**
   * What was done to what.
   *
   * @param action noun and verb, such as {@code member.update}
   * @param partOf the whole that the resource is a part of
   * @param privateTo the only user who may see what the resource is like
   * @param generation of the load balancer that it is or is a part of
   */
  public record Event(
      String action,
      String resource,
      @Nullable String partOf,
      @Nullable String privateTo,
      @Nullable Long generation) {
    public Event(String action, String resource) {
      this(action, resource, null, null, null);
    }

    /** The same, which made this generation. */
    public Event making(long generation) {
      return new Event(action, resource, partOf, privateTo, generation);
    }

    /** The same, done to a part of something. */
    public Event partOf(String whole) {
      return new Event(
          action, resource, resource.equals(whole) ? null : whole, privateTo, generation);
    }

    /** The same, done to something that only one user knows. */
    public Event privateTo(String user) {
      return new Event(action, resource, partOf, user, generation);
    }
  }

  /** Notes a change of something that is no part of something else. */
  public void append(
      Caller caller,
      String action,
      String resourceId,
      @Nullable Object before,
      @Nullable Object after) {
    append(caller, new Event(action, resourceId), before, after);
  }

  /**
   * Notes a change and tells those who follow. Of an object that is there before and after, only
   * what differs is kept.
   *
   * @param before the object as it was, absent if it was made; holds no secrets
   * @param after the object as it is, absent if it is gone; holds no secrets
   */
  public void append(Caller caller, Event event, @Nullable Object before, @Nullable Object after) {
    events.appendWith(
        caller.tenant(), List.of(told(event)), List.of(row(caller, event, before, after)));
  }

  /**
   * The same, to be made with other changes of the transaction in which it is asked for.
   *
   * @see #append(Caller, Event, Object, Object)
   */
  public List<Question> notes(
      Caller caller, Event event, @Nullable Object before, @Nullable Object after) {
    return List.of(
        events.note(caller.tenant(), List.of(told(event))), row(caller, event, before, after));
  }

  private Question row(
      Caller caller, Event event, @Nullable Object before, @Nullable Object after) {
    @Nullable JsonNode was = before == null ? null : Masking.mask(json.valueToTree(before));
    @Nullable JsonNode is = after == null ? null : Masking.mask(json.valueToTree(after));
    if (was != null && is != null) {
      Difference difference = Difference.between(was, is);
      was = difference.before();
      is = difference.after();
    }
    Instant now = clock.instant();
    return AuditStore.inserted(TypeId.generate("evt", now), now, caller, event, was, is);
  }

  /** What those who follow are told: the same, to the same users, without what it is like. */
  private static Change told(Event event) {
    String whole = event.partOf() == null ? event.resource() : event.partOf();
    return Change.of(
        event.action(),
        event.resource(),
        new About(
            whole.startsWith("lb_") ? whole : null,
            event.generation(),
            event.privateTo(),
            !AuditStore.isEverybodys(event.resource())));
  }
}
