package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.e2e.Authority.Issued;
import dev.poise.e2e.Program.Result;
import dev.poise.standalone.ApiClient.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
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
    Result stranger = curl(balancer, SHOP, shown(authority.issue("stranger.test")));
    assertThat(stranger.code()).as("of another authority: " + stranger).isNotZero();
    assertThat(web.requests()).isEqualTo(before);
    Result guest = curl(balancer, SHOP, shown(people.issue("ann.test")));
    assertThat(guest.code()).as(guest.text()).isZero();
    assertThat(guest.text()).startsWith("web\n");
  }

  private static List<String> shown(Issued client) {
    return List.of("--cert", client.certificate().toString(), "--key", client.key().toString());
  }

  @Test
  void newMaterialServesWithinASecondAndFailsNoRequest(World world) throws IOException {
    Issued first = authority.issue(SHOP);
    String certificate = world.certificate("SERVER", first.material());
    HttpBackend web = world.http("web");
    Balancer balancer = world.balancer(Recipe.https(WEB, certificate).members(web));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    assertThat(serial(balancer, SHOP)).isEqualTo(first.serial());
    SSLContext trust = authority.trusting();
    Load keepAlive =
        world.remember(Load.keepAlive(() -> HttpConnection.over(open(balancer, trust, SHOP)), 3));
    Load close =
        world.remember(Load.close(() -> HttpConnection.over(open(balancer, trust, SHOP)), 2));
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
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
      close.awaitAnswers(20);
    }
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

  /** A request that checks the certificate; the body comes back, and the version behind it. */
  private Result curl(Balancer balancer, int port, String domain, List<String> options) {
    String place = domain + ":" + port;
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "-sS",
                "--max-time",
                "10",
                "--noproxy",
                "*",
                "--cacert",
                authority.certificate().toString(),
                "--resolve",
                place + ":" + balancer.at(port).getHostString(),
                "-w",
                "version %{http_version}"));
    command.addAll(options);
    command.add("https://" + place + "/");
    return Program.run(Path.of("."), command);
  }

  private static SSLSocket open(Balancer balancer, SSLContext trust, String domain)
      throws IOException {
    InetSocketAddress target = balancer.at(WEB);
    Socket plain = HttpConnection.connect(target, "127.0.0.1");
    SSLSocket socket =
        (SSLSocket) trust.getSocketFactory().createSocket(plain, domain, target.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(domain)));
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The serial number of the certificate that a handshake shows. */
  private String serial(Balancer balancer, String domain) throws IOException {
    // A context of its own, so that no session is resumed.
    try (SSLSocket socket = open(balancer, authority.trusting(), domain)) {
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      String serial = shown.getSerialNumber().toString(16).toUpperCase(Locale.ROOT);
      return serial.length() % 2 == 0 ? serial : "0" + serial;
    }
  }
}
