package dev.poise.bench;

import java.util.Collection;
import java.util.List;

/** What was measured of one thing, in ascending order; never empty. */
record Sample(List<Double> sorted) {
  Sample {
    if (sorted.isEmpty()) throw new IllegalArgumentException("nothing was measured");
    sorted = List.copyOf(sorted);
  }

  static Sample of(Collection<Double> measured) {
    return new Sample(measured.stream().sorted().toList());
  }

  /** The smallest value that at least so many per cent of all do not exceed. */
  double percentile(int percent) {
    int rank = Math.ceilDiv(percent * sorted.size(), 100);
    return sorted.get(Math.max(0, rank - 1));
  }

  double median() {
    return percentile(50);
  }

  double lowest() {
    return sorted.getFirst();
  }

  double highest() {
    return sorted.getLast();
  }

  double mean() {
    return sorted.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
