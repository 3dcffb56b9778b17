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

  /** From one value to another one. */
  record Interval(double from, double to) {}

  /**
   * Where the median of endlessly many measurements is, with a certainty of 95 per cent; whatever
   * their distribution, for it lies on either side of each with the same probability. Everything
   * that was measured if that is too little.
   */
  Interval medianInterval() {
    int size = sorted.size();
    double oneSide = 0.025;
    // How probable it is that exactly, and at most, so many are below the median.
    double exactly = Math.pow(0.5, size);
    double atMost = exactly;
    int below = 0;
    while (below < size && atMost <= oneSide) {
      exactly = exactly * (size - below) / (below + 1);
      atMost += exactly;
      below++;
    }
    int rank = Math.max(1, below);
    return new Interval(sorted.get(rank - 1), sorted.get(size - rank));
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
