package dev.poise.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the person asked for.
 *
 * @param edits of each kind
 * @param rounds in which every balancer carries traffic once
 * @param seconds of traffic for each balancer in each round
 * @param loadBalancers whose memory is measured
 * @param sizes with how many load balancers edits are measured, in ascending order
 * @param only the names of the kinds of traffic that are measured
 * @param json where the figures are written as well
 */
record Options(
    int edits,
    int rounds,
    int seconds,
    int loadBalancers,
    List<Integer> sizes,
    List<String> only,
    Optional<Path> json) {
  /** What is measured if nobody says otherwise. */
  static final Options USUAL =
      new Options(100, 15, 2, 50, List.of(1, 100, 500), List.of(), Optional.empty());

  /** The message is for the person. */
  static final class Unusable extends RuntimeException {
    Unusable(String message) {
      super(message);
    }
  }

  Options withEdits(int number) {
    return new Options(number, rounds, seconds, loadBalancers, sizes, only, json);
  }

  Options withRounds(int number) {
    return new Options(edits, number, seconds, loadBalancers, sizes, only, json);
  }

  Options withOnly(List<String> all) {
    return new Options(edits, rounds, seconds, loadBalancers, sizes, all, json);
  }

  /**
   * Reads a command line.
   *
   * @param help names the options of the benchmark; others are refused
   * @param usual what holds for options that are absent
   */
  static Options parse(String help, List<String> arguments, Options usual) {
    CommandLine line = CommandLine.parse(help, arguments);
    return new Options(
        line.number("--edits", usual.edits, 1000),
        line.number("--rounds", usual.rounds, 100),
        line.number("--seconds", usual.seconds, 600),
        line.number("--load-balancers", usual.loadBalancers, 200),
        line.numbers("--sizes", usual.sizes, 500),
        line.some("--only", usual.only),
        line.path("--json"));
  }
}
