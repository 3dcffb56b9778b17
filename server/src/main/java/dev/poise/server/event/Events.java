package dev.poise.server.event;

import dev.poise.server.platform.Questions;
import dev.poise.server.platform.Questions.Question;
import dev.poise.server.platform.Signals;
import dev.poise.server.platform.TenantId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Notes what happened, in the transaction in which it happens.
 *
 * <p>Readers ask "what came behind number 41". For that to miss nothing, numbers must be in the
 * order in which events become visible, and a sequence does not give that: a transaction may draw
 * 41 and commit after another one has drawn 42, been committed and been read. To make everybody
 * draw numbers one after the other, under a lock that is held until the commit, would let every
 * change of a tenant wait for every other, and deadlock with the locks they take after it. To read
 * only what is older than the oldest running transaction lets one forgotten session stop all
 * streams, and does not survive a database that is restored from a dump.
 *
 * <p>So an event is written without a number. Numbers are given afterwards, by whoever is about to
 * read: under a lock of the tenant's own, the events that are visible by then get the next numbers
 * and are committed with them. What becomes visible later gets a higher number, always. The lock is
 * held for two statements by readers alone; a change takes no lock and waits for nobody.
 */
@Component
public final class Events {
  private final Questions questions;
  private final Signals signals;
  private final InstantSource clock;

  Events(Questions questions, Signals signals, InstantSource clock) {
    this.questions = questions;
    this.signals = signals;
    this.clock = clock;
  }

  /** Notes changes of things of the tenant; readers learn of them when the transaction commits. */
  public void append(TenantId tenant, List<Change> changes) {
    if (!changes.isEmpty()) appendWith(tenant, changes, List.of());
  }

  /** The same, in one round trip with what else is to be written. */
  public void appendWith(TenantId tenant, List<Change> changes, List<Question> others) {
    List<Question> all =
        new ArrayList<>(List.of(EventStore.inserted(tenant, changes, clock.instant())));
    all.addAll(others);
    questions.make(all);
    // Afterwards: outside of a transaction it is heard at once.
    signals.raise(topic(tenant));
  }

  /** The same, to be made with other changes of the transaction in which it is asked for. */
  public Question note(TenantId tenant, List<Change> changes) {
    signals.raise(topic(tenant));
    return EventStore.inserted(tenant, changes, clock.instant());
  }

  /** The signal that something of the tenant changed. */
  static String topic(TenantId tenant) {
    return "events:" + tenant;
  }
}
