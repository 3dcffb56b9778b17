package dev.poise.agent.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.support.Certificates;
import dev.poise.agent.support.Command;
import dev.poise.agent.support.Http2Request;
import dev.poise.agent.support.Specs;
import dev.poise.spec.BundleRef;
import dev.poise.spec.ClientAuthentication;
import dev.poise.spec.DomainPattern;
import dev.poise.spec.Protocol;
import dev.poise.spec.SpecJson;
import dev.poise.spec.Tls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpsTest extends EngineTest {
  private static final ClientAuthentication NOBODY_ASKED = new ClientAuthentication.None();

  private Certificates authority;
  private Certificates clients;
  private Certificates.Issued fallback;
  private Certificates.Issued shop;

  @BeforeEach
  void issue() throws Exception {
    authority = Certificates.authority("servers");
    clients = Certificates.authority("clients");
    // It has the name of another one too, which must not matter.
    fallback = authority.issue("fallback.test", "shop.test");
    shop = authority.issue("shop.test", "www.shop.test");
    keep(authority.pem());
    keep(clients.pem());
    keep(fallback.pem());
    keep(shop.pem());
    write("servers.pem", authority.pem());
    Certificates.Issued client = clients.issue("client");
    write("client.pem", client.certificate());
    write("client.key", client.key());
  }

  private void keep(String pem) throws IOException {
    bundles.put(SpecJson.digest(pem), pem);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(scratch.directory().resolve(name), text);
  }

  private static Tls.Certificate open(BundleRef bundle) {
    return new Tls.Certificate(bundle, NOBODY_ASKED);
  }

  private Tls.Certificate asking(BundleRef bundle) {
    return new Tls.Certificate(bundle, new ClientAuthentication.Required(clients.ref()));
  }

  private static Tls tls(Tls.Certificate standard, Tls.Domain... domains) {
    return new Tls(Tls.Policy.TLS_1_2_AND_1_3, standard, List.of(domains));
  }

  private static Tls.Domain domain(String name, Tls.Certificate certificate) {
    return new Tls.Domain(new DomainPattern(name), certificate);
  }

  private void serve(Tls tls) throws Exception {
    specs.https(PORT, tls);
    applied();
    proven();
  }

  private Command get(String host, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--cacert", "servers.pem", "--resolve"));
    arguments.add(host + ":" + PORT + ":" + specs.vip);
    arguments.add("https://" + host + ":" + PORT + "/");
    return Command.curl(scratch.directory(), arguments.toArray(String[]::new));
  }

  private String shown(String name, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("openssl", "s_client", "-connect", specs.vip + ":" + PORT));
    if (!name.isEmpty()) command.addAll(List.of("-servername", name));
    else command.add("-noservername");
    command.addAll(List.of(options));
    return Command.run(scratch.directory(), command).output();
  }

  @Test
  void speaksHttp2AndTellsMembersThatItWasHttps() throws Exception {
    serve(tls(open(shop.ref())));
    assertThat(get("shop.test").output()).matches("(one|two) 200 2");
    assertThat(get("shop.test", "--http1.1").output()).matches("(one|two) 200 1.1");
    String headers = one.lastHeaders() + two.lastHeaders();
    assertThat(headers)
        .contains("X-forwarded-proto=[https]", "X-forwarded-port=[" + PORT + "]")
        .contains("Host=[shop.test:" + PORT + "]");
  }

  @Test
  void showsTheCertificateOfTheDomainAClientNames() throws Exception {
    Certificates.Issued wild = authority.issue("*.wild.test");
    keep(wild.pem());
    serve(
        tls(
            open(fallback.ref()),
            domain("shop.test", open(shop.ref())),
            domain("*.wild.test", open(wild.ref()))));
    assertThat(shown("shop.test")).contains("subject=CN = shop.test");
    assertThat(shown("SHOP.test")).contains("subject=CN = shop.test");
    assertThat(shown("a.wild.test")).contains("subject=CN = *.wild.test");
    assertThat(shown("a.b.wild.test")).contains("subject=CN = fallback.test");
    assertThat(shown("other.test")).contains("subject=CN = fallback.test");
    assertThat(shown("")).contains("subject=CN = fallback.test");
  }

  @ParameterizedTest
  @CsvSource({
    "TLS_1_2_ONLY,    false, true, false",
    "TLS_1_2_AND_1_3, false, true, true",
    "TLS_1_3_ONLY,    false, false, true",
  })
  void speaksTheVersionsOfItsPolicy(
      Tls.Policy policy, boolean oneOne, boolean oneTwo, boolean oneThree) throws Exception {
    serve(new Tls(policy, open(shop.ref()), List.of(domain("shop.test", open(shop.ref())))));
    assertThat(speaks("-tls1_1")).isEqualTo(oneOne);
    assertThat(speaks("-tls1_2")).isEqualTo(oneTwo);
    assertThat(speaks("-tls1_3")).isEqualTo(oneThree);
  }

  @Test
  void aCertificateThatIsReplacedIsShownInTheSameVersionsOnly() throws Exception {
    serve(new Tls(Tls.Policy.TLS_1_3_ONLY, open(fallback.ref()), List.of()));
    specs.change(0, https(new Tls(Tls.Policy.TLS_1_3_ONLY, open(shop.ref()), List.of())));
    applied();
    assertThat(shown("")).contains("subject=CN = shop.test");
    assertThat(speaks("-tls1_2")).isFalse();
    assertThat(speaks("-tls1_3")).isTrue();
  }

  private boolean speaks(String version) throws Exception {
    boolean named = shown("shop.test", version).contains("BEGIN CERTIFICATE");
    assertThat(shown("", version).contains("BEGIN CERTIFICATE")).isEqualTo(named);
    return named;
  }

  @Test
  void refusesClientsWithoutACertificateOfTheAuthority() throws Exception {
    serve(tls(asking(shop.ref())));
    Certificates.Issued stranger = authority.issue("stranger");
    write("stranger.pem", stranger.certificate());
    write("stranger.key", stranger.key());
    assertThat(get("shop.test").exit()).isNotZero();
    assertThat(get("shop.test", "--cert", "stranger.pem", "--key", "stranger.key").exit())
        .isNotZero();
    assertThat(get("shop.test", "--cert", "client.pem", "--key", "client.key").output())
        .contains(" 200 2");
    assertThat(one.requests() + two.requests()).isEqualTo(1);
  }

  @Test
  void aProtectedDomainCannotBeReachedByTheHandshakeOfAnother() throws Exception {
    serve(tls(open(fallback.ref()), domain("shop.test", asking(shop.ref()))));
    assertThat(get("fallback.test").output()).contains(" 200 2");
    assertThat(get("fallback.test", "-H", "Host: FALLBACK.test:99").output()).contains(" 200 2");
    assertThat(get("fallback.test", "-H", "Host: shop.test").output()).contains(" 421 ");
    assertThat(get("fallback.test", "--http1.1", "-H", "Host: shop.test").output())
        .contains(" 421 ");
    assertThat(get("fallback.test", "-H", "Host: shop.test,fallback.test").output())
        .containsPattern(" (400|421) ");
    String byAddress = specs.vip.text();
    assertThat(get(byAddress, "-k").output()).contains(" 200 2");
    assertThat(get(byAddress, "-k", "-H", "Host: shop.test").output()).contains(" 421 ");
    assertThat(get("shop.test").exit()).isNotZero();
    assertThat(get("shop.test", "--cert", "client.pem", "--key", "client.key").output())
        .contains(" 200 2");
  }

  @ParameterizedTest
  @CsvSource({"-tls1_2", "-tls1_3"})
  void aProtectedDomainCannotBeReachedByASessionOfAnother(String version) throws Exception {
    serve(tls(open(fallback.ref()), domain("shop.test", asking(shop.ref()))));
    write("session", "");
    shown("fallback.test", version, "-sess_out", "session");
    String resumed = shown("shop.test", version, "-sess_in", "session");
    assertThat(resumed).doesNotContain("Reused");
  }

  @Test
  void otherMaterialIsShownWithoutAnotherProcessAndNoRequestFails() throws Exception {
    serve(tls(open(shop.ref()), domain("shop.test", open(shop.ref()))));
    long pid = pid();
    String before = fingerprintOf(shown("shop.test"));
    AtomicBoolean stopped = new AtomicBoolean();
    List<String> answers = new CopyOnWriteArrayList<>();
    Thread load = Thread.ofVirtual().start(() -> askUntil(stopped, answers));
    try (Socket kept = connectTrustingTheAuthority()) {
      for (int i = 0; i < 5; i++) {
        Certificates.Issued renewed = authority.issue("shop.test");
        keep(renewed.pem());
        specs.change(0, https(tls(open(renewed.ref()), domain("shop.test", open(renewed.ref())))));
        applied();
        String after = fingerprintOf(shown("shop.test"));
        assertThat(after).isNotEqualTo(before);
        assertThat(fingerprintOf(shown(""))).isEqualTo(after);
        assertThat(askOn(kept)).startsWith("HTTP/1.1 200 ");
        before = after;
      }
    } finally {
      stopped.set(true);
      load.join();
    }
    assertThat(answers).hasSizeGreaterThan(5).allMatch(answer -> answer.endsWith(" 200 2"));
    assertThat(pid()).isEqualTo(pid);
    assertThat(haproxy.read().live().orElseThrow().generation()).isEqualTo(6);
  }

  private void askUntil(AtomicBoolean stopped, List<String> answers) {
    try {
      while (!stopped.get()) answers.add(get("shop.test").output());
    } catch (Exception e) {
      answers.add(e.toString());
    }
  }

  private SSLSocket connectTrustingTheAuthority() throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "servers",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(authority.pem().getBytes(US_ASCII))));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(specs.vip.text(), PORT);
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static String askOn(Socket socket, String... headers) throws IOException {
    String more = Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining());
    socket
        .getOutputStream()
        .write(("HEAD / HTTP/1.1\r\nHost: shop.test\r\n" + more + "\r\n").getBytes(US_ASCII));
    byte[] buffer = new byte[16 * 1024];
    int read = socket.getInputStream().read(buffer);
    return new String(buffer, 0, Math.max(read, 0), US_ASCII);
  }

  private static Protocol https(Tls tls) {
    return new Protocol.Https(Specs.options(), tls);
  }

  private String fingerprintOf(String shown) {
    int begin = shown.indexOf("-----BEGIN CERTIFICATE-----");
    int end = shown.indexOf("-----END CERTIFICATE-----");
    assertThat(begin).isPositive();
    return shown.substring(begin, end);
  }

  @Test
  void anAuthorityThatIsReplacedSignsNobodyInAnyMore() throws Exception {
    serve(tls(asking(shop.ref())));
    Certificates others = Certificates.authority("other clients");
    keep(others.pem());
    specs.change(
        0,
        https(
            tls(new Tls.Certificate(shop.ref(), new ClientAuthentication.Required(others.ref())))));
    applied();
    assertThat(get("shop.test", "--cert", "client.pem", "--key", "client.key").exit()).isNotZero();
    Certificates.Issued other = others.issue("other");
    write("other.pem", other.certificate());
    write("other.key", other.key());
    assertThat(get("shop.test", "--cert", "other.pem", "--key", "other.key").output())
        .contains(" 200 2");
  }

  @Test
  void aCertificateThatIsReplacedStillAsksForThatOfTheClient() throws Exception {
    serve(tls(asking(shop.ref())));
    long pid = pid();
    Certificates.Issued renewed = authority.issue("shop.test");
    keep(renewed.pem());
    specs.change(0, https(tls(asking(renewed.ref()))));
    applied();
    assertThat(get("shop.test").exit()).isNotZero();
    assertThat(get("shop.test", "--cert", "client.pem", "--key", "client.key").output())
        .contains(" 200 2");
    assertThat(pid()).isEqualTo(pid);
  }

  @Test
  void materialThatDoesNotFitIsRefusedAndTheOldOneServes() throws Exception {
    serve(tls(open(shop.ref())));
    long pid = pid();
    String mixed = shop.certificate() + fallback.key();
    keep(mixed);
    specs.change(0, https(tls(open(Certificates.ref(mixed)))));
    assertThat(haproxy.apply(specs.digested()))
        .isInstanceOfSatisfying(
            Applied.Refused.class,
            refused -> assertThat(refused.why()).doesNotContain("BEGIN", "/tmp"));
    assertThat(get("shop.test").output()).contains(" 200 2");
    assertThat(pid()).isEqualTo(pid);
  }

  @Test
  void theLastGoodMaterialIsKeptAndReadableByItsOwnerAlone() throws Exception {
    serve(tls(asking(shop.ref())));
    bundles.keep(Set.of());
    ProcessIdentity process = haproxy.read().live().orElseThrow().counters().process();
    ProcessTable.signal(process, ProcessTable.Signal.KILL);
    assertThat(ProcessTable.awaitEnd(process, Duration.ofSeconds(2))).isTrue();
    assertThat(haproxy.hasDied()).isTrue();
    assertThat(haproxy.keepLastGood()).isEqualTo(new Applied.Done());
    assertThat(shown("shop.test")).contains("subject=CN = shop.test");
    try (Stream<Path> files = Files.walk(scratch.settings().directoryOf(specs.id))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".pem")).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "X: a, 200",
    "X: a~b, 400",
    "Connection: close, 200",
    "Connection: Keep-Alive, 200",
    "Connection: X-Real-IP, 400",
  })
  void anHttp1RequestThatAMemberMightMisunderstandReachesNone(String header, int status)
      throws Exception {
    serve(tls(open(shop.ref())));
    try (SSLSocket socket = connectTrustingTheAuthority()) {
      assertThat(askOn(socket, withNul(header))).startsWith("HTTP/1.1 " + status + " ");
    }
    assertThat(one.requests() + two.requests()).isEqualTo(status == 200 ? 1 : 0);
  }

  /** HAProxy itself refuses what resets a stream; the rules for HTTP/1 are not asked again. */
  @ParameterizedTest
  @CsvSource({
    "GET, shop.test, /, x-a, a, 200",
    "GET, shop.test, /, x-a, a~b, 0",
    "GET, shop.test, /~b, x-a, a, 0",
    "GET, shop~b.test, /, x-a, a, 0",
    "G~T, shop.test, /, x-a, a, 0",
    "GET, shop.test, /, connection, x-forwarded-for, 0",
    "GET, shop.test, /, upgrade, h2c, 0",
    "GET, shop.test, /, transfer-encoding, chunked, 0",
    "GET, shop.test, /a#b, x-a, a, 0",
    "CONNECT, shop.test, /, x-a, a, 0",
    "TRACE, shop.test, /, x-a, a, 405",
    "GET, , /, x-a, a, 400",
    "GET, , /, host, shop.test, 200",
  })
  void anHttp2RequestThatAMemberMightMisunderstandReachesNone(
      String method, @Nullable String authority, String path, String name, String value, int status)
      throws Exception {
    serve(tls(open(shop.ref())));
    List<Http2Request.Field> fields = new ArrayList<>();
    fields.add(field(":method", method));
    fields.add(field(":scheme", "https"));
    if (authority != null) fields.add(field(":authority", authority));
    fields.add(field(":path", path));
    fields.add(field(name, value));
    try (SSLSocket socket = connectTrustingTheAuthority()) {
      assertThat(Http2Request.send(socket, fields))
          .isEqualTo(status == 0 ? new Http2Request.Reset() : new Http2Request.Answered(status));
    }
    assertThat(one.requests() + two.requests()).isEqualTo(status == 200 ? 1 : 0);
  }

  private static Http2Request.Field field(String name, String value) {
    return new Http2Request.Field(name, withNul(value));
  }

  /** No text of an annotation may hold NUL, so it is written as a tilde. */
  private static String withNul(String text) {
    return text.replace('~', '\0');
  }

  @Test
  void plainHttpGetsNothing() throws Exception {
    serve(tls(open(shop.ref())));
    assertThat(raw("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n")).doesNotContain("200");
  }
}
