package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.spec.AgentApi;
import dev.poise.spec.Capabilities;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.Outcome;
import dev.poise.spec.Persistence;
import dev.poise.spec.Protocol;
import dev.poise.spec.ProxyProtocol;
import dev.poise.spec.RoleReport;
import dev.poise.spec.Serving;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerOptionsApiTest extends ApiTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private Site site = new Site("", "", "", "", "", "");

  @BeforeEach
  void place() {
    site = site();
  }

  private Answer loadBalancer(String fields) {
    return made(
        "/load-balancers",
        "{\"name\":\"web\",\"subnetId\":\"%s\"%s}".formatted(site.subnet(), fields));
  }

  private Answer listener(Answer loadBalancer, String body) {
    return post("/load-balancers/" + loadBalancer.text("/id") + "/listeners", body);
  }

  private LoadBalancerSpec spec() throws Exception {
    Answer manifest = agent("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey());
    SpecRequest request = new SpecRequest(List.of(manifest.text("/loadBalancers/0/digest")));
    return SpecJson.readSpec(
        agent("POST", AgentApi.SPECS, request, Map.of(), site.nodeKey()).text("/specs/0/json"));
  }

  private void report(List<String> protocols, LoadBalancerReport... said) {
    NodeReport report =
        new NodeReport(
            new NodeId(site.node()),
            "session",
            1,
            true,
            NOW,
            1,
            1,
            new Capabilities(Map.of(), protocols, List.of(), Map.of()),
            List.of(said),
            List.of(),
            HeldRemovals.NONE,
            List.of(),
            new RoleReport(RoleReport.Role.NONE, Instant.EPOCH, ""));
    assertThat(agent("POST", AgentApi.REPORTS, report, Map.of(), site.nodeKey()).status())
        .isEqualTo(200);
  }

  @Test
  void aCookieWithoutANameGetsOneOfOurOwnOnce() throws Exception {
    Answer made =
        listener(
            loadBalancer(""),
            "{\"protocol\":\"HTTP\",\"port\":80,\"defaultPool\":{\"persistence\":{\"type\":\"COOKIE\"}}}");
    String pool = "/pools/" + made.text("/defaultPoolId");
    String name = get(pool).text("/persistence/name");
    assertThat(name).matches("POISE_[0-9a-f]{8}");
    assertThat(spec().pools().getFirst().persistence())
        .isEqualTo(new Persistence.Cookie(new Persistence.CookieName(name)));
    assertThat(patch(pool, "{\"name\":\"other\"}").text("/persistence/name")).isEqualTo(name);
    assertThat(patch(pool, "{\"persistence\":{\"name\":\"SRV\"}}").text("/persistence/name"))
        .isEqualTo("SRV");
    assertThat(patch(pool, "{\"persistence\":{\"name\":null}}").text("/persistence/name"))
        .isEqualTo(name);
    assertThat(patch(pool, "{\"persistence\":null}").text("/persistence/type")).isEqualTo("OFF");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a;b", "ä", "a\\nb", "$a"})
  void aCookiesNameIsLettersDigitsAndUnderscores(String name) {
    Answer refused =
        post(
            "/load-balancers/" + loadBalancer("").text("/id") + "/pools",
            "{\"name\":\"p\",\"persistence\":{\"type\":\"COOKIE\",\"name\":\"%s\"}}"
                .formatted(name));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/persistence/name");
  }

  @Test
  void aTcpListenerRefusesAPoolWithACookie() {
    Answer owner = loadBalancer("");
    made(
        "/load-balancers/" + owner.text("/id") + "/pools",
        "{\"name\":\"sticky\",\"persistence\":{\"type\":\"COOKIE\"}}");
    Answer named =
        listener(owner, "{\"protocol\":\"TCP\",\"port\":80,\"defaultPoolName\":\"sticky\"}");
    assertThat(named.text("/type")).isEqualTo("/problems/unsupported-for-protocol");
    Answer own =
        listener(
            owner,
            "{\"protocol\":\"TCP\",\"port\":80,\"defaultPool\":{\"persistence\":{\"type\":\"COOKIE\"}}}");
    assertThat(own.text("/type")).isEqualTo("/problems/unsupported-for-protocol");
    Answer tcp = listener(owner, "{\"protocol\":\"TCP\",\"port\":80}");
    Answer later =
        patch("/pools/" + tcp.text("/defaultPoolId"), "{\"persistence\":{\"type\":\"COOKIE\"}}");
    assertThat(later.text("/type")).isEqualTo("/problems/unsupported-for-protocol");
  }

  @Test
  void optionsOfOneProtocolReachTheSpecAndAreShown() throws Exception {
    Answer owner = loadBalancer("");
    Answer tcp = listener(owner, "{\"protocol\":\"TCP\",\"port\":25,\"proxyProtocol\":\"V2\"}");
    Answer http =
        listener(owner, "{\"protocol\":\"HTTP\",\"port\":80,\"redirectToHttpsPort\":443}");
    assertThat(tcp.text("/proxyProtocol")).isEqualTo("V2");
    assertThat(http.body().at("/redirectToHttpsPort").asInt()).isEqualTo(443);
    assertThat(http.text("/health")).as("it asks no member").isEqualTo("UNKNOWN");
    report(List.of("TCP", "HTTP"));
    assertThat(get("/listeners/" + http.text("/id")).text("/health")).isEqualTo("HEALTHY");
    assertThat(spec().listeners().stream().map(it -> (Object) it.protocol()))
        .satisfiesExactly(
            one -> assertThat(one).isEqualTo(new Protocol.Tcp(60, ProxyProtocol.V2)),
            two ->
                assertThat(((Protocol.Http) two).redirect())
                    .isEqualTo(new HttpsRedirect.ToPort(443)));
    Answer off = patch("/listeners/" + http.text("/id"), "{\"redirectToHttpsPort\":null}");
    assertThat(off.body().has("redirectToHttpsPort")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "TCP, '\"redirectToHttpsPort\":443', /redirectToHttpsPort",
    "HTTP, '\"proxyProtocol\":\"V1\"', /proxyProtocol",
    "HTTP, '\"tls\":{\"certificateId\":\"cert_01h455vb4pex5vsknk084sn02q\"}', /tls",
    "HTTPS, '\"redirectToHttpsPort\":443', /redirectToHttpsPort",
    "HTTPS, '\"name\":\"no certificate\"', /tls",
    "HTTPS, '\"tls\":{}', /tls/certificateId"
  })
  void optionsOfAnotherProtocolAreRefused(String protocol, String option, String pointer) {
    Answer refused =
        listener(
            loadBalancer(""), "{\"protocol\":\"%s\",\"port\":80,%s}".formatted(protocol, option));
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
  void aTypeRestrictsProtocols() {
    Answer network = loadBalancer(",\"type\":\"NETWORK\"");
    Answer refused = listener(network, "{\"protocol\":\"HTTP\",\"port\":80}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/protocol");
    assertThat(refused.text("/detail")).contains("NETWORK").contains("TCP and UDP, not HTTP");
    assertThat(listener(network, "{\"protocol\":\"TCP\",\"port\":80}").status()).isEqualTo(201);
    String path = "/load-balancers/" + network.text("/id");
    Answer wrong = patch(path, "{\"type\":\"APPLICATION\"}");
    assertThat(wrong.text("/errors/0/pointer")).isEqualTo("/type");
    Answer mixed = patch(path, "{\"type\":\"MIXED\"}");
    assertThat(mixed.text("/type")).isEqualTo("MIXED");
    assertThat(mixed.body().at("/generation").asLong()).as("nodes need not know").isEqualTo(2);
    Answer nested =
        post(
            "/load-balancers",
            "{\"name\":\"x\",\"subnetId\":\"%s\",\"type\":\"APPLICATION\",\"listeners\":[{\"protocol\":\"TCP\",\"port\":80}]}"
                .formatted(site.subnet()));
    assertThat(nested.text("/errors/0/pointer")).isEqualTo("/listeners/0/protocol");
  }

  @Test
  void whatNoLiveNodeCanServeIsRefused() {
    Answer owner = loadBalancer("");
    assertThat(listener(owner, "{\"protocol\":\"TCP\",\"port\":81}").status())
        .as("no node is live yet")
        .isEqualTo(201);
    report(List.of("TCP"));
    Answer refused = listener(owner, "{\"protocol\":\"HTTP\",\"port\":80}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/type")).isEqualTo("/problems/unsupported-for-protocol");
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/protocol");
    Answer nested =
        post(
            "/load-balancers",
            "{\"name\":\"x\",\"subnetId\":\"%s\",\"listeners\":[{\"protocol\":\"TCP\",\"port\":80},{\"protocol\":\"HTTP\",\"port\":81}]}"
                .formatted(site.subnet()));
    assertThat(nested.text("/errors/0/pointer")).isEqualTo("/listeners/1/protocol");
    assertThat(listener(owner, "{\"protocol\":\"TCP\",\"port\":80}").status()).isEqualTo(201);
  }

  @Test
  void checksOfAMemberAreShownNodeByNode() {
    Answer made =
        loadBalancer(
            ",\"listeners\":[{\"protocol\":\"TCP\",\"port\":80,\"defaultPool\":{\"members\":[{\"address\":\"10.1.0.1\",\"port\":80}]}}]");
    made("/clusters/" + site.cluster() + "/nodes", "{\"name\":\"node-2\"}");
    String member =
        get("/pools/" + made.text("/listeners/0/defaultPoolId") + "/members").text("/items/0/id");
    report(
        List.of("TCP"),
        new LoadBalancerReport(
            new LoadBalancerId(made.text("/id")),
            new Outcome.Applied(1),
            new Serving.Running(1, 42, NOW),
            List.of(),
            List.of(),
            List.of(
                new MemberReport(
                    new MemberId(member),
                    MemberReport.Health.UNHEALTHY,
                    "connection refused",
                    NOW,
                    0,
                    0,
                    7))));
    Answer checks = get("/members/" + member + "/checks");
    assertThat(checks.text("/healthCheck/type")).isEqualTo("PORT");
    assertThat(checks.text("/nodes/0/name")).isEqualTo("node-1");
    assertThat(checks.text("/nodes/0/health")).isEqualTo("UNHEALTHY");
    assertThat(checks.text("/nodes/0/reason")).isEqualTo("connection refused");
    assertThat(checks.text("/nodes/0/sinceTime")).isEqualTo(NOW.toString());
    assertThat(checks.body().at("/nodes/0/checkMillis").asInt()).isEqualTo(7);
    assertThat(checks.body().at("/nodes/1/live").asBoolean()).isFalse();
    assertThat(checks.text("/nodes/1/health")).isEqualTo("UNKNOWN");
  }
}
