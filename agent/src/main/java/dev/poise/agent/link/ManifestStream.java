package dev.poise.agent.link;

import dev.poise.spec.Manifest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Manifests as the server sends them, one after the other, in an answer that goes on until its time
 * is over. A server that falls silent is not waited for any longer than that.
 */
public final class ManifestStream implements AutoCloseable {
  private final URI from;
  private final BufferedReader lines;

  /** Done when the answer is, or should be. */
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  private ManifestStream(URI from, InputStream body) {
    this.from = from;
    this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  /** Of an answer that ends before that much time is over, or is broken off then. */
  static ManifestStream of(HttpResponse<InputStream> answer, Duration limit) {
    ManifestStream stream = new ManifestStream(answer.uri(), answer.body());
    var _ =
        stream
            .over
            .completeOnTimeout(null, limit.toNanos(), TimeUnit.NANOSECONDS)
            .thenRun(() -> close(answer.body()));
    return stream;
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      throw new AssertionError("nothing is written to be lost", e);
    }
  }

  /**
   * Waits for the next manifest; empty when the server has ended its answer.
   *
   * @throws IOException with a sentence, if the server did not get that far
   */
  public Optional<Manifest> next() throws IOException, InterruptedException {
    String line;
    try {
      line = lines.readLine();
    } catch (IOException e) {
      if (Thread.interrupted()) throw new InterruptedException();
      throw new IOException(
          over.isDone()
              ? "the server fell silent in the middle of its answer"
              : "the server broke off in the middle of its answer",
          e);
    }
    return line == null ? Optional.empty() : Optional.of(Channel.read(from, line, Manifest.class));
  }

  @Override
  public void close() {
    over.complete(null);
  }
}
