package dev.poise.bench;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a run has started and must not leave behind. Closing ends everything, the last one first,
 * whether the run came to its end, failed or is interrupted by a signal in the middle of starting
 * something: starting and closing exclude each other.
 */
final class Scope implements AutoCloseable {
  private final Deque<Runnable> endings = new ArrayDeque<>();
  private boolean closed;

  /** Starts something and remembers how it ends. */
  synchronized <T> T open(Supplier<T> start, Consumer<T> end) {
    if (closed) throw new IllegalStateException("The run is being ended.");
    T started = start.get();
    endings.push(() -> end.accept(started));
    return started;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** Ends everything, also when something does not end properly. */
  @Override
  public synchronized void close() {
    closed = true;
    IllegalStateException incomplete = new IllegalStateException("Not everything ended properly.");
    while (!endings.isEmpty()) {
      try {
        endings.pop().run();
      } catch (RuntimeException e) {
        incomplete.addSuppressed(e);
      }
    }
    if (incomplete.getSuppressed().length > 0) throw incomplete;
  }
}
