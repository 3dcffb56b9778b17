package dev.poise.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the load generator wrk and understands what it prints.
 *
 * @param scheme {@code http} or {@code https}
 * @param connection what each request says of its connection, {@code keep-alive} or {@code close}
 * @param script the option that names one, which says what it asks for; {@code /} if there is none
 * @param arguments of the script
 */
record Wrk(
    Scope scope, String scheme, String connection, List<String> script, List<String> arguments)
    implements LoadGenerator {
  private static final int CONNECTIONS = 32;

  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
  private static final Pattern RATE = Pattern.compile("Requests/sec: +([0-9.]+)");
  private static final Pattern SOCKET_ERRORS =
      Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
  private static final Pattern BAD_STATUS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

  Wrk(Scope scope) {
    this(scope, "http", "keep-alive", List.of(), List.of());
  }

  /** With a script that says what it asks for, and a file for the script. */
  Wrk(Scope scope, Path script, Path input) {
    this(
        scope,
        "http",
        "keep-alive",
        List.of("-s", script.toString()),
        List.of("--", input.toString()));
  }

  Wrk overTls() {
    return new Wrk(scope, "https", connection, script, arguments);
  }

  /** With a new connection for each request. */
  Wrk closing() {
    return new Wrk(scope, scheme, "close", script, arguments);
  }

  /** Reads what wrk prints. */
  static Result parse(String output) {
    long failed =
        numbers(SOCKET_ERRORS, output).stream().mapToLong(Double::longValue).sum()
            + numbers(BAD_STATUS, output).stream().mapToLong(Double::longValue).sum();
    return new Result(Math.round(required(REQUESTS, output)), required(RATE, output), failed);
  }

  private static double required(Pattern pattern, String output) {
    List<Double> found = numbers(pattern, output);
    if (found.isEmpty()) throw new IllegalStateException("wrk printed: " + output);
    return found.getFirst();
  }

  private static List<Double> numbers(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    List<Double> numbers = new ArrayList<>();
    if (matcher.find()) {
      for (int group = 1; group <= matcher.groupCount(); group++) {
        numbers.add(Double.valueOf(matcher.group(group)));
      }
    }
    return numbers;
  }

  @Override
  public Result run(Room room, InetSocketAddress target, int seconds) {
    List<String> command = new ArrayList<>(List.of("wrk", "-t1", "-c" + CONNECTIONS));
    command.add("-d" + seconds + "s");
    command.addAll(Browser.options());
    command.addAll(List.of("-H", "Connection: " + connection));
    command.addAll(script);
    command.add("%s://%s:%d/".formatted(scheme, target.getHostString(), target.getPort()));
    command.addAll(arguments);
    return parse(Program.output(scope, room.inside(command)));
  }
}
