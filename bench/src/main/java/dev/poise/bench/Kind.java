package dev.poise.bench;

import dev.poise.bench.Processors.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What was measured of one kind of call with one size of the installation, over all rounds.
 *
 * @param bar for its latency
 */
record Kind(String name, Optional<Bar> bar, List<Double> millis, List<Turn> turns) {
  Kind(String name, Optional<Bar> bar) {
    this(name, bar, Collections.synchronizedList(new ArrayList<>()), new ArrayList<>());
  }

  /** One round as fast as possible. */
  record Turn(double perSecond, Usage usage) {
    /** Processor time of server and database for one of them. */
    double micros() {
      return (usage.server() + usage.postgres()) * 1e6 / (perSecond * usage.wall());
    }
  }

  /** Notes how long a call took that began then. */
  void took(long start) {
    until(start, System.nanoTime());
  }

  void until(long start, long end) {
    millis.add((end - start) / 1e6);
  }

  Sample latency() {
    synchronized (millis) {
      return Sample.of(millis);
    }
  }

  Figure latencyFigure() {
    Figure figure = Figure.latency(name, latency());
    return bar.map(figure::with).orElse(figure);
  }

  Sample perSecond() {
    return Sample.of(turns.stream().map(Turn::perSecond).toList());
  }

  Sample micros() {
    return Sample.of(turns.stream().map(Turn::micros).toList());
  }

  Figure shares() {
    Usage all = turns.stream().map(Turn::usage).reduce(Usage::plus).orElseThrow();
    return Figure.of(name, "server", all.percent(all.server()))
        .and("PostgreSQL", all.percent(all.postgres()))
        .and("benchmark", all.percent(all.ourselves()));
  }
}
