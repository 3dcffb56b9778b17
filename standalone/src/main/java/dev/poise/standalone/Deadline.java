package dev.poise.standalone;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A point in time, on the clock that never jumps, until which something is waited for. */
public final class Deadline {
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final long nanos;

  private Deadline(long nanos) {
    this.nanos = nanos;
  }

  /** So long from now. */
  public static Deadline in(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  /** Whether it lies behind us. */
  public boolean isOver() {
    return System.nanoTime() - nanos >= 0;
  }

  /** Waits until the condition holds or the deadline is over, and tells whether it held. */
  public boolean await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      if (isOver()) return false;
      pause();
    }
    return true;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }
}
