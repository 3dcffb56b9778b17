package dev.poise.server.event;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Signals;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Streams of events as server-sent events (WHATWG HTML, section 9.2).
 *
 * <p>A stream is a loop on the request's own virtual thread: read what is new, write it, wait for a
 * signal. It holds one page of events in memory and no database connection while it waits. One that
 * reads slowly blocks its own thread only, and is cut off by the container's time limit for writing
 * when it does not read at all; what it missed is in the table, and it comes back for it. A lost
 * signal costs the time until the next heartbeat, no event.
 *
 * <p>A stream ends after {@link #LONGEST}, so that whoever may not follow any more, because a key
 * was revoked, does not for long: browsers connect again by themselves and are asked anew who they
 * are. It ends too when the server stops.
 */
@Component
class EventStreams {
  static final int MOST_OF_CALLER = 10;
  static final int MOST_OF_TENANT = 200;

  private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final int RETRY_MILLIS = 2000;

  private final EventReader events;
  private final Signals signals;
  private final JsonMapper json;
  private final Map<String, Integer> open = new ConcurrentHashMap<>();

  EventStreams(EventReader events, Signals signals, JsonMapper json) {
    this.events = events;
    this.signals = signals;
    this.json = json;
  }

  /**
   * Writes events until the client is gone or the stream has lasted long enough.
   *
   * @param last the number of the last event that the client has; absent to begin now
   * @throws Refusal.QuotaExceeded if there are too many streams already
   */
  void follow(Caller caller, Optional<Long> last, HttpServletResponse response) {
    enter(caller.actor(), MOST_OF_CALLER);
    try {
      enter(caller.tenant().text(), MOST_OF_TENANT);
      try {
        stream(caller, last, response);
      } finally {
        leave(caller.tenant().text());
      }
    } finally {
      leave(caller.actor());
    }
  }

  private void enter(String who, int most) {
    if (open.merge(who, 1, Integer::sum) <= most) return;
    leave(who);
    throw new Refusal.QuotaExceeded(
        "There are %d streams of events open already, which is all there may be.".formatted(most));
  }

  private void leave(String who) {
    open.computeIfPresent(who, (_, count) -> count == 1 ? null : count - 1);
  }

  private void stream(Caller caller, Optional<Long> last, HttpServletResponse response) {
    try (Signals.Subscription signal = signals.subscribe(Events.topic(caller.tenant()))) {
      boolean complete = last.isEmpty() || events.keepsAllBehind(caller.tenant(), last.get());
      long number = last.isPresent() && complete ? last.get() : events.last(caller.tenant());
      response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE + ";charset=UTF-8");
      response.setHeader("Cache-Control", "no-store");
      // Proxies that gather answers before they pass them on would hold events back.
      response.setHeader("X-Accel-Buffering", "no");
      OutputStream out = response.getOutputStream();
      write(
          out,
          "retry: %d\nevent: %s\nid: %d\ndata: {}\n\n"
              .formatted(RETRY_MILLIS, complete ? "ready" : "reset", number));
      run(caller, number, signal, out);
    } catch (IOException _) {
      // The client is gone or does not read.
    } catch (DataAccessException | TransactionException e) {
      if (!response.isCommitted()) throw e;
      LOG.warn("A stream of events ends, because the database failed: {}", e.getMessage());
    }
  }

  private void run(Caller caller, long from, Signals.Subscription signal, OutputStream out)
      throws IOException {
    long number = from;
    long end = System.nanoTime() + LONGEST.toNanos();
    long heartbeat = System.nanoTime() + HEARTBEAT.toNanos();
    while (signals.isRunning() && System.nanoTime() < end) {
      List<Event> fresh = events.behind(caller, number);
      if (!fresh.isEmpty()) {
        write(out, text(fresh));
        number = fresh.getLast().id();
        heartbeat = System.nanoTime() + HEARTBEAT.toNanos();
        // There may be more, and the signal for it may have been taken already.
        if (fresh.size() == EventReader.AT_ONCE) continue;
      }
      signal.await(Duration.ofNanos(heartbeat - System.nanoTime()));
      if (System.nanoTime() >= heartbeat) {
        write(out, ": still here\n\n");
        heartbeat = System.nanoTime() + HEARTBEAT.toNanos();
      }
    }
  }

  private String text(List<Event> events) {
    StringBuilder text = new StringBuilder();
    for (Event event : events) {
      text.append("id: ").append(event.id());
      text.append("\ndata: ").append(json.writeValueAsString(event)).append("\n\n");
    }
    return text.toString();
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
