package dev.poise.agent.link;

import dev.poise.spec.AgentApi;
import dev.poise.spec.BundleAnswer;
import dev.poise.spec.BundleRequest;
import dev.poise.spec.NodeReport;
import dev.poise.spec.ReportAnswer;
import dev.poise.spec.SpecAnswer;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/**
 * The calls of {@link AgentApi} that a node makes. Every failure is an {@link IOException} with a
 * sentence.
 */
public final class ServerClient {
  private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(15);
  private static final String NOT_A_NODE =
      "the server does not take this node's key any more: the node was revoked, or another machine"
          + " joined as it. What it serves it goes on serving; 'poise-agent join --again' with a"
          + " new token makes it a node again";

  private final Channel channel;
  private final String nodeKey;

  public ServerClient(ServerAddress server, String nodeKey) {
    this(new Channel(server), nodeKey);
  }

  private ServerClient(Channel channel, String nodeKey) {
    this.channel = channel;
    this.nodeKey = nodeKey;
  }

  /** The same for another node in this process: they share connections and the threads of them. */
  public ServerClient as(String otherNodeKey) {
    return new ServerClient(channel, otherNodeKey);
  }

  /**
   * What the server said to somebody who only looks whether it is there.
   *
   * @param status 200 or 304 if it takes the node's key
   * @param time what its clock says, in whole seconds
   */
  public record Greeting(int status, Optional<Instant> time) {}

  /** Looks whether the server is there and takes the node's key. */
  public Greeting greet() throws IOException, InterruptedException {
    HttpRequest request =
        to(AgentApi.MANIFEST)
            .header("If-None-Match", "\"0\"")
            .header("Prefer", "wait=0")
            .timeout(ANSWER_PATIENCE)
            .GET()
            .build();
    HttpResponse<String> response = channel.send(request);
    return new Greeting(
        response.statusCode(), response.headers().firstValue("Date").flatMap(ServerClient::time));
  }

  private static Optional<Instant> time(String date) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /**
   * Waits for a manifest of another revision than the one that is known, and hears of those that
   * follow until so much time is over. Ends without any if there was none.
   */
  public ManifestStream manifests(long known, Duration wait)
      throws IOException, InterruptedException {
    return manifests(known, wait, ANSWER_PATIENCE);
  }

  /** The same with a patience of one's own for what the server is late with. */
  ManifestStream manifests(long known, Duration wait, Duration patience)
      throws IOException, InterruptedException {
    Duration limit = wait.plus(patience);
    HttpRequest request =
        to(AgentApi.MANIFEST)
            .setHeader("Accept", AgentApi.LINES)
            .header("If-None-Match", "\"" + known + "\"")
            .header("Prefer", "wait=" + wait.toSeconds())
            .timeout(limit)
            .GET()
            .build();
    HttpResponse<InputStream> response =
        channel.send(request, HttpResponse.BodyHandlers.ofInputStream());
    return switch (response.statusCode()) {
      // 304 has no line.
      case 200, 304 -> ManifestStream.of(response, limit);
      default -> {
        response.body().close();
        throw unexpected(request, response);
      }
    };
  }

  /** Fetches specs; those the server does not have any more are missing in the answer. */
  public List<SpecAnswer.Document> fetch(List<String> digests)
      throws IOException, InterruptedException {
    return post(AgentApi.SPECS, new SpecRequest(digests), SpecAnswer.class).specs();
  }

  /** Fetches certificate material; what the server does not have any more is missing. */
  public List<BundleAnswer.Bundle> fetchBundles(List<String> digests)
      throws IOException, InterruptedException {
    return post(AgentApi.BUNDLES, new BundleRequest(digests), BundleAnswer.class).bundles();
  }

  /** Sends a report. */
  public ReportAnswer report(NodeReport report) throws IOException, InterruptedException {
    return post(AgentApi.REPORTS, report, ReportAnswer.class);
  }

  private <T> T post(String path, Object body, Class<T> answer)
      throws IOException, InterruptedException {
    HttpRequest request =
        to(path)
            .header("Content-Type", "application/json")
            .timeout(ANSWER_PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofString(SpecJson.write(body)))
            .build();
    HttpResponse<String> response = channel.send(request);
    if (response.statusCode() != 200) throw unexpected(request, response);
    return Channel.read(response, answer);
  }

  private HttpRequest.Builder to(String path) {
    return channel.to(path).header("Authorization", "Bearer " + nodeKey);
  }

  private static IOException unexpected(HttpRequest request, HttpResponse<?> response) {
    if (response.statusCode() == 401) return new IOException(NOT_A_NODE);
    return new IOException(
        "the server answered %d to %s %s"
            .formatted(response.statusCode(), request.method(), request.uri().getPath()));
  }
}
