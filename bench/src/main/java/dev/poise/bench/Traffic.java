package dev.poise.bench;

import java.util.List;

/**
 * How much traffic a load balancer of Poise carries, compared with an HAProxy that was configured
 * by hand for the same job, with a bare one, and with no balancer at all.
 */
record Traffic(Contender poise, Contender byHand, Contender bare, Contender direct) {
  void measure(Scope scope, Options options, Report report) {
    List<Contender> all = List.of(poise, byHand, bare, direct);
    new Rounds("HTTP", Rounds.Unit.REQUEST, new Wrk(scope), all, options.repetition())
        .measure(
            report,
            List.of(
                Comparison.ofAnswers("Poise / by hand", poise, byHand)
                    .with(Bar.atLeast("median", 0.97)),
                Comparison.ofAnswers("Poise / bare", poise, bare),
                Comparison.ofProcessorTime("Poise / by hand", poise, byHand),
                Comparison.ofProcessorTime("Poise / bare", poise, bare)));
  }
}
