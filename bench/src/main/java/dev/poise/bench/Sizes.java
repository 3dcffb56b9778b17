package dev.poise.bench;

import java.util.List;

/** How much memory a node and the server need. */
final class Sizes {
  private final RunningPoise poise;
  private final Members members;
  private final int count;

  Sizes(RunningPoise poise, Members members, int count) {
    this.poise = poise;
    this.members = members;
    this.count = count;
  }

  /** Makes the load balancers and looks at the processes. */
  void measure(Report report) {
    report.progress("Memory: making " + count + " load balancers");
    List<Balancer> balancers = poise.balancers("size", 0, count, members);
    Sample haproxies =
        Sample.of(balancers.stream().map(one -> one.haproxy().pssMegabytes()).toList());
    report.add(
        new Report.Table(
            "Memory, with %d load balancers more".formatted(count),
            "MB",
            1,
            List.of(
                Figure.of("HAProxy of a load balancer, PSS, mean", "size", haproxies.mean())
                    .with(Bar.atMost("size", 6)),
                Figure.of("HAProxy of a load balancer, PSS, largest", "size", haproxies.highest()),
                Figure.of("agent, RSS", "size", poise.agent().rssMegabytes())
                    .with(Bar.atMost("size", 150)),
                Figure.of("server, RSS", "size", poise.server().rssMegabytes())
                    .with(Bar.atMost("size", 450)))));
  }
}
