package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.spec.AgentApi;
import dev.poise.spec.Capabilities;
import dev.poise.spec.Datagram;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.ListenerReport;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.Outcome;
import dev.poise.spec.Persistence;
import dev.poise.spec.Protocol;
import dev.poise.spec.RoleReport;
import dev.poise.spec.Serving;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import dev.poise.spec.VipReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class UdpListenerApiTest extends ApiTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Autowired private SpecRenewal renewal;
  @Autowired private JdbcClient db;

  private Site site = new Site("", "", "", "", "", "");
  private Answer owner = new Answer(0, JSON.nullNode(), noHeaders());

  private static java.net.http.HttpHeaders noHeaders() {
    return java.net.http.HttpHeaders.of(Map.of(), (_, _) -> true);
  }

  @BeforeEach
  void place() {
    site = site();
    owner =
        made("/load-balancers", "{\"name\":\"dns\",\"subnetId\":\"%s\"}".formatted(site.subnet()));
  }

  private Answer listener(String body) {
    return post("/load-balancers/" + owner.text("/id") + "/listeners", body);
  }

  private LoadBalancerSpec spec() throws Exception {
    Answer manifest = agent("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey());
    SpecRequest request = new SpecRequest(List.of(manifest.text("/loadBalancers/0/digest")));
    return SpecJson.readSpec(
        agent("POST", AgentApi.SPECS, request, Map.of(), site.nodeKey()).text("/specs/0/json"));
  }

  private void report(Capabilities can, List<String> problems, LoadBalancerReport... said) {
    NodeReport report =
        new NodeReport(
            new NodeId(site.node()),
            "session",
            1,
            true,
            NOW,
            1,
            1,
            can,
            List.of(said),
            List.of(),
            HeldRemovals.NONE,
            problems,
            new RoleReport(RoleReport.Role.NONE, Instant.EPOCH, ""));
    assertThat(agent("POST", AgentApi.REPORTS, report, Map.of(), site.nodeKey()).status())
        .isEqualTo(200);
  }

  @Test
  void aUdpListenerStandsBesideATcpListenerOnTheSamePort() throws Exception {
    assertThat(listener("{\"protocol\":\"TCP\",\"port\":53}").status()).isEqualTo(201);
    Answer udp =
        listener(
            """
            {"protocol":"UDP","port":53,"sessionTimeoutSeconds":10,"connectionLimit":5,"defaultPool":{
              "persistence":{"type":"SOURCE_IP"},
              "healthCheck":{"type":"UDP","requestHex":"00ff","answerHex":""}}}
            """);
    assertThat(udp.status()).isEqualTo(201);
    assertThat(udp.text("/name")).isEqualTo("udp-53");
    assertThat(udp.body().at("/sessionTimeoutSeconds").asInt()).isEqualTo(10);
    assertThat(udp.body().has("idleTimeoutSeconds")).isFalse();
    Answer pool = get("/pools/" + udp.text("/defaultPoolId"));
    assertThat(pool.text("/healthCheck/requestHex")).isEqualTo("00ff");
    assertThat(pool.body().at("/healthCheck").has("answerHex")).isTrue();

    LoadBalancerSpec told = spec();
    assertThat(told.listeners().getLast().protocol()).isEqualTo(new Protocol.Udp(10));
    assertThat(told.pools().getLast().persistence()).isEqualTo(new Persistence.SourceIp());
    assertThat(told.pools().getLast().healthCheck())
        .isEqualTo(
            new HealthCheck.Udp(
                new HealthCheck.Timing(2, 1, 2, 3),
                new Datagram("00ff"),
                new HealthCheck.Expected.AnyAnswer()));
    Answer twice = listener("{\"protocol\":\"UDP\",\"port\":53}");
    assertThat(twice.text("/type")).isEqualTo("/problems/port-in-use");
    Answer longer =
        patch("/listeners/" + udp.text("/id"), "{\"sessionTimeoutSeconds\":20,\"name\":\"dns\"}");
    assertThat(longer.body().at("/sessionTimeoutSeconds").asInt()).isEqualTo(20);
    assertThat(longer.body().at("/connectionLimit").asInt()).isEqualTo(5);
  }

  @Test
  void bothCanBeMadeWithTheLoadBalancer() {
    String body =
        """
        {"name":"both","subnetId":"%s","listeners":[{"protocol":"UDP","port":53},{"protocol":"TCP","port":53}%s]}
        """;
    assertThat(post("/load-balancers", body.formatted(site.subnet(), "")).status()).isEqualTo(201);
    Answer twice =
        post(
            "/load-balancers",
            body.formatted(site.subnet(), ",{\"protocol\":\"UDP\",\"port\":53}"));
    assertThat(twice.text("/errors/0/pointer")).isEqualTo("/listeners/2/port");
  }

  @ParameterizedTest
  @CsvSource({
    "UDP, '\"idleTimeoutSeconds\":5', /idleTimeoutSeconds",
    "UDP, '\"rules\":[{\"domain\":\"a.test\",\"action\":{\"type\":\"FIXED_RESPONSE\",\"statusCode\":200}}]',"
        + " /rules",
    "UDP, '\"proxyProtocol\":\"V1\"', /proxyProtocol",
    "UDP, '\"sessionTimeoutSeconds\":0', /sessionTimeoutSeconds",
    "TCP, '\"sessionTimeoutSeconds\":5', /sessionTimeoutSeconds",
    "UDP, '\"defaultPool\":{\"algorithm\":\"LEAST_CONNECTIONS\"}', /defaultPool/algorithm",
    "UDP, '\"defaultPool\":{\"persistence\":{\"type\":\"COOKIE\"}}', /defaultPool/persistence/type",
    "UDP, '\"defaultPool\":{\"healthCheck\":{\"type\":\"HTTP\"}}', /defaultPool/healthCheck/type",
    "UDP, '\"defaultPool\":{\"healthCheck\":{\"type\":\"UDP\",\"requestHex\":\"0\"}}',"
        + " /defaultPool/healthCheck/requestHex",
    "UDP, '\"defaultPool\":{\"healthCheck\":{\"requestHex\":\"00\"}}',"
        + " /defaultPool/healthCheck/requestHex",
    "HTTP, '\"defaultPool\":{\"healthCheck\":{\"type\":\"UDP\"}}', /defaultPool/healthCheck/type",
    "TCP, '\"defaultPool\":{\"persistence\":{\"type\":\"SOURCE_IP\"}}',"
        + " /defaultPool/persistence/type"
  })
  void whatAProtocolCannotDoIsRefused(String protocol, String option, String pointer) {
    Answer refused = listener("{\"protocol\":\"%s\",\"port\":5300,%s}".formatted(protocol, option));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(
            refused
                .body()
                .at("/errors")
                .valueStream()
                .map(it -> it.at("/pointer").asString())
                .toList())
        .contains(pointer);
  }

  @Test
  void aPoolOfAUdpListenerCannotBecomeOneForRequests() {
    Answer udp = listener("{\"protocol\":\"UDP\",\"port\":53}");
    String pool = "/pools/" + udp.text("/defaultPoolId");
    Answer counted = patch(pool, "{\"algorithm\":\"LEAST_CONNECTIONS\"}");
    assertThat(counted.text("/type")).isEqualTo("/problems/unsupported-for-protocol");
    assertThat(counted.text("/detail")).contains("udp-53").contains("no connections to count");
    Answer checked = patch(pool, "{\"healthCheck\":{\"type\":\"UDP\"}}");
    assertThat(checked.status()).isEqualTo(200);
    Answer shared =
        listener(
            "{\"protocol\":\"HTTP\",\"port\":80,\"defaultPoolId\":\"%s\"}"
                .formatted(udp.text("/defaultPoolId")));
    assertThat(shared.text("/type")).isEqualTo("/problems/unsupported-for-protocol");
  }

  @Test
  void aClusterThatCannotServeUdpSaysWhy() {
    report(
        new Capabilities(
            Map.of(), List.of("TCP"), List.of(), Map.of("UDP", "nft: Operation not permitted")),
        List.of("the manifest 7 is older than 8"));
    Answer refused = listener("{\"protocol\":\"UDP\",\"port\":53}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/detail")).contains("node-1").contains("Operation not permitted");
    Answer node = get("/nodes/" + site.node());
    assertThat(node.text("/missing/UDP")).isEqualTo("nft: Operation not permitted");
    assertThat(node.text("/problems/0")).isEqualTo("the manifest 7 is older than 8");
  }

  @Test
  void packetsAndSessionsAreShown() {
    Answer udp = listener("{\"protocol\":\"UDP\",\"port\":53}");
    report(
        new Capabilities(Map.of(), List.of("UDP"), List.of(), Map.of()),
        List.of(),
        new LoadBalancerReport(
            new LoadBalancerId(owner.text("/id")),
            new Outcome.Applied(2),
            new Serving.InKernel(2),
            List.of(new VipReport(new IpAddress(owner.text("/address")), 7, 700, 8, 800)),
            List.of(
                new ListenerReport(
                    new ListenerId(udp.text("/id")), 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6)),
            List.of()));
    Answer shown = get("/load-balancers/" + owner.text("/id"));
    assertThat(shown.text("/state")).isEqualTo("ACTIVE");
    assertThat(shown.body().at("/traffic/0/receivedPackets").asLong()).isEqualTo(7);
    assertThat(shown.body().at("/traffic/0/transmittedBytes").asLong()).isEqualTo(800);
    Answer listener = get("/listeners/" + udp.text("/id"));
    assertThat(listener.body().at("/traffic/activeConnections").asLong()).isEqualTo(3);
    assertThat(listener.body().at("/traffic/transmittedPackets").asLong()).isEqualTo(6);
  }

  @Test
  void aStoredSpecOfAnOlderFormIsToldAnew() throws Exception {
    LoadBalancerSpec now = spec();
    assertThat(renewal.renew()).as("nothing differs").isZero();
    db.sql("UPDATE load_balancers SET spec = '{}', spec_digest = 'old' WHERE id = ?")
        .params(owner.text("/id"))
        .update();
    assertThat(renewal.renew()).isEqualTo(1);
    LoadBalancerSpec after = spec();
    assertThat(after.generation()).isEqualTo(now.generation() + 1);
    assertThat(after.vips()).isEqualTo(now.vips());
    assertThat(get("/load-balancers/" + owner.text("/id")).etag()).isEqualTo(owner.etag());
    assertThat(renewal.renew()).isZero();
  }
}
