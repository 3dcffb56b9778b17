package dev.poise.bench;

import dev.poise.bench.Rounds.Contender;
import dev.poise.bench.Rounds.Turn;
import java.util.List;

/**
 * How much traffic a load balancer of Poise carries, compared with an HAProxy that was configured
 * by hand for the same job, with a bare one, and with no balancer at all.
 */
record Traffic(Contender poise, Contender byHand, Contender bare, Contender direct) {
  void measure(Scope scope, Options options, Report report) {
    Rounds rounds =
        new Rounds("HTTP", new Wrk(scope), List.of(poise, byHand, bare, direct), options);
    rounds.measure(report);
    rounds.compare(
        report,
        List.of(
            rounds
                .ratio("Poise / by hand", poise, byHand, Turn::requestsPerSecond)
                .with(Bar.atLeast("median", 0.97)),
            rounds.ratio("Poise / bare", poise, bare, Turn::requestsPerSecond),
            rounds.ratio("processor time, Poise / by hand", poise, byHand, Turn::microsPerRequest),
            rounds.ratio("processor time, Poise / bare", poise, bare, Turn::microsPerRequest)));
  }
}
