package dev.poise.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A client that must not get in and tries all the time, by HTTP and by TCP. */
final class Prober implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(3);

  private final AtomicLong attempts = new AtomicLong();
  private final AtomicLong successes = new AtomicLong();
  private volatile boolean stopped;

  private Prober() {}

  private interface Attempt {
    void make() throws IOException;
  }

  static Prober start(InetSocketAddress web, InetSocketAddress echo, String source) {
    Prober prober = new Prober();
    prober.repeat(() -> HttpConnection.once(web, source, "/"));
    prober.repeat(() -> {
      try (TcpConnection connection = TcpConnection.open(echo, source)) {
        connection.ask("let me in");
      }
    });
    return prober;
  }

  private void repeat(Attempt attempt) {
    Thread.startVirtualThread(() -> {
      while (!stopped) {
        try {
          attempt.make();
          successes.incrementAndGet();
        } catch (IOException refused) {
          // As it should be.
        }
        attempts.incrementAndGet();
        Pace.rest(PAUSE);
      }
    });
  }

  /** How often it got in. */
  long successes() {
    return successes.get();
  }

  /** Waits until it has tried so many times more. */
  void awaitAttempts(long more) {
    long goal = attempts.get() + more;
    Await.until("the prober went on", Duration.ofSeconds(20), () -> attempts.get() >= goal);
  }

  @Override
  public void close() {
    stopped = true;
  }
}
