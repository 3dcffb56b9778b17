package dev.poise.bench;

import java.time.Duration;

/** Pauses and waits. */
final class Pace {
  private Pace() {}

  static void rest(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in a pause", e);
    }
  }

  /** Waits until a thread has ended. */
  static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a thread", e);
    }
  }
}
