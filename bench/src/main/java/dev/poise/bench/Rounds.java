package dev.poise.bench;

import dev.poise.bench.Report.Table;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Lets several carry the same traffic and compares them.
 *
 * <p>On a machine that does other things too, figures drift. So all take turns, round by round, and
 * two are compared within each round: what disturbed the one most likely disturbed its neighbour.
 * Client, balancer and members share the cores, which hides differences in requests per second; the
 * processor time that the balancer's own process used shows them.
 */
final class Rounds {
  private static final int WARM_UP_SECONDS = 2;

  private final String subject;
  private final LoadGenerator load;
  private final List<Contender> contenders;
  private final int rounds;
  private final int seconds;

  /**
   * @param subject what kind of traffic it is
   */
  Rounds(String subject, LoadGenerator load, List<Contender> contenders, Options options) {
    this.subject = subject;
    this.load = load;
    this.contenders = contenders;
    this.rounds = options.rounds();
    this.seconds = options.seconds();
  }

  /**
   * Something that answers requests; it collects what each round says of it.
   *
   * @param room where it is, and whoever asks it
   */
  record Contender(
      String name, Room room, InetSocketAddress at, LinuxProcess process, List<Turn> turns) {
    Contender(String name, Room room, InetSocketAddress at, LinuxProcess process) {
      this(name, room, at, process, new ArrayList<>());
    }

    Sample sample(ToDoubleFunction<Turn> number) {
      return Sample.of(turns.stream().mapToDouble(number).boxed().toList());
    }
  }

  /**
   * What one round says of one contender.
   *
   * @param microsPerRequest of processor time in its process
   */
  record Turn(double requestsPerSecond, double microsPerRequest, long failed) {}

  /** Lets all carry traffic, and says how much each of them did. */
  void measure(Report report) {
    report.progress(
        "%s: %d rounds, %d s for each of %d"
            .formatted(subject, rounds, seconds, contenders.size()));
    contenders.forEach(contender -> load.run(contender.room(), contender.at(), WARM_UP_SECONDS));
    for (int round = 0; round < rounds; round++) {
      // There and back, so that nobody always has the same neighbour before.
      for (Contender contender : round % 2 == 0 ? contenders : contenders.reversed()) {
        contender.turns().add(turn(contender));
      }
    }
    report.add(table(subject + ": answers", "requests per second", 0, Turn::requestsPerSecond));
    report.add(table(subject + ": processor time of a request", "µs", 2, Turn::microsPerRequest));
  }

  /** One divided by the other in each round. */
  void compare(Report report, List<Figure> ratios) {
    report.add(new Table(subject + ": in each round", "ratio", 3, ratios));
    for (Contender contender : contenders) {
      long failed = contender.turns().stream().mapToLong(Turn::failed).sum();
      if (failed > 0) report.remark(contender.name() + ": " + failed + " requests failed");
    }
  }

  private Turn turn(Contender contender) {
    Duration before = contender.process().cpuTime();
    LoadGenerator.Result result = load.run(contender.room(), contender.at(), seconds);
    Duration used = contender.process().cpuTime().minus(before);
    return new Turn(result.perSecond(), used.toNanos() / 1e3 / result.requests(), result.failed());
  }

  private Table table(String title, String unit, int decimals, ToDoubleFunction<Turn> number) {
    return new Table(
        title,
        unit,
        decimals,
        contenders.stream()
            .map(contender -> Figure.spread(contender.name(), contender.sample(number)))
            .toList());
  }

  Figure ratio(String name, Contender one, Contender other, ToDoubleFunction<Turn> number) {
    return Figure.spread(
        name,
        Sample.of(
            IntStream.range(0, rounds)
                .mapToDouble(round ->
                    number.applyAsDouble(one.turns().get(round))
                        / number.applyAsDouble(other.turns().get(round)))
                .boxed()
                .toList()));
  }
}
