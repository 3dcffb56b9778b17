package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.spec.AgentApi;
import dev.poise.spec.BundleRef;
import dev.poise.spec.BundleRequest;
import dev.poise.spec.ClientAuthentication;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import dev.poise.spec.Tls;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpsListenerApiTest extends ApiTest {
  private static final TestCertificate SHOP = TestCertificate.server("shop.test");
  private static final TestCertificate AUTHORITY = TestCertificate.authority("clients");

  private Site site = new Site("", "", "", "", "", "");

  @BeforeEach
  void place() {
    site = site();
  }

  private String server(TestCertificate made) {
    return upload(site.dataCenter(), "SERVER", made.certificate(), made.key()).text("/id");
  }

  private String authority() {
    return upload(site.dataCenter(), "CLIENT_CA", AUTHORITY.certificate(), null).text("/id");
  }

  private Answer upload(String dataCenter, String kind, String certificate, @Nullable String key) {
    Map<String, String> body = new TreeMap<>();
    body.put("name", "c-" + unique());
    body.put("dataCenterId", dataCenter);
    body.put("kind", kind);
    body.put("certificate", certificate);
    if (key != null) body.put("privateKey", key);
    return made("/certificates", JSON.writeValueAsString(body));
  }

  private static String body(String tls) {
    return "{\"protocol\":\"HTTPS\",\"port\":443,\"tls\":%s}".formatted(tls);
  }

  private Answer balancer(String tls) {
    return made(
        "/load-balancers",
        "{\"name\":\"web\",\"subnetId\":\"%s\",\"listeners\":[%s]}"
            .formatted(site.subnet(), body(tls)));
  }

  private Tls spec() throws Exception {
    return spec(agent("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey()), 0);
  }

  private Tls spec(Answer manifest, int index) throws Exception {
    SpecRequest request =
        new SpecRequest(List.of(manifest.text("/loadBalancers/" + index + "/digest")));
    LoadBalancerSpec spec =
        SpecJson.readSpec(
            agent("POST", AgentApi.SPECS, request, Map.of(), site.nodeKey()).text("/specs/0/json"));
    return ((Protocol.Https) spec.listeners().getFirst().protocol()).tls();
  }

  private Answer bundles(Site of, String... digests) {
    return agent(
        "POST", AgentApi.BUNDLES, new BundleRequest(List.of(digests)), Map.of(), of.nodeKey());
  }

  @Test
  void aSpecNamesTheCertificateAndTheNodeFetchesItByDigest() throws Exception {
    String id = server(SHOP);
    Answer made = balancer("{\"certificateId\":\"%s\"}".formatted(id));
    assertThat(made.text("/listeners/0/tls/mode")).isEqualTo("ONE_WAY");
    assertThat(made.text("/listeners/0/tls/policy")).isEqualTo("TLS_1_2_AND_1_3");
    assertThat(get("/certificates/" + id).text("/usedBy/0/listenerId"))
        .isEqualTo(made.text("/listeners/0/id"));
    BundleRef bundle = spec().defaultCertificate().bundle();
    assertThat(bundle.certificate()).hasToString(id);
    Answer answer = bundles(site, bundle.digest(), "0".repeat(64));
    assertThat(answer.body().at("/bundles").size()).isEqualTo(1);
    String pem = answer.text("/bundles/0/pem");
    assertThat(SpecJson.digest(pem)).isEqualTo(bundle.digest());
    assertThat(pem).contains("BEGIN CERTIFICATE").contains("PRIVATE KEY");
    assertThat(bundles(site(), bundle.digest()).body().at("/bundles").size())
        .as("a node of another cluster")
        .isZero();
    assertThat(delete("/certificates/" + id).text("/type"))
        .isEqualTo("/problems/certificate-in-use");
    delete("/listeners/" + made.text("/listeners/0/id"));
    assertThat(bundles(site, bundle.digest()).body().at("/bundles").size())
        .as("no listener shows it any more")
        .isZero();
    assertThat(delete("/certificates/" + id).status()).isEqualTo(204);
  }

  @Test
  void clientsAreAskedForCertificatesDomainByDomain() throws Exception {
    String shop = server(SHOP);
    String other = server(TestCertificate.server("other.test"));
    String authority = authority();
    Answer made =
        balancer(
            """
            {"mode":"TWO_WAY","policy":"TLS_1_3_ONLY","certificateId":"%s","clientCaId":"%s","domains":[
              {"domain":"Other.test","certificateId":"%s"},
              {"domain":"*.shop.test","certificateId":"%s","clientCaId":"%s"}]}
            """
                .formatted(shop, authority, other, shop, authority));
    Tls tls = spec();
    assertThat(tls.policy()).isEqualTo(Tls.Policy.TLS_1_3_ONLY);
    assertThat(tls.defaultCertificate().clientAuthentication())
        .isInstanceOf(ClientAuthentication.Required.class);
    assertThat(tls.domains().getFirst().name()).hasToString("other.test");
    assertThat(tls.domains().getFirst().certificate().clientAuthentication())
        .isEqualTo(new ClientAuthentication.None());
    assertThat(get("/certificates/" + authority).body().at("/usedBy").size()).isEqualTo(1);
    String listener = "/listeners/" + made.text("/listeners/0/id");
    Answer open =
        patch(listener, "{\"tls\":{\"mode\":\"ONE_WAY\",\"clientCaId\":null,\"domains\":null}}");
    assertThat(open.status()).as(open.body().toString()).isEqualTo(200);
    assertThat(open.text("/tls/mode")).isEqualTo("ONE_WAY");
    assertThat(get("/certificates/" + authority).body().at("/usedBy").size()).isZero();
    assertThat(delete("/load-balancers/" + made.text("/id")).status()).isEqualTo(202);
    assertThat(get("/certificates/" + shop).body().at("/usedBy").size()).isZero();
  }

  @Test
  void certificatesThatDoNotFitAreRefused() {
    String shop = server(SHOP);
    String authority = authority();
    String foreign =
        upload(site().dataCenter(), "SERVER", SHOP.certificate(), SHOP.key()).text("/id");
    String listeners =
        "/load-balancers/"
            + made(
                    "/load-balancers",
                    "{\"name\":\"x\",\"subnetId\":\"%s\"}".formatted(site.subnet()))
                .text("/id")
            + "/listeners";
    Answer wrongKind = post(listeners, body("{\"certificateId\":\"%s\"}".formatted(authority)));
    assertThat(wrongKind.status()).isEqualTo(422);
    assertThat(wrongKind.text("/errors/0/pointer")).isEqualTo("/tls/certificateId");
    Answer elsewhere = post(listeners, body("{\"certificateId\":\"%s\"}".formatted(foreign)));
    assertThat(elsewhere.text("/detail")).contains("another data centre");
    Answer unknown =
        post(listeners, body("{\"certificateId\":\"cert_01h455vb4pex5vsknk084sn02q\"}"));
    assertThat(unknown.status()).isEqualTo(404);
    Answer noAuthority =
        post(listeners, body("{\"mode\":\"TWO_WAY\",\"certificateId\":\"%s\"}".formatted(shop)));
    assertThat(noAuthority.text("/errors/0/pointer")).isEqualTo("/tls/clientCaId");
    Answer twice =
        post(
            listeners,
            body(
                """
                {"certificateId":"%s","domains":[{"domain":"a.test","certificateId":"%s"},
                  {"domain":"A.test","certificateId":"%s"}]}
                """
                    .formatted(shop, shop, shop)));
    assertThat(twice.text("/errors/0/pointer")).isEqualTo("/tls/domains/1/domain");
    Answer asServer =
        post(
            listeners,
            body(
                "{\"mode\":\"TWO_WAY\",\"certificateId\":\"%s\",\"clientCaId\":\"%s\"}"
                    .formatted(shop, shop)));
    assertThat(asServer.text("/errors/0/pointer")).isEqualTo("/tls/clientCaId");
  }

  @Test
  void newMaterialReachesEveryLoadBalancerThatUsesItAtOnce() throws Exception {
    String id = server(SHOP);
    String tls = "{\"certificateId\":\"%s\"}".formatted(id);
    balancer(tls);
    balancer("{\"certificateId\":\"%s\"}".formatted(server(TestCertificate.server("calm.test"))));
    balancer(tls);
    BundleRef before = spec().defaultCertificate().bundle();
    long revision =
        agent("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey())
            .body()
            .at("/revision")
            .asLong();
    TestCertificate renewed = TestCertificate.server("shop.test");
    Answer answer =
        call(
            "PUT",
            "/certificates/" + id + "/material",
            JSON.writeValueAsString(
                Map.of("certificate", renewed.certificate(), "privateKey", renewed.key())),
            Map.of());
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    assertThat(answer.body().at("/usedBy").size()).isEqualTo(2);
    assertThat(answer.body().toString()).doesNotContain("PRIVATE KEY");
    Answer manifest = agent("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey());
    assertThat(manifest.body().at("/revision").asLong()).isEqualTo(revision + 1);
    assertThat(
            manifest
                .body()
                .at("/loadBalancers")
                .valueStream()
                .map(it -> it.at("/generation").asInt())
                .toList())
        .containsExactly(2, 1, 2);
    BundleRef after = spec(manifest, 0).defaultCertificate().bundle();
    assertThat(after.digest()).isNotEqualTo(before.digest());
    assertThat(spec(manifest, 2).defaultCertificate().bundle()).isEqualTo(after);
    assertThat(bundles(site, before.digest(), after.digest()).body().at("/bundles").size())
        .isEqualTo(1);
    Answer refused =
        call(
            "PUT",
            "/certificates/" + id + "/material",
            JSON.writeValueAsString(
                Map.of("certificate", SHOP.certificate(), "privateKey", renewed.key())),
            Map.of());
    assertThat(refused.status()).isEqualTo(422);
    assertThat(spec().defaultCertificate().bundle()).isEqualTo(after);
  }
}
