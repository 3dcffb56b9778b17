package dev.poise.agent.link;

import dev.poise.spec.SpecJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import tools.jackson.core.JacksonException;

/**
 * Sends requests to the server. Every failure is an {@link IOException} with a sentence that an
 * operator understands.
 */
final class Channel {
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);

  private final ServerAddress server;
  private final HttpClient http;

  Channel(ServerAddress server) {
    this.server = server;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_PATIENCE);
    if (!server.pins().isEmpty()) builder.sslContext(trusting(new PinnedTrust(server.pins())));
    http = builder.build();
  }

  private static SSLContext trusting(PinnedTrust trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has TLS", e);
    }
  }

  /** A request to a path of the server. */
  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(server.url().resolve(path)).header("Accept", "application/json");
  }

  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Sends a request; what becomes of the answer's body is said by the handler. */
  <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body)
      throws IOException, InterruptedException {
    try {
      return http.send(request, body);
    } catch (SSLException e) {
      throw new IOException(sentence(e), e);
    } catch (ConnectException e) {
      throw new IOException("nobody answers at " + server.url(), e);
    } catch (IOException e) {
      String message = e.getMessage();
      if (message != null && !message.isEmpty()) throw e;
      throw new IOException("the server cannot be reached at " + server.url(), e);
    }
  }

  private String sentence(SSLException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PinnedTrust.OtherCertificate other) return "" + other.getMessage();
    }
    return server.pins().isEmpty() && "https".equals(server.url().getScheme())
        ? "the server's certificate is not trusted, and server.pins names none: "
            + failure.getMessage()
        : "no TLS with " + server.url() + ": " + failure.getMessage();
  }

  static <T> T read(HttpResponse<String> response, Class<T> type) throws IOException {
    return read(response.uri(), response.body(), type);
  }

  /** Reads a document that was a part of the answer from there. */
  static <T> T read(URI from, String json, Class<T> type) throws IOException {
    try {
      return SpecJson.read(json, type);
    } catch (JacksonException e) {
      throw new IOException("the server's answer to " + from.getPath() + " cannot be read", e);
    }
  }
}
