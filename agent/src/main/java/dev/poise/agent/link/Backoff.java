package dev.poise.agent.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: twice as long after each failure, never longer than a
 * limit, and by up to half shorter at random, so that many nodes do not come back in the same
 * moment.
 */
public final class Backoff {
  private final Duration first;
  private final Duration longest;
  private Duration next;

  public Backoff(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
    this.next = first;
  }

  /** The wait after one more failure. */
  public Duration next() {
    long millis = next.toMillis();
    Duration twice = next.multipliedBy(2);
    next = twice.compareTo(longest) > 0 ? longest : twice;
    return Duration.ofMillis(RandomGenerator.getDefault().nextLong(millis / 2, millis + 1));
  }

  /** It worked: the next failure is the first again. */
  public void reset() {
    next = first;
  }
}
