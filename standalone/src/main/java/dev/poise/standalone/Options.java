package dev.poise.standalone;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the person asked for.
 *
 * @param port of the API; the next one is that of the agents
 * @param database an existing one, instead of our own
 */
record Options(int port, Optional<Database> database, boolean demo) {
  static final int DEFAULT_PORT = 9400;

  static Options parse(List<String> arguments) {
    int port = DEFAULT_PORT;
    Optional<Database> database = Optional.empty();
    boolean demo = true;
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      switch (argument) {
        case "--port" -> port = port(value(argument, rest));
        case "--database-url" -> database = Optional.of(Database.parse(value(argument, rest)));
        case "--no-demo" -> demo = false;
        default -> throw new CannotStart("up does not know " + argument + ". See ./poise help.");
      }
    }
    return new Options(port, database, demo);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) throw new CannotStart(option + " needs a value. See ./poise help.");
    return rest.next();
  }

  private static int port(String text) {
    if (text.matches("\\d{1,5}")) {
      int port = Integer.parseInt(text);
      if (port >= 1 && port < 65_535) return port;
    }
    throw new CannotStart("--port takes a number from 1 to 65534, not " + text + ".");
  }

  int agentPort() {
    return port + 1;
  }
}
