package dev.poise.e2e;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what clients did: who answered, and what failed for which reason. */
final class Tally {
  private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

  void answered(String backend) {
    answers.computeIfAbsent(backend, _ -> new LongAdder()).increment();
  }

  void failed(String reason) {
    failures.computeIfAbsent(reason, _ -> new LongAdder()).increment();
  }

  long answers() {
    return sum(answers);
  }

  long answersOf(Destination backend) {
    LongAdder count = answers.get(backend.name());
    return count == null ? 0 : count.sum();
  }

  /** What a backend answered, in per cent of all. */
  double shareOf(Destination backend) {
    return 100.0 * answersOf(backend) / answers();
  }

  long failures() {
    return sum(failures);
  }

  /** The reasons of failures with their counts; empty if there was none. */
  Map<String, Long> reasons() {
    return counts(failures);
  }

  private static long sum(Map<String, LongAdder> counts) {
    return counts.values().stream().mapToLong(LongAdder::sum).sum();
  }

  private static Map<String, Long> counts(Map<String, LongAdder> adders) {
    Map<String, Long> counts = new TreeMap<>();
    adders.forEach((key, adder) -> counts.put(key, adder.sum()));
    return counts;
  }

  @Override
  public String toString() {
    return "answers " + counts(answers) + ", failures " + counts(failures);
  }
}
