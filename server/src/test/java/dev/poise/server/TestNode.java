package dev.poise.server;

import dev.poise.server.ApiTest.Answer;
import dev.poise.server.ApiTest.Site;
import dev.poise.spec.AgentApi;
import dev.poise.spec.Capabilities;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.Outcome;
import dev.poise.spec.RoleReport;
import dev.poise.spec.Serving;
import dev.poise.spec.SpecRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The node of a site as the server knows it: it asks what to serve and says what it serves. */
public final class TestNode {
  private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");

  private final Caller caller;
  private final Site site;
  private long sequence;

  /** Makes the calls of an agent. */
  @FunctionalInterface
  public interface Caller {
    Answer call(
        String method, String path, @Nullable Object body, Map<String, String> headers, String key);
  }

  public TestNode(Caller caller, Site site) {
    this.caller = caller;
    this.site = site;
  }

  private Answer manifest() {
    return caller.call("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey());
  }

  /** What the node is told of a load balancer. */
  public JsonNode spec(Answer loadBalancer) {
    String digest =
        manifest()
            .body()
            .at("/loadBalancers")
            .valueStream()
            .filter(it -> it.at("/id").asString().equals(loadBalancer.text("/id")))
            .findFirst()
            .orElseThrow()
            .at("/digest")
            .asString();
    Answer specs =
        caller.call(
            "POST", AgentApi.SPECS, new SpecRequest(List.of(digest)), Map.of(), site.nodeKey());
    return ApiTest.JSON.readTree(specs.text("/specs/0/json"));
  }

  /** Reports that the newest manifest is known and that this generation is served. */
  public void serves(Answer loadBalancer, long generation) {
    report(
        List.of(
            new LoadBalancerReport(
                new LoadBalancerId(loadBalancer.text("/id")),
                new Outcome.Applied(generation),
                new Serving.Running(generation, 42, SINCE),
                List.of(),
                List.of(),
                List.of())),
        List.of());
  }

  /** Reports that the newest manifest is known and that it is not served any more. */
  public void gone(Answer loadBalancer) {
    report(List.of(), List.of(new LoadBalancerId(loadBalancer.text("/id"))));
  }

  private void report(List<LoadBalancerReport> said, List<LoadBalancerId> gone) {
    NodeReport report =
        new NodeReport(
            new NodeId(site.node()),
            "session",
            ++sequence,
            sequence == 1,
            SINCE,
            manifest().body().at("/revision").asLong(),
            manifest().body().at("/revision").asLong(),
            new Capabilities(
                Map.of("haproxy", "2.6.12"), List.of("TCP", "HTTP"), List.of(), Map.of()),
            said,
            gone,
            HeldRemovals.NONE,
            List.of(),
            new RoleReport(RoleReport.Role.NONE, Instant.EPOCH, ""));
    Answer answer = caller.call("POST", AgentApi.REPORTS, report, Map.of(), site.nodeKey());
    if (answer.status() != 200) throw new AssertionError(answer.body().toString());
  }
}
