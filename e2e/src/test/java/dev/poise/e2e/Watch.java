package dev.poise.e2e;

import dev.poise.standalone.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that begins a new connection every ten milliseconds and asks once on it. It does not
 * wait for one attempt before the next, so that its attempts show when the service was away: the
 * gap is the longest time between the beginnings of two attempts that succeeded and follow each
 * other, or from its own beginning to the first of them.
 */
final class Watch implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(10);
  private static final int PATIENCE_MILLIS = 300;
  private static final byte[] QUESTION =
      "GET / HTTP/1.1\r\nHost: e2e\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final InetSocketAddress target;
  private final String source;
  private final ConcurrentLinkedQueue<Attempt> attempts = new ConcurrentLinkedQueue<>();
  private final List<Thread> open = new ArrayList<>();
  private final long begun = System.nanoTime();
  private final Thread clock;
  private volatile boolean stopped;

  /** One attempt; the answer's first line, or why there is none. */
  private record Attempt(long begun, boolean succeeded, String said) {}

  /**
   * What was seen.
   *
   * @param gap the longest time without success
   */
  record Seen(int succeeded, int failed, Duration gap, List<String> reasons) {
    @Override
    public String toString() {
      return "gap %d ms, %d answered, %d not %s"
          .formatted(gap.toMillis(), succeeded, failed, reasons);
    }
  }

  Watch(InetSocketAddress target, String source) {
    this.target = target;
    this.source = source;
    clock = Thread.ofPlatform().name("watch").start(this::run);
  }

  private void run() {
    long next = System.nanoTime();
    while (!stopped) {
      open.add(Thread.startVirtualThread(this::attempt));
      next += EVERY.toNanos();
      LockSupport.parkNanos(next - System.nanoTime());
    }
  }

  private void attempt() {
    long begun = System.nanoTime();
    try (Socket socket = new Socket()) {
      socket.bind(Ports.endpoint(source, 0));
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(target, PATIENCE_MILLIS);
      socket.getOutputStream().write(QUESTION);
      InputStream in = socket.getInputStream();
      String answer = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      boolean good = answer.startsWith("HTTP/1.1 200 ");
      attempts.add(new Attempt(begun, good, answer.lines().findFirst().orElse("closed")));
    } catch (IOException e) {
      attempts.add(new Attempt(begun, false, "" + e.getMessage()));
    }
  }

  /** Waits until so many more attempts succeeded. */
  void awaitSuccesses(int more) {
    long goal = successes() + more;
    Await.until("the service is there", Duration.ofSeconds(20), () -> successes() >= goal);
  }

  private long successes() {
    return attempts.stream().filter(Attempt::succeeded).count();
  }

  /** Ends it. */
  Seen stop() {
    stopped = true;
    try {
      clock.join();
      for (Thread attempt : open) attempt.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while stopping a watch", e);
    }
    List<Long> good =
        attempts.stream().filter(Attempt::succeeded).map(Attempt::begun).sorted().toList();
    long gap = 0;
    long last = begun;
    for (long each : good) {
      gap = Math.max(gap, each - last);
      last = each;
    }
    List<String> reasons =
        attempts.stream().filter(it -> !it.succeeded()).map(Attempt::said).distinct().toList();
    return new Seen(good.size(), attempts.size() - good.size(), Duration.ofNanos(gap), reasons);
  }

  @Override
  public void close() {
    stop();
  }
}
