package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.e2e.Authority.Issued;
import dev.poise.e2e.Program.Result;
import dev.poise.standalone.ApiClient.Answer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** HTTPS listeners with curl and the JDK as clients, and certificates that openssl made. */
@ExtendWith(Worlds.class)
class HttpsTest {
  private static final int WEB = 443;
  private static final String SHOP = "shop.test";
  private static final String BLOG = "blog.test";

  private final Authority authority = Authority.make("servers");
  private final Authority people = Authority.make("people");

  @AfterEach
  void forget() {
    authority.close();
    people.close();
  }

  @Test
  void tls12AndTls13AndHttp2AreSpoken(World world) {
    Balancer balancer = shop(world, authority.issue(SHOP));
    for (List<String> options :
        List.of(
            List.of("--http1.1", "--tlsv1.2", "--tls-max", "1.2"),
            List.of("--http1.1", "--tlsv1.3"),
            List.of("--http2"))) {
      Result result = curl(balancer, SHOP, options);
      assertThat(result.code()).as(result.text()).isZero();
      assertThat(result.text()).startsWith("web\n").endsWith(version(options));
      assertThat(result.text()).containsIgnoringCase("x-forwarded-proto: https");
    }
    Result old = curl(balancer, SHOP, List.of("--tls-max", "1.1", "--ciphers", "ALL@SECLEVEL=0"));
    assertThat(old.code()).as("TLS 1.1").isNotZero();
  }

  private static String version(List<String> options) {
    return options.contains("--http2") ? "version 2" : "version 1.1";
  }

  @Test
  void aPolicyRefusesTheOtherVersion(World world) {
    String certificate = world.certificate("SERVER", authority.issue(SHOP).material());
    HttpBackend web = world.http("web");
    Balancer balancer =
        world.balancer(
            Recipe.https(443, certificate)
                .option("tls", Map.of("certificateId", certificate, "policy", "TLS_1_3_ONLY"))
                .members(web),
            Recipe.https(444, certificate)
                .option("tls", Map.of("certificateId", certificate, "policy", "TLS_1_2_ONLY"))
                .members(web));
    balancer.awaitHealth(443, web, "HEALTHY");
    balancer.awaitHealth(444, web, "HEALTHY");
    List<String> only12 = List.of("--tlsv1.2", "--tls-max", "1.2");
    List<String> only13 = List.of("--tlsv1.3");
    assertThat(curl(balancer, 443, SHOP, only13).code()).isZero();
    assertThat(curl(balancer, 443, SHOP, only12).code()).isNotZero();
    assertThat(curl(balancer, 444, SHOP, only12).code()).isZero();
    assertThat(curl(balancer, 444, SHOP, only13).code()).isNotZero();
  }

  @Test
  void eachDomainIsShownItsOwnCertificateBySni(World world) throws IOException {
    Issued shop = authority.issue(SHOP);
    Issued blog = authority.issue(BLOG);
    String ofShop = world.certificate("SERVER", shop.material());
    String ofBlog = world.certificate("SERVER", blog.material());
    HttpBackend web = world.http("web");
    Balancer balancer =
        world.balancer(
            Recipe.https(WEB, ofShop)
                .option(
                    "tls",
                    Map.of(
                        "certificateId",
                        ofShop,
                        "domains",
                        List.of(Map.of("domain", BLOG, "certificateId", ofBlog))))
                .members(web));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    assertThat(serial(balancer, SHOP)).isEqualTo(shop.serial());
    assertThat(serial(balancer, BLOG)).isEqualTo(blog.serial());
    // curl checks that the name fits as well.
    for (String domain : List.of(SHOP, BLOG)) {
      Result result = curl(balancer, domain, List.of());
      assertThat(result.code()).as(result.text()).isZero();
    }
  }

  @Test
  void twoWayLetsInOnlyClientsThatTheAuthoritySigned(World world) {
    String certificate = world.certificate("SERVER", authority.issue(SHOP).material());
    String clientCa = world.certificate("CLIENT_CA", people.material());
    HttpBackend web = world.http("web");
    Balancer balancer =
        world.balancer(
            Recipe.https(WEB, certificate)
                .option(
                    "tls",
                    Map.of("mode", "TWO_WAY", "certificateId", certificate, "clientCaId", clientCa))
                .members(web));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    int before = web.requests();
    assertThat(curl(balancer, SHOP, List.of()).code()).as("no certificate").isNotZero();
    Result stranger = curl(balancer, SHOP, Curl.shown(authority.issue("stranger.test")));
    assertThat(stranger.code()).as("of another authority: " + stranger).isNotZero();
    assertThat(web.requests()).isEqualTo(before);
    Result guest = curl(balancer, SHOP, Curl.shown(people.issue("ann.test")));
    assertThat(guest.code()).as(guest.text()).isZero();
    assertThat(guest.text()).startsWith("web\n");
  }

  @Test
  void newMaterialServesWithinASecondAndFailsNoRequest(World world) throws IOException {
    Issued first = authority.issue(SHOP);
    String certificate = world.certificate("SERVER", first.material());
    HttpBackend web = world.http("web");
    Balancer balancer = world.balancer(Recipe.https(WEB, certificate).members(web));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    assertThat(serial(balancer, SHOP)).isEqualTo(first.serial());
    TlsClient shop = new TlsClient(authority.trusting(), SHOP);
    Load keepAlive =
        world.remember(Load.keepAlive(() -> HttpConnection.over(shop.open(balancer.at(WEB))), 3));
    Load close =
        world.remember(Load.close(() -> HttpConnection.over(shop.open(balancer.at(WEB))), 2));
    List<Duration> took = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      Issued next = authority.issue(SHOP);
      keepAlive.awaitAnswers(20);
      close.awaitAnswers(20);
      long start = System.nanoTime();
      Answer answer =
          world
              .api()
              .send(
                  "PUT",
                  "/certificates/" + certificate + "/material",
                  Optional.of(next.material()),
                  Map.of("Prefer", "wait=10"));
      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
      assertThat(serial(balancer, SHOP)).isEqualTo(next.serial());
      took.add(Duration.ofNanos(System.nanoTime() - start));
      close.awaitAnswers(20);
    }
    assertThat(Collections.min(took)).isLessThan(Duration.ofSeconds(1));
    assertThat(Collections.max(took)).isLessThan(Duration.ofSeconds(5));
    for (Load load : List.of(keepAlive, close)) {
      Tally tally = load.stop();
      assertThat(tally.reasons()).isEmpty();
      assertThat(tally.answers()).isGreaterThan(100);
    }
  }

  @Test
  void thePrivateKeyIsNowhereToBeRead(World world) throws Exception {
    Issued issued = authority.issue(SHOP);
    Map<String, Object> material = issued.material();
    String certificate = world.certificate("SERVER", material);
    HttpBackend web = world.http("web");
    Balancer balancer = world.balancer(Recipe.https(WEB, certificate).members(web));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    assertThat(curl(balancer, SHOP, List.of()).code()).isZero();
    // The first line of an EC key holds little but its kind.
    String secret = String.valueOf(material.get("privateKey")).lines().toList().get(2);
    assertThat(secret).hasSizeGreaterThan(40);
    List<String> places = new ArrayList<>();
    for (String path :
        List.of(
            "/certificates",
            "/certificates/" + certificate,
            balancer.path(),
            balancer.path() + "/listeners",
            balancer.path() + "/status-tree",
            "/clusters")) {
      places.add(world.api().get(path).toString());
    }
    places.addAll(specs(world, balancer));
    places.add(world.logs());
    for (String place : places) assertThat(place).doesNotContain(secret, "PRIVATE KEY");
  }

  private static List<String> specs(World world, Balancer balancer) throws SQLException {
    try (Connection sql = world.sql();
        Statement statement = sql.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id::text, spec FROM load_balancers")) {
      List<String> specs = new ArrayList<>();
      while (rows.next()) specs.add(rows.getString("spec"));
      assertThat(specs).anyMatch(spec -> spec.contains(balancer.id()));
      return specs;
    }
  }

  @Test
  void aCertificateInUseCannotBeDeleted(World world) {
    String certificate = world.certificate("SERVER", authority.issue(SHOP).material());
    Balancer balancer = world.balancer(Recipe.https(WEB, certificate).members(world.http("web")));
    Answer answer =
        world.api().send("DELETE", "/certificates/" + certificate, Optional.empty(), Map.of());
    assertThat(answer.status()).as(answer.toString()).isEqualTo(409);
    assertThat(answer.problem()).isEqualTo("certificate-in-use");
    assertThat(answer.text()).contains("https-443");
    assertThat(world.api().get("/certificates/" + certificate).path("usedBy").toString())
        .contains(balancer.id());
  }

  // --- What these tests have in common
  // ----------------------------------------------------------------

  private Balancer shop(World world, Issued issued) {
    HttpBackend web = world.http("web");
    Balancer balancer =
        world.balancer(
            Recipe.https(WEB, world.certificate("SERVER", issued.material())).members(web));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    return balancer;
  }

  private Result curl(Balancer balancer, String domain, List<String> options) {
    return curl(balancer, WEB, domain, options);
  }

  private Result curl(Balancer balancer, int port, String domain, List<String> options) {
    return new Curl(authority, balancer).get(port, domain, options);
  }

  private String serial(Balancer balancer, String domain) throws IOException {
    return TlsClient.serial(authority, balancer.at(WEB), domain);
  }
}
