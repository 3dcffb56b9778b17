package dev.poise.e2e;

import dev.poise.standalone.Deadline;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waiting with a deadline, and saying what was waited for in vain. */
final class Await {
  private Await() {}

  /** Waits until the condition holds. */
  static void until(String what, Duration patience, BooleanSupplier condition) {
    if (!Deadline.in(patience).await(condition)) {
      throw new AssertionError("waited " + patience.toMillis() + " ms in vain until " + what);
    }
  }

  /** Waits until what is observed is as expected, and returns it. */
  static <T> T until(
      String what, Duration patience, Supplier<T> observation, Predicate<T> expectation) {
    Deadline deadline = Deadline.in(patience);
    T last = observation.get();
    while (!expectation.test(last)) {
      if (deadline.isOver()) {
        throw new AssertionError(
            "waited %d ms in vain until %s; last seen: %s"
                .formatted(patience.toMillis(), what, last));
      }
      Pace.rest(Duration.ofMillis(20));
      last = observation.get();
    }
    return last;
  }
}
