package dev.poise.bench;

import dev.poise.bench.Rounds.Contender;
import dev.poise.bench.Rounds.Turn;
import java.util.List;

/** Poise and those it is compared with, whatever the traffic. */
record Rivals(Entrances poise, Entrances byHand, Entrances bare, Entrances nginx) {
  /** What takes traffic on several ports. */
  interface Entrances {
    /** What takes it on this one, with nothing measured so far. */
    Contender at(int port);
  }

  /** Lets all carry traffic of one kind, and compares. */
  void measure(TrafficKind kind, Scope scope, Options options, Report report) {
    Contender ours = poise.at(kind.port());
    Contender careful = byHand.at(kind.port());
    Contender least = bare.at(kind.port());
    Contender other = nginx.at(kind.port());
    Rounds rounds =
        new Rounds(
            kind.title(), kind.generator(scope), List.of(ours, careful, least, other), options);
    rounds.measure(report);
    rounds.compare(
        report,
        List.of(
            rounds
                .ratio("Poise / by hand", ours, careful, Turn::requestsPerSecond)
                .with(Bar.atLeast("median", 0.97)),
            rounds
                .ratio("Poise / bare", ours, least, Turn::requestsPerSecond)
                .with(Bar.atLeast("median", 0.9)),
            rounds.ratio("Poise / nginx", ours, other, Turn::requestsPerSecond),
            rounds.ratio("processor time, Poise / by hand", ours, careful, Turn::microsPerRequest),
            rounds.ratio("processor time, Poise / bare", ours, least, Turn::microsPerRequest),
            rounds.ratio("processor time, Poise / nginx", ours, other, Turn::microsPerRequest)));
  }
}
