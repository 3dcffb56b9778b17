package dev.poise.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the load generator dnsperf and understands what it prints.
 *
 * @param questions the file with what it asks
 */
record DnsPerf(Scope scope, Path questions) implements LoadGenerator {
  private static final int CLIENTS = 32;
  private static final Pattern COMPLETED = Pattern.compile("Queries completed: +(\\d+)");
  private static final Pattern LOST = Pattern.compile("Queries lost: +(\\d+)");
  private static final Pattern RATE = Pattern.compile("Queries per second: +([0-9.]+)");

  /** Reads what dnsperf prints: each query that was completed is two datagrams. */
  static Result parse(String output) {
    return new Result(
        2 * Long.parseLong(number(COMPLETED, output)),
        2 * Double.parseDouble(number(RATE, output)),
        Long.parseLong(number(LOST, output)));
  }

  private static String number(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) throw new IllegalStateException("dnsperf printed: " + output);
    return matcher.group(1);
  }

  @Override
  public Result run(Room room, InetSocketAddress target, int seconds) {
    List<String> command =
        List.of(
            "dnsperf",
            "-s",
            target.getHostString(),
            "-p",
            "" + target.getPort(),
            "-d",
            questions.toString(),
            "-l",
            "" + seconds,
            "-c",
            "" + CLIENTS);
    return parse(Program.output(scope, room.inside(command)));
  }
}
