package dev.poise.bench;

import java.time.Duration;

/** Pauses. */
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
}
