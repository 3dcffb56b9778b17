package dev.poise.standalone;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Keeps one part of the service running until it is told to stop.
 *
 * <p>A process that ends unasked is reported with its last words and started again, as an init
 * system would do: whoever evaluates Poise kills things to see what happens. A process that ends
 * soon after that has a lasting reason, so the part gives up. Start, restart and stop exclude each
 * other: what is being started when the stop comes is stopped, too.
 */
final class Part<R extends Running> {
  private static final Duration TOO_SOON = Duration.ofSeconds(10);

  /** Who is told about unexpected ends. */
  interface Observer {
    /** It ended and is being started again. */
    void restarting(Child ended, String how);

    /** It ended, or could not be started again, and stays down. */
    void gaveUp(String reason);
  }

  private final Supplier<R> starter;
  private final Observer observer;
  private Optional<R> current = Optional.empty();
  private boolean started;
  private boolean stopped;

  Part(Supplier<R> starter, Observer observer) {
    this.starter = starter;
    this.observer = observer;
  }

  /** Starts it; refused once it was stopped. */
  synchronized R start() {
    if (stopped) throw new CannotStart("Poise is being stopped.");
    started = true;
    R running = starter.get();
    current = Optional.of(running);
    Deadline settled = Deadline.in(TOO_SOON);
    BiConsumer<Integer, Throwable> whenEnded = (code, _) -> ended(running, code, settled);
    var _ = running.child().onExit().whenCompleteAsync(whenEnded, Thread::startVirtualThread);
    return running;
  }

  synchronized boolean everStarted() {
    return started;
  }

  /** Stops it, and for good. */
  synchronized void stop() {
    stopped = true;
    current.ifPresent(Running::stop);
    current = Optional.empty();
  }

  private synchronized void ended(R running, int code, Deadline settled) {
    if (stopped || current.isEmpty() || current.get() != running) return;
    current = Optional.empty();
    Child child = running.child();
    if (!settled.isOver()) {
      observer.gaveUp(
          "%s %s. Its last words:\n%s"
              .formatted(child.name(), describe(code), child.log().tail(20)));
      return;
    }
    observer.restarting(child, describe(code));
    try {
      start();
    } catch (CannotStart e) {
      observer.gaveUp(e.sentence());
    }
  }

  /** How a process ended, by its exit code. */
  static String describe(int code) {
    // A shell's and Java's way to say that a signal ended it.
    return code > 128 ? "was killed by signal " + (code - 128) : "ended with exit code " + code;
  }
}
