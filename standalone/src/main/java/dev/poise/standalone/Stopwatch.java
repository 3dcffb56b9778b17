package dev.poise.standalone;

import java.time.Duration;

/** Measures from its making. */
final class Stopwatch {
  private final long start = System.nanoTime();

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
