package dev.poise.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A TCP connection that is open all the time and says something twenty times a second. */
final class LongConnection implements AutoCloseable {
  private final TcpConnection connection;
  private final String backend;
  private final AtomicLong answers = new AtomicLong();
  private volatile Optional<IOException> failure = Optional.empty();
  private volatile boolean stopped;

  private LongConnection(TcpConnection connection) throws IOException {
    this.connection = connection;
    this.backend = connection.ask("hello");
  }

  static LongConnection open(InetSocketAddress target) throws IOException {
    LongConnection opened = new LongConnection(TcpConnection.open(target));
    Thread.startVirtualThread(opened::talk);
    return opened;
  }

  private void talk() {
    while (!stopped && failure.isEmpty()) {
      try {
        connection.ask("message " + answers.incrementAndGet());
      } catch (IOException e) {
        if (!stopped) failure = Optional.of(e);
      }
      Pace.rest(Duration.ofMillis(50));
    }
  }

  /** Who is at the other end, for ever. */
  String backend() {
    return backend;
  }

  /** Fails if it broke; waits for one more answer, so that it surely lives now. */
  void requireAlive() {
    long goal = answers.get() + 2;
    Await.until(
        "the long connection got an answer",
        Duration.ofSeconds(10),
        () -> answers.get() >= goal || failure.isPresent());
    failure.ifPresent(broken -> {
      throw new AssertionError("the long connection broke", broken);
    });
  }

  @Override
  public void close() {
    stopped = true;
    connection.close();
  }
}
