package dev.poise.agent.link;

import dev.poise.spec.AgentApi;
import dev.poise.spec.BundleAnswer;
import dev.poise.spec.BundleRequest;
import dev.poise.spec.Manifest;
import dev.poise.spec.NodeReport;
import dev.poise.spec.ReportAnswer;
import dev.poise.spec.SpecAnswer;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import java.io.IOException;
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

  /** What a poll brought. */
  public sealed interface Poll {
    /** Another revision than the one asked about. */
    record Fresh(Manifest manifest) implements Poll {}

    /** Nothing in the time given. */
    record Unchanged() implements Poll {}
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

  /** Waits for a manifest of another revision. */
  public Poll poll(long revision, Duration wait) throws IOException, InterruptedException {
    HttpRequest request =
        to(AgentApi.MANIFEST)
            .header("If-None-Match", "\"" + revision + "\"")
            .header("Prefer", "wait=" + wait.toSeconds())
            .timeout(wait.plus(ANSWER_PATIENCE))
            .GET()
            .build();
    HttpResponse<String> response = channel.send(request);
    return switch (response.statusCode()) {
      case 200 -> new Poll.Fresh(Channel.read(response, Manifest.class));
      case 304 -> new Poll.Unchanged();
      default -> throw unexpected(request, response);
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

  private static IOException unexpected(HttpRequest request, HttpResponse<String> response) {
    if (response.statusCode() == 401) return new IOException(NOT_A_NODE);
    return new IOException(
        "the server answered %d to %s %s"
            .formatted(response.statusCode(), request.method(), request.uri().getPath()));
  }
}
