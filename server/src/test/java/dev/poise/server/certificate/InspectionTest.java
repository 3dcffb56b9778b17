package dev.poise.server.certificate;

import static dev.poise.server.certificate.TestAuthority.NOW;
import static dev.poise.server.certificate.TestAuthority.keys;
import static dev.poise.server.certificate.TestAuthority.rsa;
import static dev.poise.server.certificate.TestAuthority.selfSigned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.poise.server.certificate.TestAuthority.Wish;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.SpecJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of an upload: of its certificates, their order and their kind. */
class InspectionTest {
  private static final TestAuthority ROOT = selfSigned(Wish.authority("root"), rsa("root"));
  private static final TestAuthority UPPER = ROOT.issue(Wish.authority("upper"), rsa("upper"));
  private static final TestAuthority LOWER = UPPER.issue(Wish.authority("lower"), rsa("lower"));
  private static final TestAuthority LEAF = LOWER.issue(Wish.server("a.test"), rsa("leaf"));
  private static final TestAuthority OTHER = LOWER.issue(Wish.server("b.test"), rsa("other"));
  private static final String IN_ORDER = LEAF.pem() + LOWER.pem() + UPPER.pem();

  private static Bundle server(String certificate, @Nullable String key) {
    return inspect(Kind.SERVER, certificate, key);
  }

  private static Bundle clientCa(String certificate) {
    return inspect(Kind.CLIENT_CA, certificate, null);
  }

  private static Bundle inspect(Kind kind, String certificate, @Nullable String key) {
    return Inspection.inspect(Upload.read(new Material(certificate, key, null)), kind, NOW);
  }

  private static Fault refusal(Kind kind, String certificate, @Nullable String key) {
    Refusal.Invalid refusal =
        catchThrowableOfType(Refusal.Invalid.class, () -> inspect(kind, certificate, key));
    assertThat(refusal).as("it was taken").isNotNull();
    assertThat(refusal.faults()).hasSize(1);
    assertThat(refusal.detail()).endsWith(".");
    return refusal.faults().getFirst();
  }

  @Test
  void takesAChainInOrderAsItIs() {
    Bundle bundle = server(IN_ORDER, LEAF.pkcs8Pem());
    assertThat(bundle.pem()).isEqualTo(IN_ORDER + LEAF.pkcs8Pem());
    assertThat(bundle.changes()).isEmpty();
    assertThat(bundle.digest()).isEqualTo(SpecJson.digest(bundle.pem()));
  }

  @Test
  void putsAChainIntoOrder() {
    Bundle bundle = server(UPPER.pem() + LEAF.pem() + LOWER.pem(), LEAF.pkcs8Pem());
    assertThat(bundle.pem()).isEqualTo(IN_ORDER + LEAF.pkcs8Pem());
    assertThat(bundle.changes()).containsExactly("The chain was put into order.");
  }

  @Test
  void leavesOutTheRootAndWhatCameTwiceAndWhatDoesNotBelong() {
    TestAuthority stranger = selfSigned(Wish.authority("stranger"), rsa("stranger"));
    Bundle bundle = server(IN_ORDER + ROOT.pem() + LOWER.pem() + stranger.pem(), LEAF.pkcs8Pem());
    assertThat(bundle.pem()).isEqualTo(IN_ORDER + LEAF.pkcs8Pem());
    assertThat(bundle.changes())
        .containsExactly(
            "A certificate that came twice was taken once.",
            "The root certificate 'root' was left out: clients that trust it have it.",
            "What does not belong to the chain was left out: 'stranger'.");
  }

  @Test
  void takesASelfSignedCertificate() {
    TestAuthority self = selfSigned(Wish.server("self.test"), rsa("self"));
    Bundle bundle = server(self.pem(), self.pkcs8Pem());
    assertThat(bundle.pem()).isEqualTo(self.pem() + self.pkcs8Pem());
    assertThat(bundle.changes()).isEmpty();
  }

  @Test
  void takesTheKeyFromAmongTheCertificates() {
    assertThat(server(LEAF.pkcs8Pem() + IN_ORDER, null).pem())
        .isEqualTo(IN_ORDER + LEAF.pkcs8Pem());
  }

  @ParameterizedTest
  @ValueSource(strings = {"P-256", "P-384", "P-521"})
  void takesEcKeysThatNodesCanServeWith(String curve) {
    TestAuthority ec = LOWER.issue(Wish.server("ec.test"), keys("EC", curve, "ec"));
    Bundle bundle = server(ec.pem() + LOWER.pem(), ec.pkcs8Pem());
    assertThat(bundle.facts().keyAlgorithm()).isEqualTo("EC " + curve.substring(2));
  }

  @Test
  void takesEd25519() {
    TestAuthority ed = selfSigned(Wish.server("ed.test"), keys("Ed25519", "", "ed"));
    assertThat(server(ed.pem(), ed.pkcs8Pem()).facts().keyAlgorithm()).isEqualTo("Ed25519");
  }

  @Test
  void refusesCurvesThatNodesCannotServeWith() {
    TestAuthority odd = selfSigned(Wish.server("k.test"), keys("EC", "secp256k1", "odd"));
    Fault fault = refusal(Kind.SERVER, odd.pem(), odd.pkcs8Pem());
    assertThat(fault.code()).isEqualTo("unsupported-key");
    assertThat(fault.pointer()).isEqualTo("/privateKey");
  }

  @Test
  void refusesAKeyThatIsAnothers() {
    Fault fault = refusal(Kind.SERVER, LEAF.pem(), OTHER.pkcs8Pem());
    assertThat(fault.code()).isEqualTo(ProblemType.CERTIFICATE_KEY_MISMATCH.slug());
    assertThat(fault.pointer()).isEqualTo("/privateKey");
    assertThat(fault.detail())
        .isEqualTo("The private key does not belong to the certificate 'a.test'.");
    TestAuthority ec = LOWER.issue(Wish.server("ec.test"), keys("EC", "P-256", "ec"));
    assertThat(refusal(Kind.SERVER, LEAF.pem(), ec.pkcs8Pem()).code()).isEqualTo(fault.code());
    assertThat(refusal(Kind.SERVER, ec.pem(), LEAF.pkcs8Pem()).code()).isEqualTo(fault.code());
  }

  @Test
  void refusesAServerWithoutAKeyOrWithTwo() {
    assertThat(refusal(Kind.SERVER, IN_ORDER, null).code()).isEqualTo("no-private-key");
    assertThat(refusal(Kind.SERVER, IN_ORDER + LEAF.pkcs8Pem(), OTHER.pkcs8Pem()).code())
        .isEqualTo("several-private-keys");
    assertThat(refusal(Kind.SERVER, LEAF.pkcs8Pem(), null).code()).isEqualTo("no-certificate");
  }

  @Test
  void refusesMoreThanOneLeaf() {
    Fault fault = refusal(Kind.SERVER, IN_ORDER + OTHER.pem(), LEAF.pkcs8Pem());
    assertThat(fault.code()).isEqualTo("several-certificates");
    assertThat(fault.detail()).contains("'a.test'").contains("'b.test'");
    TestAuthority renewed = LOWER.issue(Wish.server("a.test"), rsa("leaf"));
    assertThat(refusal(Kind.SERVER, LEAF.pem() + renewed.pem(), LEAF.pkcs8Pem()).code())
        .isEqualTo("several-certificates");
  }

  @Test
  void refusesWhatIsExpiredWhereverItIsInTheChain() {
    Wish old = Wish.server("old.test").valid(NOW.minus(Duration.ofDays(9)), NOW.minusSeconds(1));
    TestAuthority leaf = LOWER.issue(old, rsa("leaf"));
    Fault fault = refusal(Kind.SERVER, leaf.pem(), leaf.pkcs8Pem());
    assertThat(fault.code()).isEqualTo("certificate-expired");
    assertThat(fault.detail())
        .isEqualTo("The certificate 'old.test' expired at 2026-06-01T11:59:59Z.");
    TestAuthority past =
        UPPER.issue(
            Wish.authority("past").valid(NOW.minus(Duration.ofDays(9)), NOW.minusSeconds(1)),
            rsa("lower"));
    TestAuthority below = past.issue(Wish.server("a.test"), rsa("leaf"));
    assertThat(refusal(Kind.SERVER, below.pem() + past.pem(), below.pkcs8Pem()).detail())
        .contains("'past' expired");
    assertThat(refusal(Kind.CLIENT_CA, past.pem() + UPPER.pem() + ROOT.pem(), null).code())
        .isEqualTo("certificate-expired");
  }

  @Test
  void takesWhatIsNotValidYet() {
    TestAuthority early =
        LOWER.issue(
            Wish.server("early.test").valid(NOW.plusSeconds(60), NOW.plusSeconds(6000)),
            rsa("leaf"));
    assertThat(server(early.pem(), early.pkcs8Pem()).facts().state(NOW))
        .isEqualTo(State.NOT_YET_VALID);
  }

  @Test
  void refusesKeysThatAreTooSmall() {
    TestAuthority small = selfSigned(Wish.server("s.test"), keys("RSA", "1024", "small"));
    Fault fault = refusal(Kind.SERVER, small.pem(), small.pkcs8Pem());
    assertThat(fault.code()).isEqualTo("key-too-small");
    assertThat(fault.detail()).contains("1024").contains("2048");
    TestAuthority authority = selfSigned(Wish.authority("s"), keys("RSA", "1024", "small"));
    assertThat(refusal(Kind.CLIENT_CA, authority.pem(), null).code()).isEqualTo("key-too-small");
  }

  @Test
  void refusesSignaturesThatNodesDoNotAccept() {
    TestAuthority weak = LOWER.issue(Wish.server("weak.test").signedWith("SHA1"), rsa("leaf"));
    assertThat(refusal(Kind.SERVER, weak.pem(), weak.pkcs8Pem()).code())
        .isEqualTo("weak-signature");
    TestAuthority self = selfSigned(Wish.server("self.test").signedWith("SHA1"), rsa("self"));
    assertThat(server(self.pem(), self.pkcs8Pem()).changes())
        .as("nobody checks what a certificate says of itself")
        .isEmpty();
  }

  @Test
  void refusesCertificatesThatAreNotForServers() {
    TestAuthority client =
        LOWER.issue(Wish.server("c.test").withPurpose(KeyPurposeId.id_kp_clientAuth), rsa("leaf"));
    assertThat(refusal(Kind.SERVER, client.pem(), client.pkcs8Pem()).code())
        .isEqualTo("not-for-servers");
    TestAuthority web =
        LOWER.issue(Wish.server("c.test").withPurpose(KeyPurposeId.id_kp_serverAuth), rsa("leaf"));
    assertThat(server(web.pem(), web.pkcs8Pem()).changes()).isEmpty();
  }

  @Test
  void takesAuthoritiesAndLeavesTheirKeysOut() {
    Bundle bundle = clientCa(ROOT.pem() + ROOT.pkcs8Pem());
    assertThat(bundle.pem()).isEqualTo(ROOT.pem());
    assertThat(bundle.changes())
        .containsExactly("The private key was left out: nobody needs it to check clients.");
    assertThat(clientCa(LOWER.pem() + UPPER.pem() + ROOT.pem()).facts().commonName())
        .isEqualTo("lower");
  }

  @Test
  void refusesAClientCaThatIsNoAuthority() {
    Fault fault = refusal(Kind.CLIENT_CA, ROOT.pem() + LEAF.pem(), null);
    assertThat(fault.code()).isEqualTo("not-an-authority");
    assertThat(fault.detail()).contains("'a.test'");
  }

  @Test
  void refusesAClientCaThatWouldLetNobodyIn() {
    assertThat(refusal(Kind.CLIENT_CA, LOWER.pem() + UPPER.pem(), null).code())
        .isEqualTo("root-missing");
  }

  @Test
  void tellsWhatACertificateSaysOfItself() {
    TestAuthority leaf =
        LOWER.issue(
            Wish.server("A.Test").withDomains("A.Test", "*.a.test", "10.0.0.1"), rsa("leaf"));
    Facts facts = server(leaf.pem(), leaf.pkcs8Pem()).facts();
    assertThat(facts.commonName()).isEqualTo("A.Test");
    assertThat(facts.alternativeNames()).containsExactly("a.test", "*.a.test", "10.0.0.1");
    assertThat(facts.issuer()).isEqualTo("CN=lower");
    assertThat(facts.keyAlgorithm()).isEqualTo("RSA 2048");
    assertThat(facts.sha256Fingerprint()).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
    assertThat(facts.md5Fingerprint()).matches("([0-9A-F]{2}:){15}[0-9A-F]{2}");
    assertThat(facts.serialNumber()).isEqualTo(leaf.certificate().getSerialNumber().toString(16));
  }

  @Test
  void namesWithControlCharactersBecomeHarmless() {
    TestAuthority odd =
        selfSigned(Wish.server("x.test").withSubject("CN=two\nlines\0end"), rsa("self"));
    assertThat(server(odd.pem(), odd.pkcs8Pem()).facts().commonName()).isEqualTo("two?lines?end");
  }

  @Test
  void aBundleExpiresWithTheFirstOfItsCertificates() {
    TestAuthority brief =
        UPPER.issue(
            Wish.authority("brief").valid(NOW.minusSeconds(60), NOW.plus(Duration.ofDays(2))),
            rsa("lower"));
    TestAuthority leaf = brief.issue(Wish.server("a.test"), rsa("leaf"));
    Facts facts = server(leaf.pem() + brief.pem(), leaf.pkcs8Pem()).facts();
    assertThat(facts.notAfter()).isEqualTo(NOW.plus(Duration.ofDays(2)));
    assertThat(facts.state(NOW)).isEqualTo(State.EXPIRING);
  }

  @Test
  void theStateFollowsTheTime() {
    record Case(Duration before, Duration after, State state) {}
    for (Case it :
        List.of(
            new Case(Duration.ofDays(1), Duration.ofDays(31), State.VALID),
            new Case(Duration.ofDays(1), Duration.ofDays(30), State.EXPIRING),
            new Case(Duration.ofDays(1), Duration.ZERO, State.EXPIRING),
            new Case(Duration.ofDays(1), Duration.ofSeconds(-1), State.EXPIRED),
            new Case(Duration.ofSeconds(-1), Duration.ofDays(90), State.NOT_YET_VALID))) {
      assertThat(State.of(NOW.minus(it.before()), NOW.plus(it.after()), NOW))
          .as(it.toString())
          .isEqualTo(it.state());
    }
  }

  @Test
  void guessesTheKindOfWhatIsParsed() {
    assertThat(guess(ROOT.pem())).isEqualTo(Kind.CLIENT_CA);
    assertThat(guess(ROOT.pem() + LEAF.pem())).isEqualTo(Kind.SERVER);
    assertThat(guess(ROOT.pem() + ROOT.pkcs8Pem())).isEqualTo(Kind.SERVER);
  }

  private static Kind guess(String text) {
    return Inspection.guess(Upload.read(new Material(text, null, null)), NOW);
  }

  @Test
  void aDamagedCertificateIsRefused() {
    byte[] der = LEAF.der();
    der[12] ^= 0x55;
    for (String text :
        List.of(
            Base64.getEncoder().encodeToString(der),
            PemText.write("CERTIFICATE", der),
            PemText.write("CERTIFICATE", "nonsense".getBytes(StandardCharsets.UTF_8)))) {
      assertThat(refusal(Kind.SERVER, text, LEAF.pkcs8Pem()).pointer()).isEqualTo("/certificate");
    }
  }
}
