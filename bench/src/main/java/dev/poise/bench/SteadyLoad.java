package dev.poise.bench;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Clients that go on asking, lightly, until they are stopped: what an edit may not disturb. */
final class SteadyLoad implements AutoCloseable {
  private static final int CLIENTS = 4;
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final List<Thread> threads;
  private volatile boolean stopped;

  SteadyLoad(InetSocketAddress target, Requests requests) {
    threads =
        IntStream.range(0, CLIENTS)
            .mapToObj(_ -> Thread.startVirtualThread(() -> repeat(new Client(target, requests))))
            .toList();
  }

  private void repeat(Client client) {
    try (client) {
      while (!stopped) {
        var _ = client.ask();
        Pace.rest(PAUSE);
      }
    }
  }

  /** Lets every client end the request it is at. */
  @Override
  public void close() {
    stopped = true;
    for (Thread thread : threads) Pace.join(thread);
  }
}
