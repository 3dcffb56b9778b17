package dev.poise.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the load generator dnsperf and understands what it prints. */
final class DnsPerf {
  private static final int CLIENTS = 32;
  private static final Pattern COMPLETED = Pattern.compile("Queries completed: +(\\d+)");
  private static final Pattern LOST = Pattern.compile("Queries lost: +(\\d+)");
  private static final Pattern RATE = Pattern.compile("Queries per second: +([0-9.]+)");

  private DnsPerf() {}

  /** What it found. */
  record Result(long answers, double perSecond, long lost) {
    /** Questions and answers. */
    UdpTraffic.Forwarded forwarded() {
      return new UdpTraffic.Forwarded(2 * answers, 2 * perSecond, lost);
    }

    /** Reads what dnsperf prints. */
    static Result parse(String output) {
      return new Result(
          Long.parseLong(number(COMPLETED, output)),
          Double.parseDouble(number(RATE, output)),
          Long.parseLong(number(LOST, output)));
    }

    private static String number(Pattern pattern, String output) {
      Matcher matcher = pattern.matcher(output);
      if (!matcher.find()) throw new IllegalStateException("dnsperf printed: " + output);
      return matcher.group(1);
    }
  }

  /** Lets it ask as fast as it can for so long; the scope ends it when the run is interrupted. */
  static Result run(Scope scope, Room room, InetSocketAddress target, Path questions, int seconds) {
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
    return Result.parse(Program.output(scope, room.inside(command)));
  }
}
