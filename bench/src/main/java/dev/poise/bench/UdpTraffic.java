package dev.poise.bench;

import java.util.List;

/**
 * Datagrams through a UDP listener of Poise, through nginx, and through nothing but the kernel's
 * routing.
 *
 * <p>The kernel forwards in whatever process it interrupts, so no process can be charged with it.
 * What is charged is the processor time of the whole machine, clients and servers included; they
 * cost the same in all three, so the difference to plain routing is what a balancer adds.
 */
record UdpTraffic(Contender poise, Contender nginx, Contender direct) {
  private Comparison besideNginx() {
    return Comparison.ofAnswers("Poise / nginx", poise, nginx);
  }

  private Comparison besideRouting() {
    return Comparison.ofAnswers("Poise / routed", poise, direct);
  }

  /** Measures something in which most of the work is forwarding. */
  void measureForwarding(String title, LoadGenerator load, UdpOptions options, Report report) {
    measure(
        title,
        load,
        options,
        report,
        besideNginx().with(Bar.atLeast("median", 1.8)),
        besideRouting().with(Bar.atLeast("median", 0.65)));
  }

  /** Measures something in which clients and servers do most of the work. */
  void measureExchange(String title, LoadGenerator load, UdpOptions options, Report report) {
    measure(title, load, options, report, besideNginx(), besideRouting());
  }

  private void measure(
      String title,
      LoadGenerator load,
      UdpOptions options,
      Report report,
      Comparison besideNginx,
      Comparison besideRouting) {
    List<Contender> all = List.of(poise, nginx, direct);
    new Rounds(title, Rounds.Unit.DATAGRAM, load, all, options.repetition())
        .measure(
            report,
            List.of(
                besideNginx,
                besideRouting,
                Comparison.ofProcessorTime("Poise / nginx", poise, nginx),
                Comparison.ofProcessorTime("Poise / routed", poise, direct)));
  }
}
