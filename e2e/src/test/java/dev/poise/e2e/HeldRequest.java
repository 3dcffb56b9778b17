package dev.poise.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request whose answer a backend holds back until it is told to release it. */
final class HeldRequest implements AutoCloseable {
  private final HttpConnection connection;
  private final CompletableFuture<HttpConnection.Response> answer = new CompletableFuture<>();

  private HeldRequest(HttpConnection connection) {
    this.connection = connection;
  }

  /**
   * A request that this backend holds; one that another backend got is answered and thrown away.
   */
  static HeldRequest at(InetSocketAddress target, HttpBackend wanted, HttpBackend other)
      throws IOException {
    for (int attempt = 0; attempt < 20; attempt++) {
      int before = wanted.held();
      int beforeAtOther = other.held();
      HeldRequest request = new HeldRequest(HttpConnection.open(target));
      Thread.startVirtualThread(request::send);
      Await.until(
          "a backend holds the request",
          Duration.ofSeconds(5),
          () -> wanted.held() > before || other.held() > beforeAtOther);
      if (wanted.held() > before) return request;
      other.release();
      request.answer();
      request.close();
    }
    throw new AssertionError("no request reached " + wanted);
  }

  private void send() {
    try {
      answer.complete(connection.get("/hold", "Connection: close"));
    } catch (IOException e) {
      answer.completeExceptionally(e);
    }
  }

  /** Waits for the answer. */
  HttpConnection.Response answer() {
    try {
      return answer.get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("the held request got no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an answer", e);
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
