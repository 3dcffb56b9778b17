package dev.poise.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestNode;
import dev.poise.spec.AgentApi;
import dev.poise.spec.IpAddress;
import dev.poise.spec.JoinRequest;
import dev.poise.spec.SpecRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RevocationApiTest extends ApiTest {
  private Site site = new Site("", "", "", "", "", "");

  @BeforeEach
  void place() {
    site = site();
  }

  private Answer manifest(Map<String, String> headers) {
    return agent("GET", AgentApi.MANIFEST, null, headers, site.nodeKey());
  }

  private Answer revoke() {
    return post("/nodes/" + site.node() + ":revoke", "");
  }

  private Answer loadBalancer() {
    return made(
        "/load-balancers",
        """
        {"name":"web","subnetId":"%s","listeners":[{"protocol":"TCP","port":80,"defaultPool":{"members":[
          {"address":"10.1.0.1","port":8080}]}}]}
        """
            .formatted(site.subnet()));
  }

  @Test
  void aRevokedNodesKeyOpensNothing() {
    Answer revoked = revoke();
    assertThat(revoked.status()).isEqualTo(200);
    assertThat(revoked.text("/revokeTime")).isNotEmpty();
    assertThat(manifest(Map.of()).status()).isEqualTo(401);
    SpecRequest specs = new SpecRequest(List.of("0".repeat(64)));
    assertThat(agent("POST", AgentApi.SPECS, specs, Map.of(), site.nodeKey()).status())
        .isEqualTo(401);
    assertThat(revoke().text("/revokeTime")).isEqualTo(revoked.text("/revokeTime"));
    assertThat(get("/clusters/" + site.cluster()).text("/nodes/0/revokeTime")).isNotEmpty();
  }

  @Test
  void itsLongPollEndsAtOnceWithoutAWordOfTheCluster() throws Exception {
    Map<String, String> headers =
        Map.of("If-None-Match", manifest(Map.of()).etag(), "Prefer", "wait=40");
    CompletableFuture<Answer> poll = CompletableFuture.supplyAsync(() -> manifest(headers));
    // Without a sign that it waits already: one that comes later is refused all the same.
    long start = System.nanoTime();
    revoke();
    assertThat(poll.get().status()).isEqualTo(401);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void anAnswerThatGoesOnEndsWithoutAWordOfTheClusterToo() throws Exception {
    Map<String, String> headers =
        Map.of(
            "If-None-Match",
            manifest(Map.of()).etag(),
            "Prefer",
            "wait=40",
            "Accept",
            AgentApi.LINES);
    try (Lines lines = lines(AgentApi.MANIFEST, headers, site.nodeKey(), this::loadBalancer)) {
      assertThat(lines.next()).isPresent();
      long start = System.nanoTime();
      revoke();
      assertThat(lines.next()).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
    assertThat(manifest(headers).status()).isEqualTo(401);
  }

  @Test
  void aPollOfTheKeyThatWasReplacedEndsToo() throws Exception {
    Map<String, String> headers =
        Map.of("If-None-Match", manifest(Map.of()).etag(), "Prefer", "wait=40");
    CompletableFuture<Answer> poll = CompletableFuture.supplyAsync(() -> manifest(headers));
    String token = made("/nodes/" + site.node() + "/join-tokens", "{}").text("/token");
    JoinRequest request = new JoinRequest(token, "x", new IpAddress("192.0.2.7"));
    assertThat(agent("POST", AgentApi.JOIN, request, Map.of(), site.nodeKey()).status())
        .isEqualTo(200);
    assertThat(poll.get().status()).isEqualTo(401);
  }

  @Test
  void whatItSaidCountsNoMore() {
    Answer made = loadBalancer();
    new TestNode(this::agent, site).serves(made, 1);
    String path = "/load-balancers/" + made.text("/id");
    assertThat(get(path).text("/state")).isEqualTo("ACTIVE");
    revoke();
    assertThat(get(path).text("/state")).isNotEqualTo("ACTIVE");
    Answer udp =
        post(
            path + "/listeners",
            "{\"protocol\":\"UDP\",\"port\":53,\"defaultPool\":{\"members\":[]}}");
    assertThat(udp.status())
        .as("nobody is left who could not serve UDP: " + udp.body())
        .isEqualTo(201);
  }

  @Test
  void nothingWaitsForItsWord() {
    Answer made = loadBalancer();
    new TestNode(this::agent, site).serves(made, 1);
    String path = "/load-balancers/" + made.text("/id");
    delete(path);
    assertThat(get(path).text("/state")).isEqualTo("DELETING");
    revoke();
    assertThat(get(path).status()).isEqualTo(404);
  }

  @Test
  void whatIsDeletedWhenNobodyIsLeftToServeItGoesByItself() throws Exception {
    Answer made = loadBalancer();
    new TestNode(this::agent, site).serves(made, 1);
    revoke();
    String path = "/load-balancers/" + made.text("/id");
    delete(path);
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (get(path).status() != 404 && System.nanoTime() < deadline) Thread.sleep(50);
    assertThat(get(path).status()).isEqualTo(404);
  }

  @Test
  void aDryRunRevokesNobody() {
    assertThat(post("/nodes/" + site.node() + ":revoke?dryRun=true", "").status()).isEqualTo(200);
    assertThat(manifest(Map.of()).status()).isEqualTo(200);
  }

  @Test
  void aTokenForTheNodeLetsItInAgain() {
    revoke();
    String token = made("/nodes/" + site.node() + "/join-tokens", "{}").text("/token");
    JoinRequest request = new JoinRequest(token, "x", new IpAddress("192.0.2.7"));
    Answer joined = send("POST", AgentApi.JOIN, JSON.writeValueAsString(request), Map.of(), null);
    assertThat(joined.text("/node")).isEqualTo(site.node());
    assertThat(manifest(Map.of()).status()).as("the old key").isEqualTo(401);
    assertThat(agent("GET", AgentApi.MANIFEST, null, Map.of(), joined.text("/key")).status())
        .isEqualTo(200);
    assertThat(get("/nodes/" + site.node()).body().has("revokeTime")).isFalse();
  }

  @Test
  void onlyARevokedNodeCanBeDeleted() {
    Answer refused = delete("/nodes/" + site.node());
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/detail")).contains("Revoke it first");
    new TestNode(this::agent, site).serves(loadBalancer(), 1);
    revoke();
    assertThat(delete("/nodes/" + site.node()).status()).isEqualTo(204);
    assertThat(get("/nodes/" + site.node()).status()).isEqualTo(404);
    assertThat(get("/audit-events?resourceId=" + site.node()).body().toString())
        .contains("node.revoke", "node.delete");
  }
}
