package dev.poise.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Clients that send requests without a break until they are stopped, and count what happened. */
final class Load implements AutoCloseable {
  // Client, proxy and backends share the machine: the load should notice faults, not fill the
  // cores.
  private static final Duration PAUSE = Duration.ofMillis(4);

  private final Tally tally = new Tally();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopped;

  private Load() {}

  /** Opens a connection for requests. */
  interface Opener {
    HttpConnection open() throws IOException;
  }

  /** What one client does over and over; an exception is a failure. */
  private interface Client {
    String next() throws IOException;

    /** Forgets its connection, after a failure and at the end. */
    void reset();
  }

  /** Clients that keep their connections. */
  static Load httpKeepAlive(InetSocketAddress target, int clients) {
    return start(clients, () -> new KeepAlive(() -> HttpConnection.open(target)));
  }

  /** Clients that keep what this opens. */
  static Load keepAlive(Opener opener, int clients) {
    return start(clients, () -> new KeepAlive(opener));
  }

  /** Clients that open one of these for each request. */
  static Load close(Opener opener, int clients) {
    return start(clients, () -> new Connecting(() -> answer(closing(opener))));
  }

  /** Clients that open a connection for each request. */
  static Load httpClose(InetSocketAddress target, int clients) {
    return close(() -> HttpConnection.open(target), clients);
  }

  /** Clients that open a connection, send a line, read the answer and close. */
  static Load tcp(InetSocketAddress target, int clients) {
    return start(clients, () -> new Connecting(() -> ask(target)));
  }

  private static Load start(int clients, Supplier<Client> maker) {
    Load load = new Load();
    for (int i = 0; i < clients; i++) {
      Client client = maker.get();
      load.clients.add(Thread.startVirtualThread(() -> load.repeat(client)));
    }
    return load;
  }

  private void repeat(Client client) {
    while (!stopped) {
      try {
        tally.answered(client.next());
      } catch (IOException e) {
        tally.failed(e.toString());
        client.reset();
      }
      Pace.rest(PAUSE);
    }
    client.reset();
  }

  /** What was counted up to now. */
  Tally tally() {
    return tally;
  }

  /** Waits until so many more requests were answered. */
  void awaitAnswers(long more) {
    long goal = tally.answers() + more;
    Await.until("the load went on", Duration.ofSeconds(20), () -> tally.answers() >= goal);
  }

  /** Lets every client end the request it is at and returns the count. */
  Tally stop() {
    stopped = true;
    for (Thread client : clients) {
      try {
        if (!client.join(Duration.ofSeconds(30))) throw new AssertionError("a client hangs");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while stopping clients", e);
      }
    }
    return tally;
  }

  @Override
  public void close() {
    stop();
  }

  private static HttpConnection.Response closing(Opener opener) throws IOException {
    try (HttpConnection connection = opener.open()) {
      return connection.get("/", "Connection: close");
    }
  }

  private static String answer(HttpConnection.Response response) throws IOException {
    if (response.status() != 200) throw new IOException("HTTP " + response.status());
    return response.backend();
  }

  private static String ask(InetSocketAddress target) throws IOException {
    try (TcpConnection connection = TcpConnection.open(target)) {
      return connection.ask("ping");
    }
  }

  /** Opens a connection each time. */
  private record Connecting(Request request) implements Client {
    private interface Request {
      String send() throws IOException;
    }

    @Override
    public String next() throws IOException {
      return request.send();
    }

    @Override
    public void reset() {}
  }

  /** Uses its connection until the server says that it closes it. */
  private static final class KeepAlive implements Client {
    private final Opener opener;
    private final List<HttpConnection> current = new ArrayList<>(1);

    KeepAlive(Opener opener) {
      this.opener = opener;
    }

    @Override
    public String next() throws IOException {
      if (current.isEmpty()) current.add(opener.open());
      HttpConnection.Response response = current.getFirst().get("/");
      if (response.last()) reset();
      return answer(response);
    }

    @Override
    public void reset() {
      current.forEach(HttpConnection::close);
      current.clear();
    }
  }
}
