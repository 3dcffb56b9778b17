package dev.poise.server.certificate;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A certificate with its key, able to issue others. */
record TestAuthority(X509CertificateHolder certificate, KeyPair keys) {
  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private static final Map<String, KeyPair> MADE = new ConcurrentHashMap<>();
  private static final AtomicLong SERIAL = new AtomicLong(4096);

  /** What is asked for; everything but the subject has a usual value. */
  record Wish(
      String subject,
      List<String> domains,
      boolean authority,
      Instant notBefore,
      Instant notAfter,
      @Nullable KeyPurposeId purpose,
      String hash) {

    static Wish server(String domain) {
      return new Wish(
          "CN=" + domain,
          List.of(domain),
          false,
          NOW.minus(Duration.ofDays(1)),
          NOW.plus(Duration.ofDays(365)),
          null,
          "SHA256");
    }

    static Wish authority(String name) {
      return new Wish(
          "CN=" + name,
          List.of(),
          true,
          NOW.minus(Duration.ofDays(1)),
          NOW.plus(Duration.ofDays(3650)),
          null,
          "SHA256");
    }

    Wish withDomains(String... all) {
      return new Wish(subject, List.of(all), authority, notBefore, notAfter, purpose, hash);
    }

    Wish valid(Instant from, Instant until) {
      return new Wish(subject, domains, authority, from, until, purpose, hash);
    }

    Wish withPurpose(KeyPurposeId wanted) {
      return new Wish(subject, domains, authority, notBefore, notAfter, wanted, hash);
    }

    Wish signedWith(String wanted) {
      return new Wish(subject, domains, authority, notBefore, notAfter, purpose, wanted);
    }

    Wish withSubject(String wanted) {
      return new Wish(wanted, domains, authority, notBefore, notAfter, purpose, hash);
    }
  }

  static TestAuthority selfSigned(Wish wish, KeyPair keys) {
    return new TestAuthority(sign(wish, new X500Name(wish.subject()), keys, keys), keys);
  }

  TestAuthority issue(Wish wish, KeyPair forKeys) {
    return new TestAuthority(sign(wish, certificate.getSubject(), keys, forKeys), forKeys);
  }

  /** A key pair of its own for each name, made once: RSA takes long. */
  static KeyPair rsa(String name) {
    return keys("RSA", "2048", name);
  }

  static KeyPair keys(String algorithm, String size, String name) {
    return MADE.computeIfAbsent(
        algorithm + size + name,
        _ -> {
          try {
            KeyPairGenerator generator =
                KeyPairGenerator.getInstance(algorithm, Encryption.PROVIDER);
            switch (algorithm) {
              case "EC" -> generator.initialize(new ECGenParameterSpec(size));
              case "RSA" -> generator.initialize(Integer.parseInt(size));
              default -> {}
            }
            return generator.generateKeyPair();
          } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  String pem() {
    return pem(certificate);
  }

  /** PKCS#1 or SEC 1, as OpenSSL's older commands write it. */
  String keyPem() {
    return pem(keys.getPrivate());
  }

  String pkcs8Pem() {
    return PemText.write("PRIVATE KEY", keys.getPrivate().getEncoded());
  }

  static String pem(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }

  byte[] der() {
    try {
      return certificate.getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509CertificateHolder sign(
      Wish wish, X500Name issuer, KeyPair issuerKeys, KeyPair keys) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              BigInteger.valueOf(SERIAL.incrementAndGet()),
              Date.from(wish.notBefore()),
              Date.from(wish.notAfter()),
              new X500Name(wish.subject()),
              keys.getPublic());
      builder.addExtension(
          Extension.basicConstraints, true, new BasicConstraints(wish.authority()));
      if (wish.purpose() != null) {
        builder.addExtension(
            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(wish.purpose()));
      }
      if (!wish.domains().isEmpty()) {
        builder.addExtension(Extension.subjectAlternativeName, false, names(wish.domains()));
      }
      return builder.build(
          new JcaContentSignerBuilder(algorithm(wish.hash(), issuerKeys))
              .setProvider(Encryption.PROVIDER)
              .build(issuerKeys.getPrivate()));
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static GeneralNames names(List<String> names) {
    Stream<GeneralName> all =
        names.stream()
            .map(name ->
                new GeneralName(
                    name.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, name));
    return new GeneralNames(all.toArray(GeneralName[]::new));
  }

  private static String algorithm(String hash, KeyPair keys) {
    return switch (keys.getPrivate().getAlgorithm()) {
      case "RSA" -> hash + "withRSA";
      case "EC", "ECDSA" -> hash + "withECDSA";
      default -> keys.getPrivate().getAlgorithm();
    };
  }
}
