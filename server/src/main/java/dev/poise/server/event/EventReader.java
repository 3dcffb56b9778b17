package dev.poise.server.event;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Reads events in their order, and lets go of old ones. */
@Component
class EventReader {
  /** How many events are read at once, which is all of them that is held in memory. */
  static final int AT_ONCE = 200;

  private static final Duration KEPT = Duration.ofHours(24);
  private static final long MOST_KEPT = 50_000;
  private static final long MINUTE_MILLIS = 60_000;

  private final EventStore store;
  private final TransactionTemplate transaction;
  private final InstantSource clock;

  EventReader(EventStore store, TransactionTemplate transaction, InstantSource clock) {
    this.store = store;
    this.transaction = transaction;
    this.clock = clock;
  }

  /** The next events behind that number, at most {@link #AT_ONCE}. */
  List<Event> behind(Caller caller, long number) {
    settle(caller.tenant());
    return store.behind(caller, number, AT_ONCE);
  }

  /** The number of the newest event. */
  long last(TenantId tenant) {
    settle(tenant);
    return store.last(tenant);
  }

  /** Whether everything behind that number is still kept. */
  boolean keepsAllBehind(TenantId tenant, long number) {
    long last = last(tenant);
    if (number == last) return true;
    Optional<Long> oldest = store.oldest(tenant);
    return number < last && oldest.isPresent() && oldest.get() <= number + 1;
  }

  private void settle(TenantId tenant) {
    if (store.hasUnnumbered(tenant)) transaction.executeWithoutResult(_ -> store.number(tenant));
  }

  /** Numbers before it deletes: who resumes must be able to see that something is missing. */
  @Scheduled(fixedDelay = MINUTE_MILLIS, initialDelay = MINUTE_MILLIS)
  void forget() {
    store.unnumbered().forEach(this::settle);
    store.forget(clock.instant().minus(KEPT), MOST_KEPT);
  }
}
