package dev.poise.server.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;

/**
 * One certificate, read. Everything in it was written by strangers: texts are cleaned before anyone
 * sees them.
 */
final class X509 {
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\u2028\u2029]");
  private static final int LONGEST_TEXT = 512;
  private static final int MOST_NAMES = 500;
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final byte[] SAMPLE = "to be signed".getBytes(StandardCharsets.US_ASCII);

  private final X509CertificateHolder holder;
  private final X509Certificate certificate;

  X509(X509CertificateHolder holder) throws GeneralSecurityException {
    this.holder = holder;
    this.certificate =
        new JcaX509CertificateConverter().setProvider(Encryption.PROVIDER).getCertificate(holder);
  }

  X509CertificateHolder holder() {
    return holder;
  }

  PublicKey publicKey() {
    return certificate.getPublicKey();
  }

  /** The common name, or the whole name if it has none. */
  String name() {
    return commonName(holder.getSubject());
  }

  boolean isAuthority() {
    return certificate.getBasicConstraints() >= 0;
  }

  boolean isSelfSigned() {
    return isIssuedBy(this);
  }

  boolean isIssuedBy(X509 other) {
    if (!holder.getIssuer().equals(other.holder.getSubject())) return false;
    try {
      certificate.verify(other.publicKey(), Encryption.PROVIDER);
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  /** Whether what this key signs is signed by the certificate's. */
  boolean belongsTo(PrivateKey key) {
    try {
      String algorithm =
          switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC", "ECDSA" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
          };
      Signature signer = Signature.getInstance(algorithm, Encryption.PROVIDER);
      signer.initSign(key);
      signer.update(SAMPLE);
      byte[] signature = signer.sign();
      signer.initVerify(publicKey());
      signer.update(SAMPLE);
      return signer.verify(signature);
    } catch (GeneralSecurityException | RuntimeException _) {
      // A key of another kind than the certificate's, or one whose parts contradict each other:
      // arithmetic with those ends in any exception.
      return false;
    }
  }

  /** Whether it may be shown by a server; one that says nothing of its purpose may. */
  boolean isForServers() {
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      return purposes == null
          || purposes.contains("1.3.6.1.5.5.7.3.1")
          || purposes.contains("2.5.29.37.0");
    } catch (CertificateParsingException _) {
      return false;
    }
  }

  /** Whether it may sign certificates; one that says nothing of its uses may. */
  boolean maySignCertificates() {
    boolean[] uses = certificate.getKeyUsage();
    return uses == null || uses[5];
  }

  /** The hash its issuer signed, such as {@code SHA1}; empty if the signature has its own. */
  String signatureHash() {
    String name = certificate.getSigAlgName().toUpperCase(Locale.ROOT).replace("-", "");
    int with = name.indexOf("WITH");
    return with < 0 ? "" : name.substring(0, with);
  }

  String serial() {
    return holder.getSerialNumber().toString(16);
  }

  Instant notBefore() {
    return certificate.getNotBefore().toInstant();
  }

  Instant notAfter() {
    return certificate.getNotAfter().toInstant();
  }

  /** What this says of itself, with the time in which all of a bundle is valid. */
  Facts facts(List<X509> bundle) throws GeneralSecurityException, IOException {
    return new Facts(
        name(),
        alternativeNames(),
        clean(holder.getIssuer().toString()),
        serial(),
        keyAlgorithm(publicKey()),
        fingerprint("SHA-256"),
        fingerprint("MD5"),
        bundle.stream().map(X509::notBefore).max(Comparator.naturalOrder()).orElseThrow(),
        bundle.stream().map(X509::notAfter).min(Comparator.naturalOrder()).orElseThrow());
  }

  private List<String> alternativeNames() throws CertificateParsingException {
    Collection<List<?>> found =
        Objects.requireNonNullElse(certificate.getSubjectAlternativeNames(), List.of());
    List<String> names = new ArrayList<>();
    for (List<?> name : found) {
      if (names.size() == MOST_NAMES) break;
      if (name.get(0) instanceof Integer type && name.get(1) instanceof String text) {
        if (type == DNS_NAME) names.add(clean(text).toLowerCase(Locale.ROOT));
        if (type == IP_ADDRESS) names.add(clean(text));
      }
    }
    return names;
  }

  private String fingerprint(String algorithm) throws GeneralSecurityException, IOException {
    byte[] hash = MessageDigest.getInstance(algorithm).digest(holder.getEncoded());
    return HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash);
  }

  static String keyAlgorithm(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa -> "RSA " + rsa.getModulus().bitLength();
      case ECPublicKey ec -> "EC " + ec.getParams().getCurve().getField().getFieldSize();
      default -> key.getAlgorithm();
    };
  }

  private static String commonName(X500Name name) {
    RDN[] found = name.getRDNs(BCStyle.CN);
    return clean(
        found.length == 0
            ? name.toString()
            : IETFUtils.valueToString(found[0].getFirst().getValue()));
  }

  private static String clean(String text) {
    String shown = UNPRINTABLE.matcher(text).replaceAll("?");
    return shown.length() <= LONGEST_TEXT ? shown : shown.substring(0, LONGEST_TEXT) + "...";
  }

  byte[] encoded() throws CertificateEncodingException {
    return certificate.getEncoded();
  }
}
