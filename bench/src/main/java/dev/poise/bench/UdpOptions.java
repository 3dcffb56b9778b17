package dev.poise.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the person asked for, and where the benchmark's script put clients and servers.
 *
 * @param repetition how often every contender carries traffic, and for how long
 * @param json where the figures are written as well
 * @param clients the room with the clients
 * @param servers the room with the servers
 * @param link the network interface of the clients
 */
record UdpOptions(
    Repetition repetition, Optional<Path> json, Room clients, Room servers, String link) {
  private static final String HELP =
      """
      ./poise bench udp [options]
        --rounds N     let every contender carry traffic exactly N times; if absent 9 times, and up
                       to 31 until the ratios that have a bar are known to two per cent
        --seconds N    each time so long; 3 if absent
        --json FILE    write the figures there as well\
      """;
  private static final Repetition USUAL = new Repetition(9, 31, 3);

  static UdpOptions parse(List<String> arguments) {
    CommandLine line = CommandLine.parse(HELP, arguments);
    return new UdpOptions(
        line.repetition(USUAL),
        line.path("--json"),
        Room.of(place("clients")),
        Room.of(place("servers")),
        place("link"));
  }

  private static String place(String name) {
    return System.getProperty("bench." + name, "");
  }
}
