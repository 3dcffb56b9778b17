package dev.poise.bench;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the HTTP/2 load generator h2load and understands what it prints. */
record H2load(Scope scope) implements LoadGenerator {
  private static final int CONNECTIONS = 32;
  private static final int STREAMS = 4;
  private static final Pattern RATE = Pattern.compile("finished in [0-9.]+m?s, ([0-9.]+) req/s");
  private static final Pattern REQUESTS =
      Pattern.compile("requests: .* (\\d+) succeeded, (\\d+) failed");

  /** Reads what h2load prints. */
  static Result parse(String output) {
    Matcher rate = RATE.matcher(output);
    Matcher requests = REQUESTS.matcher(output);
    if (!rate.find() || !requests.find()) {
      throw new IllegalStateException("h2load printed: " + output);
    }
    return new Result(
        Long.parseLong(requests.group(1)),
        Double.parseDouble(rate.group(1)),
        Long.parseLong(requests.group(2)));
  }

  @Override
  public Result run(Room room, InetSocketAddress target, int seconds) {
    List<String> command = new ArrayList<>(List.of("h2load", "-t1", "-c" + CONNECTIONS));
    command.addAll(List.of("-m" + STREAMS, "-D" + seconds));
    command.addAll(Browser.options());
    command.add("https://%s:%d/".formatted(target.getHostString(), target.getPort()));
    return parse(Program.output(scope, room.inside(command)));
  }
}
