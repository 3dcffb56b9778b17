package dev.poise.bench;

import dev.poise.bench.Contender.Turn;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** One contender divided by another one, within each round. */
record Comparison(
    String name, Contender one, Contender other, ToDoubleFunction<Turn> number, Optional<Bar> bar) {
  /** How much they carried. */
  static Comparison ofAnswers(String name, Contender one, Contender other) {
    return new Comparison(name, one, other, Turn::perSecond, Optional.empty());
  }

  /** What that cost. */
  static Comparison ofProcessorTime(String name, Contender one, Contender other) {
    return new Comparison("processor time, " + name, one, other, Turn::micros, Optional.empty());
  }

  Comparison with(Bar expected) {
    return new Comparison(name, one, other, number, Optional.of(expected));
  }

  Sample ratios() {
    return Sample.of(
        IntStream.range(0, one.turns().size())
            .mapToDouble(round ->
                number.applyAsDouble(one.turns().get(round))
                    / number.applyAsDouble(other.turns().get(round)))
            .boxed()
            .toList());
  }

  Figure figure() {
    Figure figure = Figure.estimate(name, ratios());
    return bar.map(figure::with).orElse(figure);
  }
}
