package dev.poise.bench;

import dev.poise.bench.Rounds.Contender;
import dev.poise.standalone.ProjectPlaces;

/**
 * Measures how well Poise does its main job: bringing edits to the traffic, and carrying it. Called
 * by {@code ./poise bench main-job}.
 */
public final class MainJob {
  private static final String HELP =
      """
      ./poise bench main-job [options]
        --edits N            measure N edits of each kind; 100 if absent
        --rounds N           let every balancer carry traffic N times; 15 if absent
        --seconds N          each time so long; 2 if absent
        --load-balancers N   measure the memory of N load balancers; 50 if absent
        --json FILE          write the figures there as well\
      """;

  private static final Edits.Bars BARS = new Edits.Bars(150, 500);

  private MainJob() {}

  public static void main(String[] arguments) {
    Job.run(HELP, arguments, Options.USUAL, MainJob::measure);
  }

  private static void measure(
      ProjectPlaces project, RunningPoise poise, Scope scope, Options options, Report report) {
    Members members = new Members(poise.otherAddress(1));
    PlainHaproxy.Setup setup =
        new PlainHaproxy.Setup(project.root().resolve("bench/haproxy"), poise.folder(), members);
    PlainHaproxy backend =
        PlainHaproxy.start(scope, setup, "backend", members.address(), Members.PORT_OF_A);
    new Edits(poise, members, poise.balancer("edits", members), options.edits(), BARS)
        .measureAll(report)
        .report(report, "");

    Balancer balancer = poise.balancer("traffic", members);
    int port = Balancer.PORT;
    PlainHaproxy byHand = PlainHaproxy.start(scope, setup, "by-hand", poise.otherAddress(2), port);
    PlainHaproxy bare = PlainHaproxy.start(scope, setup, "bare", poise.otherAddress(3), port);
    new Traffic(
            new Contender("Poise", balancer.at(port), balancer.haproxy()),
            new Contender("HAProxy configured by hand", byHand.at(port), byHand.process()),
            new Contender("HAProxy, bare minimum", bare.at(port), bare.process()),
            new Contender(
                "no balancer, straight to a member",
                backend.at(Members.PORT_OF_A),
                backend.process()))
        .measure(scope, options, report);

    new Sizes(poise, members, options.loadBalancers()).measure(report);
  }
}
