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
 * @param json where the figures are written as well
 */
record Options(int edits, int rounds, int seconds, int loadBalancers, Optional<Path> json) {
  /** The message is for the person. */
  static final class Unusable extends RuntimeException {
    Unusable(String message) {
      super(message);
    }
  }

  /**
   * Reads a command line.
   *
   * @param help names the options of the benchmark; others are refused
   */
  static Options parse(String help, List<String> arguments) {
    CommandLine line = CommandLine.parse(help, arguments);
    return new Options(
        line.number("--edits", 100, 1000),
        line.number("--rounds", 15, 100),
        line.number("--seconds", 2, 600),
        line.number("--load-balancers", 50, 200),
        line.path("--json"));
  }
}
