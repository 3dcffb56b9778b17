package dev.poise.bench;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * One line of a table.
 *
 * @param numbers by column
 */
record Figure(String name, SequencedMap<String, Double> numbers, Optional<Bar> bar) {
  /** With a single number. */
  static Figure of(String name, String column, double number) {
    return new Figure(name, new LinkedHashMap<>(), Optional.empty()).and(column, number);
  }

  /** How long something takes. */
  static Figure latency(String name, Sample sample) {
    return of(name, "p50", sample.percentile(50))
        .and("p95", sample.percentile(95))
        .and("p99", sample.percentile(99))
        .and("highest", sample.highest());
  }

  /** How much something differs from round to round. */
  static Figure spread(String name, Sample sample) {
    return of(name, "median", sample.median())
        .and("lowest", sample.lowest())
        .and("highest", sample.highest());
  }

  /** What rounds say of something that they all measured, and how well they know it. */
  static Figure estimate(String name, Sample sample) {
    Sample.Interval interval = sample.medianInterval();
    return of(name, "median", sample.median())
        .and("95% from", interval.from())
        .and("to", interval.to())
        .and("lowest", sample.lowest())
        .and("highest", sample.highest());
  }

  /** With one more number. */
  Figure and(String column, double number) {
    SequencedMap<String, Double> more = new LinkedHashMap<>(numbers);
    more.put(column, number);
    return new Figure(name, more, bar);
  }

  Figure with(Bar expected) {
    if (!numbers.containsKey(expected.column())) {
      throw new IllegalArgumentException(name + " has no " + expected.column());
    }
    return new Figure(name, numbers, Optional.of(expected));
  }
}
