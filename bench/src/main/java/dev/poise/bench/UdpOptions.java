package dev.poise.bench;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the person asked for, and where the benchmark's script put clients and servers.
 *
 * @param rounds in which every contender carries traffic once
 * @param seconds of traffic for each contender in each round
 * @param json where the figures are written as well
 * @param clients the room with the clients
 * @param servers the room with the servers
 * @param link the network interface of the clients
 */
record UdpOptions(
    int rounds, int seconds, Optional<Path> json, Room clients, Room servers, String link) {
  static final String HELP =
      """
      ./poise bench udp [options]
        --rounds N     let every contender carry traffic N times; 9 if absent
        --seconds N    each time so long; 3 if absent
        --json FILE    write the figures there as well\
      """;

  /** The message is for the person. */
  static final class Unusable extends RuntimeException {
    Unusable(String message) {
      super(message);
    }
  }

  static UdpOptions parse(List<String> arguments) {
    int rounds = 9;
    int seconds = 3;
    Optional<Path> json = Optional.empty();
    Room clients = Room.OF_POISE;
    Room servers = Room.OF_POISE;
    String link = "";
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--rounds" -> rounds = number(option, rest, 100);
        case "--seconds" -> seconds = number(option, rest, 600);
        case "--json" -> json = Optional.of(Path.of(value(option, rest)));
        case "--clients" -> clients = Room.of(value(option, rest));
        case "--servers" -> servers = Room.of(value(option, rest));
        case "--link" -> link = value(option, rest);
        case "--help" -> throw new Unusable(HELP);
        default -> throw new Unusable(option + " is not known.\n" + HELP);
      }
    }
    return new UdpOptions(rounds, seconds, json, clients, servers, link);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) throw new Unusable(option + " needs a value.\n" + HELP);
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
