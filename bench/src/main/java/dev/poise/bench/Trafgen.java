package dev.poise.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Floods a place with datagrams of 32 clients and counts how many arrive behind it. The sender
 * writes frames into a ring of the kernel, and the receiver is a counter of the kernel, so that
 * most of the processor time goes to what is between them.
 */
final class Trafgen implements LoadGenerator {
  private static final int CLIENTS = 32;
  private static final int PATIENCE_SECONDS = 10;
  private static final Pattern SENT = Pattern.compile("(\\d+) packets outgoing");
  private static final Pattern ARRIVED = Pattern.compile("packets (\\d+) bytes");

  private final Scope scope;
  private final UdpOptions options;
  private final Path folder;

  Trafgen(Scope scope, UdpOptions options, Path folder) {
    this.scope = scope;
    this.options = options;
    this.folder = folder;
  }

  @Override
  public Result run(Room room, InetSocketAddress target, int seconds) {
    Path frames = folder.resolve("frames");
    try {
      Files.writeString(frames, frames(target));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> counter = List.of("nft", "reset", "counter", "ip", "bench", "arrived");
    output(options.servers(), counter);
    Process process = scope.open(() -> flood(room, frames, seconds), Trafgen::interrupt);
    long began = System.nanoTime();
    try {
      if (!process.waitFor(seconds + PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("trafgen does not end when it is interrupted");
      }
      double took = (System.nanoTime() - began) / 1e9;
      String said = text(process);
      long sent = number(SENT, said);
      long arrived = number(ARRIVED, output(options.servers(), counter));
      return new Result(arrived, arrived / took, Math.max(0, sent - arrived));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * trafgen sends from a process of its own and counts in the other, and only an interrupt makes it
   * tell: timeout sends it to all of its group.
   */
  private Process flood(Room room, Path frames, int seconds) {
    return start(
        room,
        List.of("timeout", "--signal=INT", "" + seconds),
        List.of(
            "trafgen",
            "--dev",
            options.link(),
            "--conf",
            frames.toString(),
            "--cpus",
            "" + Runtime.getRuntime().availableProcessors(),
            "--no-sock-mem"));
  }

  /** timeout passes it on. */
  private static void interrupt(Process timeout) {
    timeout.destroy();
  }

  private static String frames(InetSocketAddress target) {
    StringBuilder frames = new StringBuilder();
    for (int client = 0; client < CLIENTS; client++) {
      frames.append(
          """
          { eth(da=02:00:00:00:00:01, sa=02:00:00:00:00:02), ipv4(da=%s, sa=10.97.1.2, ttl=64), \
          udp(sp=%d, dp=%d), fill('x', 64) }
          """
              .formatted(target.getHostString(), 20_000 + client, target.getPort()));
    }
    return frames.toString();
  }

  private static long number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) throw new IllegalStateException("not understood: " + text);
    return Long.parseLong(matcher.group(1));
  }

  private static String output(Room room, List<String> command) {
    try {
      return text(start(room, List.of(), command));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static Process start(Room room, List<String> around, List<String> command) {
    List<String> whole = new ArrayList<>(around);
    whole.addAll(room.inside(command));
    try {
      return new ProcessBuilder(whole)
          .redirectErrorStream(true)
          .redirectInput(new File("/dev/null"))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
