package dev.poise.bench;

import dev.poise.standalone.ProjectPlaces;
import java.util.List;
import java.util.Map;

/** Measures what a thousand content rules cost. Called by {@code ./poise bench rules}. */
public final class RulesJob {
  private static final String HELP =
      """
      ./poise bench rules [options]
        --rounds N           let every balancer carry traffic exactly N times; if absent 11 times, and up
                             to 61 until the ratios that have a bar are known to two per cent
        --seconds N          each time so long; 1 if absent
        --json FILE          write the figures there as well\
      """;

  private RulesJob() {}

  public static void main(String[] arguments) {
    Job.run(HELP, arguments, Options.USUAL, RulesJob::measure);
  }

  private static void measure(
      ProjectPlaces project, RunningPoise poise, Scope scope, Options options, Report report) {
    Rules rules = new Rules();
    PlainHaproxy.Setup setup = PlainHaproxy.Setup.of(project, poise);
    PlainHaproxy.startMembers(scope, setup);
    Members members = setup.members();
    int port = Balancer.PORT;
    Balancer without = poise.balancer("without", members);
    report.progress("Making " + rules.count() + " rules");
    Balancer with = poise.balancer("with", members, Rules.POOL, rules.bodies());
    String address = poise.otherAddress(2);
    PlainHaproxy.Setup counting = setup.with(Map.of("RULES", "yes")).counting(scope, address);
    PlainHaproxy.startMembers(scope, counting);
    rules.writeMaps(counting.folder());
    PlainHaproxy byHand = PlainHaproxy.start(scope, counting, "by-hand", address, port);
    Wrk wrk =
        new Wrk(
            scope,
            project.root().resolve("bench/wrk/rules.lua"),
            rules.writeRequests(poise.folder()));

    Contender ruled = with.contender("Poise, with the rules", port);
    Contender bare = without.contender("Poise, without rules", port);
    Contender hand = byHand.contender("HAProxy by hand, the same rules", port);
    List<Contender> all = List.of(ruled, bare, hand);
    new Rounds("HTTP", Rounds.Unit.REQUEST, wrk, all, options.repetition())
        .measure(
            report,
            List.of(
                Comparison.ofAnswers("rules / none", ruled, bare).with(Bar.atLeast("median", 0.75)),
                Comparison.ofProcessorTime("rules / none", ruled, bare)
                    .with(Bar.below("median", 1.25)),
                Comparison.ofAnswers("rules, Poise / by hand", ruled, hand),
                Comparison.ofProcessorTime("rules, Poise / by hand", ruled, hand)));
  }
}
