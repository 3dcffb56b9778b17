package dev.poise.agent.support;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for something to become true, never longer than a deadline. */
public final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Await() {}

  /** Waits; fails with the description when it does not become true. */
  public static void until(String description, Callable<Boolean> condition) throws Exception {
    within(PATIENCE, description, condition);
  }

  /** Waits so long at most. */
  public static void within(Duration patience, String description, Callable<Boolean> condition)
      throws Exception {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + patience + ": " + description);
      }
      Thread.sleep(5);
    }
  }
}
