package dev.poise.server.channel;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate that the agents' port shows, with its key. It is signed by itself and says
 * nothing of names: whoever connects compares its public key with the pin and looks at nothing
 * else.
 */
public record ChannelCertificate(X509Certificate certificate, PrivateKey privateKey) {
  private static final X500Name NAME = new X500Name("CN=Poise control plane");
  private static final Duration CLOCKS_DIFFER = Duration.ofDays(1);

  /** What RFC 5280 has for certificates that do not expire: the pin is what is given up, not it. */
  private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

  static ChannelCertificate make(Instant now) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      X509CertificateHolder made =
          new JcaX509v3CertificateBuilder(
                  NAME,
                  new BigInteger(127, new SecureRandom()),
                  Date.from(now.minus(CLOCKS_DIFFER)),
                  Date.from(NEVER),
                  NAME,
                  pair.getPublic())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
      return new ChannelCertificate(parse(made.getEncoded()), pair.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("Cannot make the certificate of the agents' port", e);
    }
  }

  static ChannelCertificate read(String pem, String privateKey) {
    try {
      byte[] key = Base64.getDecoder().decode(privateKey);
      return new ChannelCertificate(
          parse(pem.getBytes(StandardCharsets.US_ASCII)),
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot read the certificate of the agents' port", e);
    }
  }

  private static X509Certificate parse(byte[] encoded) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  String pem() {
    try {
      Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
      return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
          .formatted(lines.encodeToString(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot write the certificate of the agents' port", e);
    }
  }

  /** The private key as it is encrypted: Base64 of PKCS#8. */
  String privateKeyText() {
    return Base64.getEncoder().encodeToString(privateKey.getEncoded());
  }

  /** What agents and curl compare: SHA-256 of the public key with its algorithm, as curl has it. */
  public String pin() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded());
      return "sha256//" + Base64.getEncoder().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "ChannelCertificate[" + pin() + "]";
  }
}
