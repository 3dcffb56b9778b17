package dev.poise.server.certificate;

import static dev.poise.server.certificate.Faults.CERTIFICATE;
import static dev.poise.server.certificate.Faults.PRIVATE_KEY;
import static dev.poise.server.certificate.Faults.fault;

import dev.poise.server.platform.Refusal;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * Makes a bundle of an upload, or says in a sentence why that cannot be.
 *
 * <p>The private key decides which certificate is the server's, whatever the order: it is the one
 * the key belongs to. From there the chain is followed by signatures, not by names alone. What is
 * left over is either harmless, and left out, or a sign that two uploads got mixed up, and refused.
 *
 * <p>What nodes would refuse is refused here: HAProxy does not load a certificate whose key is weak
 * or whose signature is SHA-1 (OpenSSL's security level 2 on Debian 12), and one such file stops
 * the whole configuration. And it lets no client in by an authority whose own root is not given.
 */
final class Inspection {
  private static final int SHORTEST_RSA = 2048;
  private static final int LONGEST_RSA = 8192;
  private static final Set<String> BROKEN_HASHES = Set.of("MD2", "MD4", "MD5", "SHA1");
  private static final Set<ASN1ObjectIdentifier> CURVES =
      Set.of(
          X9ObjectIdentifiers.prime256v1,
          SECObjectIdentifiers.secp384r1,
          SECObjectIdentifiers.secp521r1);

  private final Instant now;
  private final Changes changes;
  private final List<PrivateKeyInfo> keys;
  private final List<X509> certificates = new ArrayList<>();

  private Inspection(Upload upload, Instant now) {
    this.now = now;
    this.changes = upload.changes();
    this.keys = upload.keys();
  }

  /** What the upload seems to be: without a key and with authorities only, a client CA. */
  static Kind guess(Upload upload, Instant now) {
    Inspection inspection = inspection(upload, now);
    return upload.keys().isEmpty() && inspection.certificates.stream().allMatch(X509::isAuthority)
        ? Kind.CLIENT_CA
        : Kind.SERVER;
  }

  /**
   * The bundle that is in an upload.
   *
   * @throws Refusal.Invalid if there is none in order
   */
  static Bundle inspect(Upload upload, Kind kind, Instant now) {
    Inspection inspection = inspection(upload, now);
    try {
      return switch (kind) {
        case SERVER -> inspection.server();
        case CLIENT_CA -> inspection.clientCa();
      };
    } catch (GeneralSecurityException | IOException _) {
      throw unreadable();
    }
  }

  private static Inspection inspection(Upload upload, Instant now) {
    Inspection inspection = new Inspection(upload, now);
    for (X509CertificateHolder holder : upload.certificates()) {
      try {
        inspection.certificates.add(new X509(holder));
      } catch (GeneralSecurityException | IllegalArgumentException _) {
        throw unreadable();
      }
    }
    if (inspection.certificates.isEmpty()) {
      throw fault(CERTIFICATE, "no-certificate", "There is no certificate in it.");
    }
    return inspection;
  }

  private static Refusal unreadable() {
    return fault(CERTIFICATE, "unreadable", "A certificate is damaged; it cannot be read.");
  }

  private Bundle server() throws GeneralSecurityException, IOException {
    PrivateKeyInfo keyInfo = onlyKey();
    PrivateKey key = usable(keyInfo);
    certificates.forEach(Inspection::requireKeyLength);
    X509 leaf = leaf(key);
    requireUsableByServers(leaf);
    List<X509> chain = chain(leaf);
    chain.forEach(this::requireValid);
    StringBuilder pem = new StringBuilder();
    for (X509 certificate : chain) pem.append(PemText.write("CERTIFICATE", certificate.encoded()));
    pem.append(PemText.write("PRIVATE KEY", keyInfo.getEncoded("DER")));
    return new Bundle(Kind.SERVER, leaf.facts(chain), pem.toString(), changes.sentences());
  }

  private PrivateKeyInfo onlyKey() {
    if (keys.isEmpty()) {
      throw fault(
          PRIVATE_KEY,
          "no-private-key",
          "There is no private key. A server's certificate needs the one it was made for.");
    }
    if (keys.size() > 1) {
      throw fault(
          PRIVATE_KEY,
          "several-private-keys",
          "There are %d private keys; send the certificate's own.".formatted(keys.size()));
    }
    return keys.getFirst();
  }

  /** The key, if nodes can serve with one of its kind and size. */
  private static PrivateKey usable(PrivateKeyInfo info) {
    ASN1ObjectIdentifier kind = info.getPrivateKeyAlgorithm().getAlgorithm();
    boolean supported =
        kind.equals(PKCSObjectIdentifiers.rsaEncryption)
            || kind.equals(EdECObjectIdentifiers.id_Ed25519)
            || (kind.equals(X9ObjectIdentifiers.id_ecPublicKey)
                && info.getPrivateKeyAlgorithm().getParameters() instanceof ASN1ObjectIdentifier c
                && CURVES.contains(c));
    if (!supported) {
      throw fault(
          PRIVATE_KEY,
          "unsupported-key",
          "Nodes cannot serve with a private key of this kind. Use RSA, Ed25519, or EC on P-256,"
              + " P-384 or P-521.");
    }
    try {
      if (kind.equals(PKCSObjectIdentifiers.rsaEncryption)) {
        RSAPrivateKey rsa = RSAPrivateKey.getInstance(info.parsePrivateKey());
        requireRsaLength(PRIVATE_KEY, "The private key", rsa.getModulus().bitLength());
      }
      return new JcaPEMKeyConverter().setProvider(Encryption.PROVIDER).getPrivateKey(info);
    } catch (IOException | IllegalArgumentException _) {
      throw fault(PRIVATE_KEY, "unreadable", "The private key is damaged; it cannot be read.");
    }
  }

  private X509 leaf(PrivateKey key) {
    List<X509> matching = certificates.stream().filter(it -> it.belongsTo(key)).toList();
    if (matching.isEmpty()) {
      throw fault(
          PRIVATE_KEY,
          "certificate-key-mismatch",
          "The private key does not belong to %s."
              .formatted(
                  certificates.size() == 1
                      ? "the certificate '" + certificates.getFirst().name() + "'"
                      : "any of the certificates"));
    }
    X509 leaf = matching.getFirst();
    certificates.stream()
        .filter(other -> other != leaf)
        .filter(other -> !other.isAuthority() || matching.contains(other))
        .findFirst()
        .ifPresent(other -> {
          throw fault(
              CERTIFICATE,
              "several-certificates",
              "There are several server certificates in it, '%s' (serial number %s) and '%s' (%s)."
                      .formatted(leaf.name(), leaf.serial(), other.name(), other.serial())
                  + " Send each with its own key.");
        });
    return leaf;
  }

  private void requireUsableByServers(X509 leaf) {
    if (!leaf.isForServers()) {
      throw fault(
          CERTIFICATE,
          "not-for-servers",
          "The certificate '" + leaf.name() + "' is not made for servers (extended key usage).");
    }
  }

  /** The leaf and the intermediates above it, each signed by the next. */
  private List<X509> chain(X509 leaf) {
    List<X509> chain = new ArrayList<>(List.of(leaf));
    List<X509> left = new ArrayList<>(certificates);
    left.remove(leaf);
    while (!chain.getLast().isSelfSigned()) {
      X509 last = chain.getLast();
      List<X509> issuers = left.stream().filter(last::isIssuedBy).toList();
      if (issuers.isEmpty()) break;
      // Of two for the same name and key, the one that is valid longer.
      X509 issuer = issuers.stream().max(Comparator.comparing(X509::notAfter)).orElseThrow();
      chain.add(issuer);
      left.remove(issuer);
    }
    if (!certificates.stream().filter(chain::contains).toList().equals(chain)) {
      changes.add("The chain was put into order.");
    }
    if (chain.size() > 1 && chain.getLast().isSelfSigned()) {
      changes.add(
          "The root certificate '%s' was left out: clients that trust it have it."
              .formatted(chain.removeLast().name()));
    }
    if (!left.isEmpty()) {
      changes.add(
          "What does not belong to the chain was left out: %s."
              .formatted(
                  left.stream()
                      .map(it -> "'" + it.name() + "'")
                      .collect(Collectors.joining(", "))));
    }
    return chain;
  }

  private Bundle clientCa() throws GeneralSecurityException, IOException {
    if (!keys.isEmpty()) {
      changes.add("The private key was left out: nobody needs it to check clients.");
    }
    StringBuilder pem = new StringBuilder();
    for (X509 certificate : certificates) {
      requireAuthority(certificate);
      requireKeyLength(certificate);
      pem.append(PemText.write("CERTIFICATE", certificate.encoded()));
    }
    certificates.forEach(this::requireValid);
    certificates.forEach(this::requireRoot);
    Facts facts = certificates.getFirst().facts(certificates);
    return new Bundle(Kind.CLIENT_CA, facts, pem.toString(), changes.sentences());
  }

  private static void requireAuthority(X509 certificate) {
    if (certificate.isAuthority() && certificate.maySignCertificates()) return;
    throw fault(
        CERTIFICATE,
        "not-an-authority",
        "'%s' is not the certificate of an authority (CA), so it cannot tell which clients to let"
                .formatted(certificate.name())
            + " in.");
  }

  private void requireRoot(X509 certificate) {
    if (certificate.isSelfSigned()) return;
    if (certificates.stream().anyMatch(it -> it != certificate && certificate.isIssuedBy(it)))
      return;
    throw fault(
        CERTIFICATE,
        "root-missing",
        "The certificate of the authority that issued '%s' is missing. Without the root, no client"
                .formatted(certificate.name())
            + " would be let in.");
  }

  private void requireValid(X509 certificate) {
    if (now.isAfter(certificate.notAfter())) {
      throw fault(
          CERTIFICATE,
          "certificate-expired",
          "The certificate '%s' expired at %s."
              .formatted(certificate.name(), certificate.notAfter()));
    }
    if (!BROKEN_HASHES.contains(certificate.signatureHash()) || certificate.isSelfSigned()) return;
    throw fault(
        CERTIFICATE,
        "weak-signature",
        "The certificate '%s' is signed with %s, which nodes and clients do not accept."
            .formatted(certificate.name(), certificate.signatureHash()));
  }

  private static void requireKeyLength(X509 certificate) {
    if (certificate.publicKey() instanceof RSAPublicKey rsa) {
      requireRsaLength(
          CERTIFICATE,
          "The key of the certificate '" + certificate.name() + "'",
          rsa.getModulus().bitLength());
    }
  }

  private static void requireRsaLength(String pointer, String what, int bits) {
    if (bits < SHORTEST_RSA) {
      throw fault(
          pointer,
          "key-too-small",
          "%s has %d bits; an RSA key needs at least %d.".formatted(what, bits, SHORTEST_RSA));
    }
    if (bits > LONGEST_RSA) {
      throw fault(
          pointer,
          "key-too-large",
          "%s has %d bits; nodes take RSA keys up to %d.".formatted(what, bits, LONGEST_RSA));
    }
  }
}
