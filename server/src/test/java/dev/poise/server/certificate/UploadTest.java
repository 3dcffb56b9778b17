package dev.poise.server.certificate;

import static dev.poise.server.certificate.TestAuthority.NOW;
import static dev.poise.server.certificate.TestAuthority.keys;
import static dev.poise.server.certificate.TestAuthority.rsa;
import static dev.poise.server.certificate.TestAuthority.selfSigned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.poise.server.certificate.TestAuthority.Wish;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way in which certificates and keys are sent ends in the same bundle. */
class UploadTest {
  private static final String PASSWORD = "correct horse";
  private static final String DECRYPTED = "The private key was decrypted with the password.";
  private static final String FROM_PKCS12 =
      "Certificates and private key were taken out of a PKCS#12 file.";

  private static final TestAuthority CA = selfSigned(Wish.authority("ca"), rsa("root"));
  private static final TestAuthority RSA = CA.issue(Wish.server("rsa.test"), rsa("leaf"));
  private static final TestAuthority EC =
      CA.issue(Wish.server("ec.test"), keys("EC", "P-256", "ec"));

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Bundle read(String certificate, @Nullable String key, @Nullable String password) {
    return Inspection.inspect(
        Upload.read(new Material(certificate, key, password)), Kind.SERVER, NOW);
  }

  private static void same(TestAuthority wanted, Bundle bundle, String... changes) {
    assertThat(bundle.pem()).isEqualTo(wanted.pem() + wanted.pkcs8Pem());
    assertThat(bundle.changes()).containsExactly(changes);
  }

  private static Fault refusal(String certificate, @Nullable String key, @Nullable String opener) {
    Refusal.Invalid refusal =
        catchThrowableOfType(Refusal.Invalid.class, () -> read(certificate, key, opener));
    assertThat(refusal).as("it was taken").isNotNull();
    assertThat(refusal.getCause()).as("a cause could quote the upload").isNull();
    return refusal.faults().getFirst();
  }

  @Test
  void readsPemFilesAsBase64() {
    same(RSA, read(base64(RSA.pem()), base64(RSA.pkcs8Pem()), null));
  }

  @Test
  void readsDer() throws IOException {
    String converted = "The certificate was converted from DER to PEM.";
    byte[] pkcs8 = RSA.keys().getPrivate().getEncoded();
    same(
        RSA,
        read(base64(RSA.der()), base64(pkcs8), null),
        converted,
        "The private key was converted from DER to PKCS#8 in PEM.");
    byte[] pkcs1 =
        PrivateKeyInfo.getInstance(pkcs8).parsePrivateKey().toASN1Primitive().getEncoded();
    same(
        RSA,
        read(base64(RSA.der()), base64(pkcs1), null),
        converted,
        "The private key was converted from PKCS#1 in DER to PKCS#8 in PEM.");
  }

  @Test
  void readsPkcs1AndSec1() {
    assertThat(RSA.keyPem()).startsWith("-----BEGIN RSA PRIVATE KEY");
    same(
        RSA,
        read(RSA.pem(), RSA.keyPem(), null),
        "The private key was converted from PKCS#1 to PKCS#8.");
    assertThat(EC.keyPem()).startsWith("-----BEGIN EC PRIVATE KEY");
    Bundle ec = read(EC.pem(), ecParameters() + EC.keyPem(), null);
    assertThat(ec.facts().keyAlgorithm()).isEqualTo("EC 256");
    assertThat(ec.changes())
        .containsExactly(
            "The block 'EC PARAMETERS' was left out.",
            "The private key was converted from SEC 1 to PKCS#8.");
  }

  private static String ecParameters() {
    try {
      return PemText.write(
          "EC PARAMETERS", new ASN1ObjectIdentifier("1.2.840.10045.3.1.7").getEncoded());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String opensslEncrypted(TestAuthority of, String algorithm) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(
          of.keys().getPrivate(),
          new JcePEMEncryptorBuilder(algorithm)
              .setProvider(Encryption.PROVIDER)
              .build(PASSWORD.toCharArray()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES-256-CBC", "AES-128-CBC", "DES-EDE3-CBC"})
  void readsKeysThatOpenSslEncrypted(String algorithm) {
    String key = opensslEncrypted(RSA, algorithm);
    assertThat(key).contains("DEK-Info");
    same(
        RSA,
        read(RSA.pem(), key, PASSWORD),
        DECRYPTED,
        "The private key was converted from PKCS#1 to PKCS#8.");
    assertThat(refusal(RSA.pem(), key, null).code()).isEqualTo("password-needed");
    Fault wrong = refusal(RSA.pem(), key, "wrong");
    assertThat(wrong.code()).isEqualTo("wrong-password");
    assertThat(wrong.pointer()).isEqualTo("/password");
  }

  private static PKCS8EncryptedPrivateKeyInfo pkcs8Encrypted(
      TestAuthority of, ASN1ObjectIdentifier algorithm, int rounds) {
    try {
      return new PKCS8EncryptedPrivateKeyInfoBuilder(of.keys().getPrivate().getEncoded())
          .build(
              new JcePKCSPBEOutputEncryptorBuilder(algorithm)
                  .setProvider(Encryption.PROVIDER)
                  .setIterationCount(rounds)
                  .build(PASSWORD.toCharArray()));
    } catch (OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void readsEncryptedPkcs8() throws IOException {
    for (ASN1ObjectIdentifier algorithm :
        List.of(
            NISTObjectIdentifiers.id_aes256_CBC,
            PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC,
            PKCS8Generator.DES3_CBC)) {
      byte[] encrypted = pkcs8Encrypted(EC, algorithm, 2048).getEncoded();
      String pem = PemText.write("ENCRYPTED PRIVATE KEY", encrypted);
      same(EC, read(EC.pem(), pem, PASSWORD), DECRYPTED);
      assertThat(read(EC.pem(), base64(encrypted), PASSWORD).changes()).contains(DECRYPTED);
      assertThat(refusal(EC.pem(), pem, "wrong").code()).isEqualTo("wrong-password");
      assertThat(refusal(EC.pem(), pem, null).pointer()).isEqualTo("/password");
    }
  }

  @Test
  void refusesWhatWouldTakeTooLongToOpen() throws IOException {
    byte[] cheap = pkcs8Encrypted(EC, NISTObjectIdentifiers.id_aes256_CBC, 1_000_000).getEncoded();
    // 1,000,000 as a DER integer, and 8,339,008 in its place.
    byte[] costly = cheap.clone();
    int at = indexOf(cheap, new byte[] {2, 3, 0x0f, 0x42, 0x40});
    costly[at + 2] = 0x7f;
    assertThat(refusal(EC.pem(), base64(costly), PASSWORD).code()).isEqualTo("too-costly");
  }

  private static int indexOf(byte[] all, byte[] part) {
    String text = new String(all, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(new String(part, StandardCharsets.ISO_8859_1));
    assertThat(at).isPositive();
    return at;
  }

  private static byte[] pkcs12(TestAuthority of, char[] password)
      throws GeneralSecurityException, IOException {
    CertificateFactory certificates = CertificateFactory.getInstance("X.509");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "1",
        of.keys().getPrivate(),
        password,
        new Certificate[] {
          certificates.generateCertificate(new java.io.ByteArrayInputStream(of.der())),
          certificates.generateCertificate(new java.io.ByteArrayInputStream(CA.der()))
        });
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    store.store(bytes, password);
    return bytes.toByteArray();
  }

  @Test
  void readsPkcs12() throws GeneralSecurityException, IOException {
    String file = base64(pkcs12(RSA, PASSWORD.toCharArray()));
    same(
        RSA,
        read(file, null, PASSWORD),
        FROM_PKCS12,
        "The root certificate 'ca' was left out: clients that trust it have it.");
    assertThat(refusal(file, null, null).code()).isEqualTo("password-needed");
    Fault wrong = refusal(file, null, "wrong");
    assertThat(wrong.code()).isEqualTo("wrong-password");
    assertThat(wrong.pointer()).isEqualTo("/password");
  }

  @Test
  void readsPkcs12WithAnEmptyPassword() throws GeneralSecurityException, IOException {
    String file = base64(pkcs12(RSA, new char[0]));
    for (String password : new String[] {null, "", "unneeded"}) {
      assertThat(read(file, null, password).pem()).isEqualTo(RSA.pem() + RSA.pkcs8Pem());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-legacy", "-nomac", "-nomac -keypbe NONE -certpbe NONE"})
  void readsPkcs12ThatOpenSslWroteWithAnEmptyPassword(String options, @TempDir Path folder)
      throws Exception {
    Files.writeString(folder.resolve("in.pem"), RSA.pem() + RSA.pkcs8Pem());
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "pkcs12",
                "-export",
                "-in",
                "in.pem",
                "-out",
                "out.p12",
                "-passout",
                "pass:"));
    command.addAll(Stream.of(options.split(" ")).filter(it -> !it.isEmpty()).toList());
    Process openssl = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start();
    assertThat(openssl.waitFor()).isZero();
    String file = base64(Files.readAllBytes(folder.resolve("out.p12")));
    for (String password : new String[] {null, ""}) {
      assertThat(read(file, null, password).pem()).isEqualTo(RSA.pem() + RSA.pkcs8Pem());
    }
  }

  @Test
  void putsLinesInOrder() {
    String ordered = "Line lengths and blank lines were put in order.";
    String oneLine = RSA.pem().replaceAll("(?<=[A-Za-z0-9+/=])\n(?=[A-Za-z0-9+/=])", "");
    same(RSA, read(oneLine, RSA.pkcs8Pem(), null), ordered);
    same(RSA, read(RSA.pem().replace("\n", "\n\n"), RSA.pkcs8Pem(), null), ordered);
    same(RSA, read(RSA.pem().replace("\n", "\r\n"), RSA.pkcs8Pem(), null));
    same(RSA, read(RSA.pem().replace("\n", "\\n"), RSA.pkcs8Pem(), null));
    same(RSA, read(RSA.pem().replace("\n", " "), RSA.pkcs8Pem(), null), ordered);
  }

  @Test
  void leavesOutTextAroundTheBlocks() {
    same(
        RSA,
        read("Bag Attributes\n  friendlyName: x\n" + RSA.pem(), RSA.pkcs8Pem(), null),
        "Text outside of the PEM blocks was left out.");
  }

  @Test
  void tellsThatAPasswordWasNotNeeded() {
    same(RSA, read(RSA.pem(), RSA.pkcs8Pem(), "x"), "The password was not needed.");
  }

  @Test
  void refusesWhatIsNoneOfThis() {
    String end = RSA.pem().substring(0, RSA.pem().length() - 30);
    for (String text :
        List.of(
            "hello",
            "!!!",
            base64("hello"),
            end,
            "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
            "-----BEGIN ")) {
      Fault fault = refusal(text, RSA.pkcs8Pem(), null);
      assertThat(fault.code()).as(text).isEqualTo("not-pem");
      assertThat(fault.pointer()).isEqualTo("/certificate");
    }
    assertThat(refusal(RSA.pem(), "hello", null).pointer()).isEqualTo("/privateKey");
  }

  @Test
  void saysWhatARequestIs() {
    String request = PemText.write("CERTIFICATE REQUEST", new byte[] {1});
    assertThat(refusal(request, null, null).detail()).contains("request for a certificate");
    String crl = PemText.write("X509 CRL", new byte[] {1});
    assertThat(refusal(crl, null, null).code()).isEqualTo("not-a-certificate");
  }

  @Test
  void nothingThatHoldsAKeyShowsIt() {
    Material material = new Material(RSA.pem(), RSA.pkcs8Pem(), PASSWORD);
    Bundle bundle = read(RSA.pem(), RSA.pkcs8Pem(), null);
    for (Object holder :
        List.of(
            material,
            bundle,
            PemText.blocks(RSA.pkcs8Pem(), "", new Changes()),
            new CertificateController.ParseInput(null, RSA.pem(), RSA.pkcs8Pem(), PASSWORD))) {
      assertThat(holder.toString())
          .doesNotContain(PASSWORD)
          .doesNotContain(RSA.pkcs8Pem().substring(40, 80));
    }
  }
}
