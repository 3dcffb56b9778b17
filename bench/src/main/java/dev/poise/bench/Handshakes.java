package dev.poise.bench;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Clients that nobody has seen before: each connection begins with a full TLS 1.3 handshake and
 * carries one request. wrk and h2load remember sessions and resume them, so {@code openssl s_time}
 * it is. One of it does one thing after the other; several keep a balancer busy.
 */
record Handshakes(Scope scope) implements LoadGenerator {
  private static final int CLIENTS = 4;
  private static final Pattern COUNT = Pattern.compile("(\\d+) connections in \\d+ real seconds");

  /** How many connections one client made; it counts none and gives up when one fails. */
  static long parse(String output) {
    Matcher count = COUNT.matcher(output);
    if (!count.find()) throw new IllegalStateException("openssl s_time printed: " + output);
    return Long.parseLong(count.group(1));
  }

  @Override
  public Result run(Room room, InetSocketAddress target, int seconds) {
    String server = target.getHostString() + ":" + target.getPort();
    // It looks at the clock's seconds, so it takes up to one second longer.
    List<String> command =
        List.of(
            "openssl",
            "s_time",
            "-new",
            "-tls1_3",
            "-www",
            "/",
            "-connect",
            server,
            "-time",
            "" + seconds);
    long start = System.nanoTime();
    List<Process> clients =
        Stream.generate(() -> Program.started(scope, room.inside(command))).limit(CLIENTS).toList();
    List<String> outputs = clients.stream().map(Program::read).toList();
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
    long connections = outputs.stream().mapToLong(Handshakes::parse).sum();
    return new Result(connections, connections / (elapsed.toNanos() / 1e9), 0);
  }
}
