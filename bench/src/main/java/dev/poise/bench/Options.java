package dev.poise.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the person asked for.
 *
 * @param edits of each kind
 * @param repetition how often every balancer carries traffic, and for how long
 * @param loadBalancers whose memory is measured
 * @param sizes with how many load balancers edits are measured, in ascending order
 * @param only the names of the kinds of traffic that are measured
 * @param json where the figures are written as well
 */
record Options(
    int edits,
    Repetition repetition,
    int loadBalancers,
    List<Integer> sizes,
    List<String> only,
    Optional<Path> json) {
  /** What is measured if nobody says otherwise. */
  static final Options USUAL =
      new Options(
          100, new Repetition(11, 61, 1), 50, List.of(1, 100, 500), List.of(), Optional.empty());

  /** The message is for the person. */
  static final class Unusable extends RuntimeException {
    Unusable(String message) {
      super(message);
    }
  }

  Options withEdits(int number) {
    return new Options(number, repetition, loadBalancers, sizes, only, json);
  }

  Options withOnly(List<String> all) {
    return new Options(edits, repetition, loadBalancers, sizes, all, json);
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
        line.repetition(usual.repetition),
        line.number("--load-balancers", usual.loadBalancers, 200),
        line.numbers("--sizes", usual.sizes, 500),
        line.some("--only", usual.only),
        line.path("--json"));
  }
}
