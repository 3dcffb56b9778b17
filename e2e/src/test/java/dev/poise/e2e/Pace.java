package dev.poise.e2e;

import java.time.Duration;

/** The pause between two attempts of a loop that goes on anyway; never what a test waits for. */
final class Pace {
  private Pace() {}

  static void rest(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted between two attempts", e);
    }
  }
}
