package dev.poise.agent.link;

import dev.poise.spec.AgentApi;
import dev.poise.spec.JoinAnswer;
import dev.poise.spec.JoinRequest;
import dev.poise.spec.SpecJson;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.core.JacksonException;

/** Asks a server to make this machine a node. */
public final class Registration {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Channel channel;

  public Registration(ServerAddress server) {
    this.channel = new Channel(server);
  }

  /** What a refusal says. */
  private record Problem(String detail) {}

  /**
   * Becomes a node.
   *
   * @throws IOException with a sentence if that did not work
   */
  public JoinAnswer join(JoinRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        channel.send(
            channel
                .to(AgentApi.JOIN)
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(SpecJson.write(request)))
                .build());
    if (response.statusCode() == 200) return Channel.read(response, JoinAnswer.class);
    throw new IOException("the server refuses: " + detail(response));
  }

  private static String detail(HttpResponse<String> response) {
    try {
      return SpecJson.read(response.body(), Problem.class).detail();
    } catch (JacksonException e) {
      return "it answered " + response.statusCode();
    }
  }
}
