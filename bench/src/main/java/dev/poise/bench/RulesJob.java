package dev.poise.bench;

import dev.poise.bench.Rounds.Contender;
import dev.poise.bench.Rounds.Turn;
import dev.poise.standalone.ProjectPlaces;
import java.util.List;
import java.util.Map;

/** Measures what a thousand content rules cost. Called by {@code ./poise bench rules}. */
public final class RulesJob {
  private static final String HELP =
      """
      ./poise bench rules [options]
        --rounds N           let every balancer carry traffic N times; 15 if absent
        --seconds N          each time so long; 2 if absent
        --json FILE          write the figures there as well\
      """;

  private RulesJob() {}

  public static void main(String[] arguments) {
    Job.run(HELP, arguments, Options.USUAL, RulesJob::measure);
  }

  private static void measure(
      ProjectPlaces project, RunningPoise poise, Scope scope, Options options, Report report) {
    Rules rules = new Rules();
    rules.writeMaps(poise.folder());
    Members members = new Members(poise.otherAddress(1));
    PlainHaproxy.Setup setup =
        new PlainHaproxy.Setup(project.root().resolve("bench/haproxy"), poise.folder(), members);
    PlainHaproxy.start(scope, setup, "backend", members.address(), Members.PORT_OF_A);
    int port = Balancer.PORT;
    Balancer without = poise.balancer("without", members);
    report.progress("Making " + rules.count() + " rules");
    Balancer with = poise.balancer("with", members, Rules.POOL, rules.bodies());
    PlainHaproxy byHand =
        PlainHaproxy.start(
            scope, setup.with(Map.of("RULES", "yes")), "by-hand", poise.otherAddress(2), port);
    Wrk wrk =
        new Wrk(
            scope,
            project.root().resolve("bench/wrk/rules.lua"),
            rules.writeRequests(poise.folder()));

    Contender ruled = new Contender("Poise, with the rules", with.at(port), with.haproxy());
    Contender bare = new Contender("Poise, without rules", without.at(port), without.haproxy());
    Contender hand =
        new Contender("HAProxy by hand, the same rules", byHand.at(port), byHand.process());
    Rounds rounds = new Rounds("HTTP", wrk, List.of(ruled, bare, hand), options);
    rounds.measure(report);
    rounds.compare(
        report,
        List.of(
            rounds
                .ratio("rules / none", ruled, bare, Turn::requestsPerSecond)
                .with(Bar.atLeast("median", 0.75)),
            rounds
                .ratio("processor time, rules / none", ruled, bare, Turn::microsPerRequest)
                .with(Bar.below("median", 1.25)),
            rounds.ratio("rules, Poise / by hand", ruled, hand, Turn::requestsPerSecond),
            rounds.ratio(
                "processor time, rules, Poise / by hand", ruled, hand, Turn::microsPerRequest)));
  }
}
