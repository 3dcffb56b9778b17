package dev.poise.agent.kernel;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An answer that many ask for and that costs processor time: it is given from memory while it is
 * young. What took long to get stays young for longer, so that asking takes a twentieth of the time
 * at most.
 */
final class Remembered<T> {
  private static final int SHARE = 20;

  private final Source<T> source;
  private final long youngNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Answer<T> last;

  interface Source<T> {
    T ask() throws IOException;
  }

  /**
   * What was answered.
   *
   * @param askedNanos when it was asked for, as of {@link System#nanoTime}
   */
  record Answer<T>(T value, long askedNanos, long costNanos) {}

  Remembered(Duration young, Source<T> source) {
    this.source = source;
    this.youngNanos = young.toNanos();
  }

  Answer<T> get() throws IOException {
    lock.lock();
    try {
      Answer<T> known = last;
      if (known != null && isYoung(known)) return known;
      long begin = System.nanoTime();
      T value = source.ask();
      Answer<T> fresh = new Answer<>(value, begin, System.nanoTime() - begin);
      last = fresh;
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  private boolean isYoung(Answer<T> answer) {
    long age = System.nanoTime() - answer.askedNanos();
    return age < Math.max(youngNanos, answer.costNanos() * SHARE);
  }

  /** The next answer is a new one. */
  void forget() {
    lock.lock();
    try {
      last = null;
    } finally {
      lock.unlock();
    }
  }
}
