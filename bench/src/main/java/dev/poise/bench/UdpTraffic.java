package dev.poise.bench;

import dev.poise.bench.Report.Table;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Datagrams through a UDP listener of Poise, through nginx, and through nothing but the kernel's
 * routing. Rounds are interleaved and ratios taken within them, as in {@link Rounds}.
 *
 * <p>The kernel forwards in whatever process it interrupts, so no process can be charged with it.
 * What is charged is the processor time of the whole machine, clients and servers included; they
 * cost the same in all three, so the difference to plain routing is what a balancer adds.
 */
final class UdpTraffic {
  private static final int WARM_UP_SECONDS = 1;

  private final UdpOptions options;
  private final Contender poise;
  private final Contender nginx;
  private final Contender direct;
  private final List<Contender> contenders;

  UdpTraffic(UdpOptions options, Contender poise, Contender nginx, Contender direct) {
    this.options = options;
    this.poise = poise;
    this.nginx = nginx;
    this.direct = direct;
    this.contenders = List.of(poise, nginx, direct);
  }

  /** Something that forwards; it collects what each round says of it. */
  record Contender(String name, InetSocketAddress at, List<Turn> turns) {
    Contender(String name, InetSocketAddress at) {
      this(name, at, new ArrayList<>());
    }

    Sample sample(ToDoubleFunction<Turn> number) {
      return Sample.of(turns.stream().mapToDouble(number).boxed().toList());
    }
  }

  /**
   * What one round says of one contender.
   *
   * @param datagramsPerSecond questions and answers
   * @param microsPerDatagram of processor time, of the whole machine
   */
  record Turn(double datagramsPerSecond, double microsPerDatagram, long lost) {}

  /**
   * What got through.
   *
   * @param lost what should have and did not
   */
  record Forwarded(long datagrams, double perSecond, long lost) {}

  /** Whether the ratios have something to live up to. */
  enum Bars {
    EXPECTED,
    NONE;

    private Figure nginx(Figure ratio) {
      return this == NONE ? ratio : ratio.with(Bar.atLeast("median", 1.8));
    }

    private Figure direct(Figure ratio) {
      return this == NONE ? ratio : ratio.with(Bar.atLeast("median", 0.65));
    }
  }

  /** Sends as much as it can to a place for some seconds. */
  interface Generator {
    Forwarded run(InetSocketAddress target, int seconds);
  }

  /**
   * Measures and reports.
   *
   * @param title what is sent
   * @param bars what is expected of it
   */
  void measure(Report report, String title, Generator generator, Bars bars) {
    report.progress(
        "%s: %d rounds, %d s for each of %d"
            .formatted(title, options.rounds(), options.seconds(), contenders.size()));
    contenders.forEach(contender -> run(contender, generator, WARM_UP_SECONDS));
    for (int round = 0; round < options.rounds(); round++) {
      for (Contender contender : round % 2 == 0 ? contenders : contenders.reversed()) {
        contender.turns().add(run(contender, generator, options.seconds()));
      }
    }
    report.add(table(title, "datagrams per second", 0, Turn::datagramsPerSecond));
    report.add(
        table("Processor time of a datagram, whole machine", "µs", 2, Turn::microsPerDatagram));
    report.add(
        new Table(
            "One divided by the other in each round",
            "ratio",
            3,
            List.of(
                bars.nginx(ratio("Poise / nginx", poise, nginx, Turn::datagramsPerSecond)),
                bars.direct(ratio("Poise / routed", poise, direct, Turn::datagramsPerSecond)),
                ratio("processor time, Poise / nginx", poise, nginx, Turn::microsPerDatagram),
                ratio("processor time, Poise / routed", poise, direct, Turn::microsPerDatagram))));
    for (Contender contender : contenders) {
      long lost = contender.turns().stream().mapToLong(Turn::lost).sum();
      if (lost > 0) report.remark(contender.name() + ": " + lost + " were lost");
    }
  }

  private Turn run(Contender contender, Generator generator, int seconds) {
    double before = Machine.busySeconds();
    Forwarded forwarded = generator.run(contender.at(), seconds);
    double busy = Machine.busySeconds() - before;
    return new Turn(forwarded.perSecond(), busy * 1e6 / forwarded.datagrams(), forwarded.lost());
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

  private Figure ratio(String name, Contender one, Contender other, ToDoubleFunction<Turn> number) {
    return Figure.spread(
        name,
        Sample.of(
            IntStream.range(0, options.rounds())
                .mapToDouble(round ->
                    number.applyAsDouble(one.turns().get(round))
                        / number.applyAsDouble(other.turns().get(round)))
                .boxed()
                .toList()));
  }
}
