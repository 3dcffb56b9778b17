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
import dev.poise.spec.RoleReport.Role;
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

  /** What the node is told to serve, and how to share addresses. */
  public Answer manifest() {
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

  /** Reports that it is that in its cluster and that the newest manifest is applied. */
  public void is(Role role) {
    report(List.of(), List.of(), role, revision());
  }

  /** Reports that it is that, and that this revision is the last it has applied. */
  public void is(Role role, long appliedRevision) {
    report(List.of(), List.of(), role, appliedRevision);
  }

  /** Reports what it says of load balancers, as a node that is that. */
  public void says(Role role, LoadBalancerReport... said) {
    report(List.of(said), List.of(), role, revision());
  }

  private long revision() {
    return manifest().body().at("/revision").asLong();
  }

  private void report(List<LoadBalancerReport> said, List<LoadBalancerId> gone) {
    report(said, gone, Role.NONE, revision());
  }

  private void report(
      List<LoadBalancerReport> said, List<LoadBalancerId> gone, Role role, long appliedRevision) {
    NodeReport report =
        new NodeReport(
            new NodeId(site.node()),
            "session",
            ++sequence,
            sequence == 1,
            Instant.now(),
            revision(),
            appliedRevision,
            new Capabilities(
                Map.of("haproxy", "2.6.12"),
                List.of("TCP", "HTTP"),
                role == Role.NONE ? List.of() : List.of(Capabilities.VRRP),
                Map.of()),
            said,
            gone,
            HeldRemovals.NONE,
            List.of(),
            new RoleReport(role, role == Role.NONE ? Instant.EPOCH : SINCE, "because"));
    Answer answer = caller.call("POST", AgentApi.REPORTS, report, Map.of(), site.nodeKey());
    if (answer.status() != 200) throw new AssertionError(answer.body().toString());
  }
}
