package dev.poise.bench;

import dev.poise.bench.HttpConnection.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A client that keeps its connection until the other side says that it closes it. */
final class Client implements AutoCloseable {
  private final InetSocketAddress target;
  private final Requests requests;
  private @Nullable HttpConnection connection;

  Client(InetSocketAddress target, Requests requests) {
    this.target = target;
    this.requests = requests;
  }

  /** Who answers a request now; empty text if it failed, which is counted. */
  String ask() {
    try {
      HttpConnection kept = connection == null ? HttpConnection.open(target) : connection;
      connection = kept;
      Answer answer = kept.get();
      if (answer.last()) close();
      if (answer.status() != 200) throw new IOException("HTTP " + answer.status());
      requests.countAnswer();
      return answer.body();
    } catch (IOException e) {
      requests.countFailure("" + e.getMessage());
      close();
      return "";
    }
  }

  @Override
  public void close() {
    if (connection != null) connection.close();
    connection = null;
  }
}
