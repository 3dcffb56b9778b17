package dev.poise.bench;

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
        --rounds N           let every balancer carry traffic exactly N times; if absent 11 times, and up
                             to 61 until the ratios that have a bar are known to two per cent
        --seconds N          each time so long; 1 if absent
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
    PlainHaproxy.Setup setup = PlainHaproxy.Setup.of(project, poise);
    PlainHaproxy.startMembers(scope, setup);
    Members members = setup.members();
    new Edits(poise, members, poise.balancer("edits", members), options.edits(), BARS)
        .measureAll(report)
        .report(report, "");

    Balancer balancer = poise.balancer("traffic", members);
    int port = Balancer.PORT;
    String address = poise.otherAddress(2);
    PlainHaproxy.Setup counting = setup.counting(scope, address);
    PlainHaproxy.startMembers(scope, counting);
    PlainHaproxy byHand = PlainHaproxy.start(scope, counting, "by-hand", address, port);
    PlainHaproxy.Setup alone = setup.alone(scope);
    PlainHaproxy backend = PlainHaproxy.startMembers(scope, alone);
    PlainHaproxy bare = PlainHaproxy.start(scope, alone, "bare", poise.otherAddress(3), port);
    new Traffic(
            balancer.contender("Poise", port),
            byHand.contender("HAProxy configured by hand", port),
            bare.contender("HAProxy, bare minimum", port),
            backend.contender("no balancer, straight to a member", Members.PORT_OF_A))
        .measure(scope, options, report);

    new Sizes(poise, members, options.loadBalancers()).measure(report);
  }
}
