package dev.poise.bench;

import java.nio.file.Path;
import java.util.Iterator;
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
    try {
      return parsed(help, arguments);
    } catch (Unusable e) {
      throw new Unusable(e.getMessage() + "\n" + help);
    }
  }

  private static Options parsed(String help, List<String> arguments) {
    int edits = 100;
    int rounds = 15;
    int seconds = 2;
    int loadBalancers = 50;
    Optional<Path> json = Optional.empty();
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      if (!help.contains("  " + option + " ")) throw new Unusable(option + " is not known.");
      switch (option) {
        case "--edits" -> edits = number(option, rest, 1000);
        case "--rounds" -> rounds = number(option, rest, 100);
        case "--seconds" -> seconds = number(option, rest, 600);
        case "--load-balancers" -> loadBalancers = number(option, rest, 200);
        case "--json" -> json = Optional.of(Path.of(value(option, rest)));
        default -> throw new IllegalStateException("the help names " + option);
      }
    }
    return new Options(edits, rounds, seconds, loadBalancers, json);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) throw new Unusable(option + " needs a value.");
    return rest.next();
  }

  private static int number(String option, Iterator<String> rest, int highest) {
    String text = value(option, rest);
    if (text.matches("\\d{1,6}")) {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= highest) return number;
    }
    throw new Unusable(option + " takes a number from 1 to " + highest + ", not " + text + ".");
  }
}
