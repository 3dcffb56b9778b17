package dev.poise.bench;

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
    List<Contender> all = List.of(ours, careful, least, other);
    new Rounds(kind.title(), Rounds.Unit.REQUEST, kind.generator(scope), all, options.repetition())
        .measure(
            report,
            List.of(
                Comparison.ofAnswers("Poise / by hand", ours, careful)
                    .with(Bar.atLeast("median", 0.97)),
                Comparison.ofAnswers("Poise / bare", ours, least).with(Bar.atLeast("median", 0.9)),
                Comparison.ofAnswers("Poise / nginx", ours, other),
                Comparison.ofProcessorTime("Poise / by hand", ours, careful),
                Comparison.ofProcessorTime("Poise / bare", ours, least),
                Comparison.ofProcessorTime("Poise / nginx", ours, other)));
  }
}
