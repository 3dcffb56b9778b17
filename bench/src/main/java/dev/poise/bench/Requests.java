package dev.poise.bench;

import java.util.Map;
import java.util.TreeMap;

/** Counts requests, and what failed for which reason. */
final class Requests {
  private int answered;
  private final Map<String, Integer> failures = new TreeMap<>();

  synchronized void countAnswer() {
    answered++;
  }

  synchronized void countFailure(String reason) {
    failures.merge(reason, 1, Integer::sum);
  }

  synchronized int answered() {
    return answered;
  }

  synchronized int failed() {
    return failures.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many failed, by reason. */
  synchronized Map<String, Integer> failures() {
    return new TreeMap<>(failures);
  }
}
