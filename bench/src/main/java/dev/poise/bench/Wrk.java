package dev.poise.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the load generator wrk and understands what it prints.
 *
 * @param script the option that names one, which says what it asks for; {@code /} if there is none
 * @param arguments of the script
 */
record Wrk(Scope scope, List<String> script, List<String> arguments) {
  private static final int CONNECTIONS = 32;

  /** What a browser sends: rules that look at headers should find some. */
  private static final List<String> HEADERS =
      List.of(
          "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
          "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
          "Accept-Language: en-US,en;q=0.5",
          "Accept-Encoding: gzip, deflate, br",
          "Cookie: session=2f6b1c0e9d8a4b7f; theme=dark",
          "Connection: keep-alive");

  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
  private static final Pattern RATE = Pattern.compile("Requests/sec: +([0-9.]+)");
  private static final Pattern SOCKET_ERRORS =
      Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
  private static final Pattern BAD_STATUS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

  Wrk(Scope scope) {
    this(scope, List.of(), List.of());
  }

  /** With a script that says what it asks for, and a file for the script. */
  Wrk(Scope scope, Path script, Path input) {
    this(scope, List.of("-s", script.toString()), List.of("--", input.toString()));
  }

  /**
   * What it found.
   *
   * @param failed connections that broke, and answers that were none
   */
  record Result(long requests, double perSecond, long failed) {
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
  }

  /** Lets it ask as fast as it can for so long; the scope ends it when the run is interrupted. */
  Result run(InetSocketAddress target, int seconds) {
    List<String> command = new ArrayList<>(List.of("wrk", "-t1", "-c" + CONNECTIONS));
    command.add("-d" + seconds + "s");
    HEADERS.forEach(header -> command.addAll(List.of("-H", header)));
    command.addAll(script);
    command.add("http://%s:%d/".formatted(target.getHostString(), target.getPort()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Process process = scope.open(() -> start(builder), Process::destroy);
    try {
      byte[] output = process.getInputStream().readAllBytes();
      return Result.parse(new String(output, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
