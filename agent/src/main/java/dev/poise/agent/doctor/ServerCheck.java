package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Fail;
import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Finding.Warn;
import dev.poise.agent.link.ServerClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Whether the server is there, is the right one, knows the node, and has the same time. */
record ServerCheck(Subject.Link link, InstantSource clock) implements Check {
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  /** The server's clock is read from a header that has no fractions of a second. */
  private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

  @Override
  public List<Finding> findings() throws InterruptedException {
    ServerClient server;
    try {
      server = link.open();
    } catch (IOException e) {
      return List.of(
          new Fail("the node has no key: " + e.getMessage(), "'poise-agent join --again'"));
    }
    Instant asked = clock.instant();
    try {
      return findings(server.greet(), asked);
    } catch (IOException e) {
      return List.of(
          new Fail(
              "the server cannot be reached: " + sentence(e),
              "look at server.url and server.pins, at routes and firewalls on the way, and whether"
                  + " the server runs; load balancers are served meanwhile"));
    }
  }

  private static String sentence(IOException e) {
    String message = e.getMessage();
    return message == null || message.isEmpty() ? "nobody answers" : message;
  }

  private List<Finding> findings(ServerClient.Greeting greeting, Instant asked) {
    List<Finding> findings = new ArrayList<>();
    findings.add(new Ok("the server answers"));
    findings.add(key(greeting.status()));
    Instant middle = asked.plus(Duration.between(asked, clock.instant()).dividedBy(2));
    greeting.time().map(time -> clocks(time.plus(HALF_A_SECOND), middle)).ifPresent(findings::add);
    return findings;
  }

  private static Finding key(int status) {
    if (status == 200 || status == 304) return new Ok("the server takes the node's key");
    if (status == 401) {
      return new Fail(
          "the server does not take the node's key: the node was revoked, or another machine"
              + " joined as it",
          "make a token with POST /api/v1/nodes/{id}/join-tokens, then 'poise-agent join --again'");
    }
    return new Warn(
        "the server answers " + status + " to the node's key", "look at the server's log");
  }

  private static Finding clocks(Instant server, Instant here) {
    Duration difference = Duration.between(server, here);
    if (difference.abs().compareTo(TOLERANCE) <= 0) {
      return new Ok("the clock is right");
    }
    return new Warn(
        "the clock is %d s %s the server's"
            .formatted(
                difference.abs().toSeconds(), difference.isNegative() ? "behind" : "ahead of"),
        "run a time service, such as chrony, on both");
  }
}
