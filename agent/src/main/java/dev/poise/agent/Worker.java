package dev.poise.agent;

import dev.poise.agent.engine.Applied;
import dev.poise.agent.engine.DataPlane;
import dev.poise.agent.engine.ProcessIdentity;
import dev.poise.agent.engine.Reading;
import dev.poise.agent.link.Backoff;
import dev.poise.agent.observe.Observation;
import dev.poise.agent.observe.ReportBoard;
import dev.poise.agent.vrrp.Addresses;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.Outcome;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after one load balancer, on a thread of its own.
 *
 * <p>Everything about a load balancer happens on this thread, one thing after the other: bringing
 * it to the newest wish, restarting a process that died, reading what it says. So there is nothing
 * to lock but the wish itself, only the newest of which counts, and nothing that goes wrong here
 * can hold up another load balancer. What costs processor time, checking and starting processes,
 * needs one of a few permits shared by all workers.
 *
 * <p>A wish that could not be fulfilled is tried again, after 1 s at first and every 30 s in the
 * end: a port that was taken may be free by then. A process that died is started again at once,
 * unless another one died shortly before. A process that lives but does not answer serves nobody
 * either, and is ended.
 */
final class Worker implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);
  private static final Duration HEALTH_TICK = Duration.ofMillis(500);
  private static final Duration SHORTLY = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final int UNANSWERED_LIMIT = 2;

  private final LoadBalancerId id;
  private final DataPlane plane;
  private final Collection<ProcessIdentity> left;
  private final Observation observation;
  private final ReportBoard board;
  private final Addresses addresses;
  private final Semaphore permits;
  private final InstantSource clock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wished = lock.newCondition();
  private Wish wish;
  private boolean ended;

  private final Backoff retry = new Backoff(Duration.ofSeconds(1), LONGEST_PAUSE);
  private final Backoff restart = new Backoff(Duration.ofSeconds(1), LONGEST_PAUSE);
  private @Nullable Wish taken;
  private @Nullable Outcome outcome;
  private boolean adopted;
  private boolean settled;
  private Instant nextAttempt = Instant.EPOCH;
  private Instant lastAttempt = Instant.EPOCH;
  private Instant nextReading = Instant.EPOCH;
  private Instant lastDeath = Instant.EPOCH;
  private int unanswered;
  private String logged = "";

  /**
   * A worker.
   *
   * @param left processes of the load balancer that an earlier run of the agent left
   */
  Worker(
      LoadBalancerId id,
      Wish first,
      DataPlane plane,
      Collection<ProcessIdentity> left,
      ReportBoard board,
      Addresses addresses,
      Semaphore permits,
      InstantSource clock) {
    this.id = id;
    this.wish = first;
    this.plane = plane;
    this.left = left;
    this.observation = new Observation(id, clock.instant());
    this.board = board;
    this.addresses = addresses;
    this.permits = permits;
    this.clock = clock;
  }

  /** Wishes something else; false if this worker has ended and a new one is needed. */
  boolean wish(Wish newest) {
    lock.lock();
    try {
      if (ended) return false;
      if (newest.equals(wish)) return true;
      wish = newest;
      wished.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The newest wish. */
  Wish wish() {
    lock.lock();
    try {
      return wish;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the load balancer was removed. */
  boolean hasEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** Works until the load balancer is removed or the thread is interrupted. */
  @Override
  public void run() {
    try {
      while (!hasEnded()) await(step());
    } catch (InterruptedException e) {
      plane.release();
    }
  }

  private void await(Duration pause) throws InterruptedException {
    long nanos = pause.toNanos();
    lock.lock();
    try {
      while (!ended && wish.equals(taken) && nanos > 0) nanos = wished.awaitNanos(nanos);
    } finally {
      lock.unlock();
    }
  }

  /** Does what is due; says for how long nothing will be. */
  Duration step() throws InterruptedException {
    Instant now = clock.instant();
    Wish newest = wish();
    if (!newest.equals(taken)) {
      taken = newest;
      settled = false;
      nextAttempt = now;
      retry.reset();
    }
    adoptOnce();
    if (plane.hasDied()) died(now);
    if (plane.hasMoved()) moved(now);
    followHealth(now);
    if (!settled && isDue(nextAttempt, now)) attempt(newest, now);
    if (!hasEnded() && isDue(nextReading, now)) read();
    return untilNext();
  }

  /** Nothing is ever planned for so late: when it seems to be, the clock was set back. */
  private static boolean isDue(Instant planned, Instant now) {
    return !now.isBefore(planned) || planned.isAfter(now.plus(LONGEST_PAUSE).plus(HEALTH_TICK));
  }

  private void adoptOnce() throws InterruptedException {
    if (adopted) return;
    adopted = true;
    try {
      plane.adopt(left);
    } catch (IOException | RuntimeException e) {
      logOnce("finding its processes failed", e);
    }
  }

  private void followHealth(Instant now) {
    try {
      if (plane.followHealth()) nextReading = now;
    } catch (IOException | RuntimeException e) {
      logOnce("following the health of its members failed", e);
    }
  }

  private void died(Instant now) {
    boolean again = now.isBefore(lastDeath.plus(SHORTLY));
    if (!again) restart.reset();
    nextAttempt = again ? now.plus(restart.next()) : now;
    lastDeath = now;
    settled = false;
    log.warn("{}: what served it ended and will be started again", id);
  }

  private void moved(Instant now) {
    nextAttempt = now;
    settled = false;
    log.info("{}: the network it lives in is another one", id);
  }

  private void attempt(Wish wished, Instant now) throws InterruptedException {
    lastAttempt = now;
    nextReading = now;
    permits.acquire();
    try {
      switch (wished) {
        case Wish.Serve(var spec) -> serve(spec.spec().generation(), plane.apply(spec));
        case Wish.Refuse(long generation, String why) -> {
          keepLastGood();
          refused(generation, why);
        }
        case Wish.Await(long generation, String why) -> {
          keepLastGood();
          outcome = new Outcome.Held(generation, why);
        }
        case Wish.Hold(String why) -> {
          keepLastGood();
          outcome = new Outcome.Held(plane.lastGoodGeneration(), why);
        }
        case Wish.Remove() -> remove();
      }
    } catch (IOException | RuntimeException e) {
      endIfInterrupted();
      logOnce("an attempt failed", e);
      if (wished instanceof Wish.Serve(var spec)) {
        refused(spec.spec().generation(), "the node failed: " + reason(e));
      }
      tryLater();
    } finally {
      permits.release();
    }
    if (!hasEnded()) addresses.put(id, plane.served());
  }

  private void serve(long generation, Applied applied) {
    switch (applied) {
      case Applied.Done() -> {
        settled();
        outcome = new Outcome.Applied(generation);
        log.info("{}: serves generation {}", id, generation);
      }
      case Applied.Refused(String why) -> {
        refused(generation, why);
        tryLater();
      }
      case Applied.Later(Duration pause, String why) -> {
        nextAttempt = clock.instant().plus(pause);
        if (outcome == null) outcome = new Outcome.Held(generation, why);
      }
    }
  }

  private void keepLastGood() throws IOException, InterruptedException {
    switch (plane.keepLastGood()) {
      case Applied.Done() -> settled();
      case Applied.Refused(String why) -> {
        log.warn("{}: the last good configuration does not start: {}", id, why);
        tryLater();
      }
      case Applied.Later(Duration pause, String why) -> nextAttempt = clock.instant().plus(pause);
    }
  }

  private void remove() throws IOException, InterruptedException {
    plane.remove();
    settled();
    outcome = null;
    board.remove(id);
    addresses.remove(id);
    log.info("{}: removed", id);
    lock.lock();
    try {
      ended = wish instanceof Wish.Remove;
    } finally {
      lock.unlock();
    }
  }

  private void settled() {
    settled = true;
    logged = "";
    retry.reset();
  }

  private void tryLater() {
    nextAttempt = clock.instant().plus(retry.next());
  }

  private void refused(long generation, String why) {
    boolean known =
        outcome instanceof Outcome.Refused before
            && before.generation() == generation
            && before.why().equals(why);
    if (known) return;
    outcome = new Outcome.Refused(generation, why, clock.instant());
    log.warn("{}: generation {} is refused: {}", id, generation, why);
  }

  private void read() throws InterruptedException {
    try {
      Reading reading = plane.read();
      unanswered = 0;
      Outcome current = outcome;
      if (current != null) {
        board.put(
            observation.report(
                current, reading, plane.readKernel(), plane.served(), clock.instant()));
      }
    } catch (IOException | RuntimeException e) {
      endIfInterrupted();
      logOnce("its process cannot be asked", e);
      unanswered++;
      endIfUnresponsive();
    }
    nextReading = clock.instant().plus(readingPause());
  }

  private void endIfUnresponsive() throws InterruptedException {
    if (unanswered < UNANSWERED_LIMIT) return;
    unanswered = 0;
    log.warn("{}: its process does not answer and is ended", id);
    try {
      plane.killUnresponsive();
    } catch (IOException e) {
      logOnce("ending its process failed", e);
    }
  }

  /** Members waiting for their first check, and processes about to end, are worth a closer look. */
  private Duration readingPause() {
    Duration sinceAttempt = Duration.between(lastAttempt, clock.instant());
    boolean recent = sinceAttempt.compareTo(SHORTLY) < 0;
    if (plane.hasUnproven() && sinceAttempt.toSeconds() < 1) return Duration.ofMillis(30);
    boolean lively = plane.hasUnproven() || plane.drainingCount() > 0;
    return recent && lively ? Duration.ofMillis(200) : Duration.ofSeconds(1);
  }

  private Duration untilNext() {
    Instant now = clock.instant();
    Instant next = now.plus(HEALTH_TICK);
    if (nextReading.isBefore(next)) next = nextReading;
    if (!settled && nextAttempt.isBefore(next)) next = nextAttempt;
    return Duration.between(now, next);
  }

  /** An interrupt closes the channel that is being read, so it may come as any exception. */
  private static void endIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) throw new InterruptedException();
  }

  private void logOnce(String what, Exception e) {
    String line = what + ": " + e;
    if (!line.equals(logged)) log.error("{}: {}", id, what, e);
    logged = line;
  }

  /** Without file names: they belong to this machine. */
  private static String reason(Exception e) {
    if (e instanceof FileSystemException file && file.getReason() != null) return file.getReason();
    return e.getClass().getSimpleName();
  }
}
