package dev.poise.bench;

import dev.poise.bench.Contender.Turn;
import dev.poise.bench.Report.Table;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Lets several carry the same traffic and compares them.
 *
 * <p>On a machine that does other things too, figures drift. So all take turns, round by round, and
 * two are compared within each round: what disturbed the one most likely disturbed its neighbour.
 * Client, balancer and members share the cores, which hides differences in what was carried; the
 * processor time it cost shows them.
 *
 * @param subject what kind of traffic it is
 */
record Rounds(
    String subject,
    Unit unit,
    LoadGenerator load,
    List<Contender> contenders,
    Repetition repetition) {
  private static final int WARM_UP_SECONDS = 2;

  /** What is carried. */
  enum Unit {
    REQUEST("answers", "requests per second", "processor time of a request", "requests failed"),
    /** The kernel forwards in whatever process it interrupts, so no process can be charged. */
    DATAGRAM(
        "arrived", "datagrams per second", "machine's time of a datagram", "datagrams were lost");

    private final String carried;
    private final String perSecond;
    private final String cost;
    private final String failed;

    Unit(String carried, String perSecond, String cost, String failed) {
      this.carried = carried;
      this.perSecond = perSecond;
      this.cost = cost;
      this.failed = failed;
    }
  }

  /** Lets all carry traffic, and says how much each of them did and how they compare. */
  void measure(Report report, List<Comparison> comparisons) {
    report.progress("%s for each of %d: %s".formatted(repetition, contenders.size(), subject));
    contenders.forEach(contender -> contender.turn(load, WARM_UP_SECONDS));
    int done = 0;
    while (!repetition.isEnough(done, comparisons)) {
      // There and back, so that nobody always has the same neighbour before.
      for (Contender contender : done % 2 == 0 ? contenders : contenders.reversed()) {
        contender.turns().add(contender.turn(load, repetition.seconds()));
      }
      done++;
    }
    report.add(table(unit.carried, unit.perSecond, 0, Turn::perSecond));
    report.add(table(unit.cost, "µs", 2, Turn::micros));
    List<Figure> ratios = comparisons.stream().map(Comparison::figure).toList();
    report.add(new Table("%s: in each of %d rounds".formatted(subject, done), "ratio", 3, ratios));
    for (Contender contender : contenders) {
      long failed = contender.failed();
      if (failed > 0) report.remark(contender.name() + ": " + failed + " " + unit.failed);
    }
  }

  private Table table(
      String what, String unitOfNumber, int decimals, ToDoubleFunction<Turn> number) {
    return new Table(
        subject + ": " + what,
        unitOfNumber,
        decimals,
        contenders.stream()
            .map(contender -> Figure.spread(contender.name(), contender.sample(number)))
            .toList());
  }
}
