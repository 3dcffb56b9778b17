package dev.poise.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.spec.AgentApi;
import dev.poise.spec.Capabilities;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.Outcome;
import dev.poise.spec.RoleReport;
import dev.poise.spec.Serving;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

class AgentApiTest extends ApiTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Autowired private JdbcClient db;
  @Autowired private PlatformTransactionManager transactions;
  private Site site = new Site("", "", "", "", "", "");
  private long sequence;

  @BeforeEach
  void place() {
    site = site();
    sequence = 0;
  }

  private Answer manifest() {
    return agent("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey());
  }

  private Answer loadBalancer() {
    return made(
        "/load-balancers",
        """
        {"name":"web","subnetId":"%s","listeners":[{"protocol":"TCP","port":80,"defaultPool":{"members":[
          {"address":"10.1.0.1","port":8080},{"address":"10.1.0.2","port":8080}]}}]}
        """
            .formatted(site.subnet()));
  }

  private Answer report(boolean full, List<LoadBalancerReport> said, List<LoadBalancerId> gone) {
    long revision = manifest().body().at("/revision").asLong();
    NodeReport report =
        new NodeReport(
            new NodeId(site.node()),
            "session",
            ++sequence,
            full,
            NOW,
            revision,
            revision,
            new Capabilities(
                Map.of("haproxy", "2.6.12"), List.of("TCP", "HTTP"), List.of(), Map.of()),
            said,
            gone,
            HeldRemovals.NONE,
            List.of(),
            new RoleReport(RoleReport.Role.NONE, Instant.EPOCH, ""));
    return agent("POST", AgentApi.REPORTS, report, Map.of(), site.nodeKey());
  }

  private static LoadBalancerReport says(
      Answer loadBalancer, Outcome outcome, long serving, MemberReport... members) {
    return new LoadBalancerReport(
        new LoadBalancerId(loadBalancer.text("/id")),
        outcome,
        serving == 0 ? new Serving.Nothing() : new Serving.Running(serving, 42, NOW),
        List.of(),
        List.of(),
        List.of(members));
  }

  private static MemberReport member(String id, MemberReport.Health health, long active) {
    return new MemberReport(new MemberId(id), health, "because", NOW, active, 10, 1);
  }

  private List<String> members(Answer loadBalancer) {
    return get("/pools/"
            + loadBalancer.body().at("/listeners/0/defaultPoolId").asString()
            + "/members")
        .body()
        .at("/items")
        .valueStream()
        .map(it -> it.at("/id").asString())
        .toList();
  }

  @Test
  void aPollIsAnsweredAsSoonAsSomethingChanges() throws Exception {
    Answer first = manifest();
    Map<String, String> headers = Map.of("If-None-Match", first.etag(), "Prefer", "wait=20");
    long start = System.nanoTime();
    CompletableFuture<Answer> poll =
        CompletableFuture.supplyAsync(
            () -> agent("GET", AgentApi.MANIFEST, null, headers, site.nodeKey()));
    Answer loadBalancer = loadBalancer();
    Answer next = poll.get();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(next.body().at("/revision").asLong())
        .isGreaterThan(first.body().at("/revision").asLong());
    assertThat(next.text("/loadBalancers/0/id")).isEqualTo(loadBalancer.text("/id"));
  }

  @Test
  void anAnswerInLinesGoesOnWithEachChangeUntilItsTimeIsOver() throws Exception {
    Map<String, String> headers =
        Map.of("If-None-Match", manifest().etag(), "Prefer", "wait=5", "Accept", AgentApi.LINES);
    try (Lines lines = lines(AgentApi.MANIFEST, headers, site.nodeKey(), this::loadBalancer)) {
      JsonNode first = lines.next().orElseThrow();
      assertThat(first.at("/loadBalancers").size()).isEqualTo(1);
      assertThat(first.at("/specs").size()).isEqualTo(1);
      Answer second = loadBalancer();
      JsonNode next = lines.next().orElseThrow();
      assertThat(next.at("/revision").asLong()).isGreaterThan(first.at("/revision").asLong());
      assertThat(next.at("/loadBalancers").size()).isEqualTo(2);
      assertThat(next.at("/specs").size()).as("those that are new").isEqualTo(1);
      assertThat(next.at("/specs/0/json").asString()).contains(second.text("/id"));
      assertThat(lines.next()).isEmpty();
    }
  }

  @Test
  void anAnswerInLinesIsOneLineForWhomDoesNotWait() throws Exception {
    Map<String, String> headers = Map.of("Accept", AgentApi.LINES);
    try (Lines lines = lines(AgentApi.MANIFEST, headers, site.nodeKey(), () -> {})) {
      assertThat(lines.next()).isPresent();
      assertThat(lines.next()).isEmpty();
    }
  }

  @Test
  void aManifestBringsTheSpecsThatTheOneBeforeDidNotName() throws Exception {
    loadBalancer();
    String before = manifest().etag();
    Answer made = loadBalancer();
    Answer next =
        agent("GET", AgentApi.MANIFEST, null, Map.of("If-None-Match", before), site.nodeKey());
    assertThat(next.body().at("/loadBalancers").size()).isEqualTo(2);
    assertThat(next.body().at("/specs").size()).isEqualTo(1);
    String json = next.text("/specs/0/json");
    assertThat(SpecJson.digest(json)).isEqualTo(next.text("/specs/0/digest"));
    assertThat(SpecJson.readSpec(json).id()).hasToString(made.text("/id"));
    assertThat(manifest().body().at("/specs").size()).as("to a node that has none").isZero();
  }

  /** The change is made after its reader has seen the revision, and before it sees the rest. */
  @Test
  @Timeout(30)
  void aManifestIsReadAgainIfSomethingWasChangedMeanwhile() throws Exception {
    loadBalancer();
    long revision = manifest().body().at("/revision").asLong();
    loadBalancer();
    CompletableFuture<Answer> reading =
        new TransactionTemplate(transactions)
            .execute(_ -> {
              db.sql("LOCK TABLE vpcs").update();
              CompletableFuture<Answer> read = CompletableFuture.supplyAsync(this::manifest);
              while (!somebodyWaitsForVpcs()) LockSupport.parkNanos(1_000_000);
              db.sql("UPDATE load_balancers SET generation = 7 WHERE cluster_id = :cluster")
                  .param("cluster", site.cluster())
                  .update();
              db.sql("UPDATE clusters SET revision = revision + 1 WHERE id = :cluster")
                  .param("cluster", site.cluster())
                  .update();
              return read;
            });
    JsonNode manifest = Objects.requireNonNull(reading).get().body();
    assertThat(manifest.at("/loadBalancers/0/generation").asLong()).isEqualTo(7);
    assertThat(manifest.at("/revision").asLong()).isEqualTo(revision + 2);
  }

  private boolean somebodyWaitsForVpcs() {
    return db.sql(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'vpcs'::regclass AND NOT"
                + " granted)")
        .query(Boolean.class)
        .single();
  }

  @Test
  void aPollWithoutNewsEndsWithItsTime() {
    Map<String, String> headers = Map.of("If-None-Match", manifest().etag(), "Prefer", "wait=1");
    assertThat(agent("GET", AgentApi.MANIFEST, null, headers, site.nodeKey()).status())
        .isEqualTo(304);
  }

  @Test
  void specsAreFetchedByDigestAndOnlyByNodesOfTheCluster() throws Exception {
    Answer loadBalancer = loadBalancer();
    String digest = manifest().text("/loadBalancers/0/digest");
    SpecRequest request = new SpecRequest(List.of(digest, "0".repeat(64)));
    Answer answer = agent("POST", AgentApi.SPECS, request, Map.of(), site.nodeKey());
    assertThat(answer.body().at("/specs").size()).isEqualTo(1);
    String json = answer.text("/specs/0/json");
    assertThat(SpecJson.digest(json)).isEqualTo(digest);
    LoadBalancerSpec spec = SpecJson.readSpec(json);
    assertThat(spec.id()).hasToString(loadBalancer.text("/id"));
    assertThat(json).as("no free text of users").doesNotContain("web");
    Answer foreign = agent("POST", AgentApi.SPECS, request, Map.of(), site().nodeKey());
    assertThat(foreign.body().at("/specs").size()).isZero();
  }

  @Test
  void aStatusIsWhatTheNodeSaid() {
    Answer made = loadBalancer();
    String path = "/load-balancers/" + made.text("/id");
    List<String> ids = members(made);
    report(
        true,
        List.of(
            says(
                made,
                new Outcome.Applied(1),
                1,
                member(ids.get(0), MemberReport.Health.HEALTHY, 2),
                member(ids.get(1), MemberReport.Health.UNHEALTHY, 0))),
        List.of());
    Answer now = get(path);
    assertThat(now.text("/state")).isEqualTo("ACTIVE");
    assertThat(now.text("/health")).isEqualTo("DEGRADED");
    assertThat(now.body().at("/appliedGeneration").asLong()).isEqualTo(1);
    assertThat(get("/members/" + ids.get(1)).text("/healthReason")).isEqualTo("because");

    patch("/members/" + ids.get(1), "{\"weight\":3}");
    assertThat(get(path).text("/state")).isEqualTo("UPDATING");
    report(false, List.of(says(made, new Outcome.Refused(2, "bad weight", NOW), 1)), List.of());
    Answer refused = get(path);
    assertThat(refused.text("/state")).isEqualTo("FAILED");
    assertThat(refused.text("/refusal/message")).isEqualTo("bad weight");
    assertThat(refused.text("/refusal/node")).isEqualTo("node-1");
    assertThat(refused.body().at("/appliedGeneration").asLong()).isEqualTo(1);
  }

  @Test
  void waitsUntilTheNodeServesIt() throws Exception {
    Answer made = loadBalancer();
    report(true, List.of(says(made, new Outcome.Applied(1), 1)), List.of());
    CompletableFuture<Answer> edit =
        CompletableFuture.supplyAsync(() ->
            call(
                "PATCH",
                "/members/" + members(made).getFirst(),
                "{\"weight\":9}",
                Map.of("Prefer", "wait=20")));
    while (manifest().body().at("/loadBalancers/0/generation").asLong() < 2) Thread.onSpinWait();
    assertThat(edit.isDone()).isFalse();
    report(false, List.of(says(made, new Outcome.Applied(2), 2)), List.of());
    Answer answer = edit.get();
    assertThat(answer.body().at("/appliedGeneration").asLong()).isEqualTo(2);
    assertThat(answer.headers().firstValue("Preference-Applied")).contains("wait");
  }

  @Test
  void aMissingReportIsAskedFor() {
    Answer made = loadBalancer();
    assertThat(report(false, List.of(), List.of()).body().at("/sendFull").asBoolean()).isTrue();
    assertThat(
            report(true, List.of(says(made, new Outcome.Applied(1), 1)), List.of())
                .body()
                .at("/sendFull")
                .asBoolean())
        .isFalse();
    sequence++;
    assertThat(report(false, List.of(), List.of()).body().at("/sendFull").asBoolean()).isTrue();
  }

  @Test
  void aDrainedMemberIsDisabledWhenItsLastConnectionEnded() {
    Answer made = loadBalancer();
    String id = members(made).getFirst();
    report(
        true,
        List.of(says(made, new Outcome.Applied(1), 1, member(id, MemberReport.Health.HEALTHY, 3))),
        List.of());
    post("/members/" + id + ":drain", "");
    report(
        false,
        List.of(says(made, new Outcome.Applied(1), 1, member(id, MemberReport.Health.HEALTHY, 0))),
        List.of());
    assertThat(get("/members/" + id).text("/mode"))
        .as("the node does not drain it yet")
        .isEqualTo("DRAINING");
    report(
        false,
        List.of(says(made, new Outcome.Applied(2), 2, member(id, MemberReport.Health.HEALTHY, 3))),
        List.of());
    assertThat(get("/members/" + id).text("/mode")).isEqualTo("DRAINING");
    report(
        false,
        List.of(says(made, new Outcome.Applied(2), 2, member(id, MemberReport.Health.HEALTHY, 0))),
        List.of());
    assertThat(get("/members/" + id).text("/mode")).isEqualTo("DISABLED");
  }

  @Test
  void aDeletedOneIsGoneAndItsAddressFreeWhenTheNodeLetGoOfIt() {
    Answer made = loadBalancer();
    String path = "/load-balancers/" + made.text("/id");
    report(true, List.of(says(made, new Outcome.Applied(1), 1)), List.of());
    assertThat(delete(path).status()).isEqualTo(202);
    Answer manifest = manifest();
    assertThat(manifest.body().at("/loadBalancers").size()).isZero();
    assertThat(manifest.text("/tombstones/0")).isEqualTo(made.text("/id"));
    report(false, List.of(), List.of());
    assertThat(get(path).text("/state")).isEqualTo("DELETING");
    String same =
        "{\"name\":\"x\",\"subnetId\":\"%s\",\"address\":\"%s\"}"
            .formatted(site.subnet(), made.text("/address"));
    assertThat(post("/load-balancers", same).text("/type")).isEqualTo("/problems/address-in-use");
    report(false, List.of(), List.of(new LoadBalancerId(made.text("/id"))));
    assertThat(get(path).status()).isEqualTo(404);
    assertThat(manifest().body().at("/tombstones").size()).isZero();
    assertThat(manifest().body().at("/revision").asLong())
        .isGreaterThan(manifest.body().at("/revision").asLong());
    assertThat(post("/load-balancers", same).status()).isEqualTo(201);
  }

  @Test
  void confirmedRemovalsReachTheNodesAsANewRevision() {
    long before = manifest().body().at("/revision").asLong();
    post("/clusters/" + site.cluster() + ":confirmRemovals", "");
    assertThat(manifest().body().at("/revision").asLong()).isEqualTo(before + 1);
    assertThat(manifest().body().at("/removalsConfirmedThrough").asLong()).isEqualTo(before + 1);
  }

  @Test
  void aReportOfAnotherNodeIsRefused() {
    Site other = site();
    NodeReport report =
        new NodeReport(
            new NodeId(other.node()),
            "s",
            1,
            true,
            NOW,
            1,
            1,
            new Capabilities(Map.of(), List.of(), List.of(), Map.of()),
            List.of(),
            List.of(),
            HeldRemovals.NONE,
            List.of(),
            new RoleReport(RoleReport.Role.NONE, Instant.EPOCH, ""));
    assertThat(agent("POST", AgentApi.REPORTS, report, Map.of(), site.nodeKey()).status())
        .isEqualTo(400);
  }
}
