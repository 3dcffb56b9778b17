package dev.poise.server.certificate;

import static dev.poise.server.certificate.Faults.CERTIFICATE;
import static dev.poise.server.certificate.Faults.PASSWORD;
import static dev.poise.server.certificate.Faults.PRIVATE_KEY;
import static dev.poise.server.certificate.Faults.fault;

import dev.poise.server.platform.Refusal;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/**
 * Takes the certificates and private keys out of what a client sent, whatever it is wrapped in.
 *
 * <p>A name such as {@code .crt} or {@code .key} says nothing reliable of a file, and a pasted text
 * has none. So what it is, is read off the thing itself: PEM has its BEGIN; other text can only be
 * Base64; and in a file without a BEGIN, the first elements of its ASN.1 tell certificates, the
 * forms of keys and PKCS#12 apart.
 */
final class Upload {
  private static final int MOST_CERTIFICATES = 50;
  private static final int ASN1_SEQUENCE = 0x30;

  private final Changes changes = new Changes();
  private final List<X509CertificateHolder> certificates = new ArrayList<>();
  private final List<PrivateKeyInfo> keys = new ArrayList<>();
  private final char @Nullable [] password;
  private boolean passwordUsed;

  private Upload(@Nullable String password) {
    this.password = password == null || password.isEmpty() ? null : password.toCharArray();
  }

  /**
   * Reads an upload.
   *
   * @throws Refusal.Invalid if it cannot be read
   */
  static Upload read(Material material) {
    Upload upload = new Upload(material.password());
    upload.take(CERTIFICATE, material.certificate());
    if (material.privateKey() != null && !material.privateKey().isBlank()) {
      upload.take(PRIVATE_KEY, material.privateKey());
    }
    if (upload.password != null && !upload.passwordUsed) {
      upload.changes.add("The password was not needed.");
    }
    return upload;
  }

  /** The certificates in the order they stand there, each of them once. */
  List<X509CertificateHolder> certificates() {
    return certificates;
  }

  /** The private keys, each of them once. */
  List<PrivateKeyInfo> keys() {
    return keys;
  }

  Changes changes() {
    return changes;
  }

  private void take(String pointer, String text) {
    try {
      take(
          pointer,
          PemText.isIn(text) ? text.getBytes(StandardCharsets.UTF_8) : base64(pointer, text));
    } catch (Refusal refusal) {
      throw refusal;
    } catch (IOException | PKCSException | RuntimeException e) {
      Encryption.passOnRefusal(e);
      // Bouncy Castle throws whatever the bytes lead it to. Its words may quote them: none is kept.
      throw fault(pointer, "unreadable", "This is damaged; it cannot be read.");
    }
  }

  private void take(String pointer, byte[] bytes) throws IOException, PKCSException {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (PemText.isIn(text)) {
      for (PemText.Block block : PemText.blocks(text, pointer, changes)) take(pointer, block);
    } else if (bytes.length > 0 && bytes[0] == ASN1_SEQUENCE) {
      takeBinary(pointer, bytes);
    } else {
      throw notUnderstood(pointer);
    }
  }

  private static byte[] base64(String pointer, String text) {
    try {
      return Base64.getDecoder().decode(text.replaceAll("\\s", ""));
    } catch (IllegalArgumentException _) {
      throw notUnderstood(pointer);
    }
  }

  private static Refusal notUnderstood(String pointer) {
    return fault(
        pointer,
        "not-pem",
        "This is neither PEM text (it begins with '-----BEGIN') nor the Base64 of a file in PEM,"
            + " DER or PKCS#12.");
  }

  private void take(String pointer, PemText.Block block) throws IOException {
    switch (block.label()) {
      case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE" ->
          add(pointer, firstOf(block.content()));
      case "PRIVATE KEY" -> add(PrivateKeyInfo.getInstance(block.content()));
      case "ENCRYPTED PRIVATE KEY" ->
          add(decrypted(pointer, new PKCS8EncryptedPrivateKeyInfo(block.content())));
      case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> takeOpenSslKey(pointer, block);
      case "EC PARAMETERS", "DH PARAMETERS" ->
          changes.add("The block '" + block.label() + "' was left out.");
      case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" ->
          throw fault(
              pointer,
              "not-a-certificate",
              "This is a request for a certificate, not a certificate. Upload what the authority"
                  + " answered.");
      default ->
          throw fault(
              pointer,
              "not-a-certificate",
              "The PEM block '" + block.label() + "' is neither a certificate nor a private key.");
    }
  }

  /** OpenSSL's trusted certificates have something of its own behind the certificate. */
  private static X509CertificateHolder firstOf(byte[] content) throws IOException {
    try (var input = new ASN1InputStream(content)) {
      return new X509CertificateHolder(input.readObject().getEncoded());
    }
  }

  private void takeOpenSslKey(String pointer, PemText.Block block) throws IOException {
    try (var parser = new PEMParser(new StringReader(block.text()))) {
      PEMKeyPair pair =
          switch (parser.readObject()) {
            case PEMEncryptedKeyPair encrypted -> decrypted(pointer, encrypted);
            case PEMKeyPair plain -> plain;
            case null, default -> throw notUnderstood(pointer);
          };
      changes.add(
          "The private key was converted from %s to PKCS#8."
              .formatted(block.label().startsWith("EC") ? "SEC 1" : "PKCS#1"));
      add(pair.getPrivateKeyInfo());
    }
  }

  private PEMKeyPair decrypted(String pointer, PEMEncryptedKeyPair encrypted) throws IOException {
    try {
      PEMKeyPair plain =
          encrypted.decryptKeyPair(
              new JcePEMDecryptorProviderBuilder()
                  .setProvider(Encryption.PROVIDER)
                  .build(password(pointer)));
      changes.add(Encryption.DECRYPTED);
      return plain;
    } catch (PEMException | IllegalArgumentException | ClassCastException _) {
      throw wrongPassword();
    }
  }

  private PrivateKeyInfo decrypted(String pointer, PKCS8EncryptedPrivateKeyInfo encrypted) {
    try {
      PrivateKeyInfo plain =
          encrypted.decryptPrivateKeyInfo(Encryption.openedBy(pointer, password(pointer)));
      changes.add(Encryption.DECRYPTED);
      return plain;
    } catch (PKCSException | IllegalArgumentException | ClassCastException e) {
      Encryption.passOnRefusal(e);
      throw wrongPassword();
    }
  }

  private void takeBinary(String pointer, byte[] bytes) throws IOException, PKCSException {
    ASN1Sequence parts = ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(bytes));
    ASN1Encodable first = parts.getObjectAt(0);
    ASN1Encodable second = parts.getObjectAt(1);
    if (first instanceof ASN1Integer version && second instanceof ASN1Sequence) {
      if (version.hasValue(3)) takePkcs12(pointer, bytes);
      else addConverted("DER", PrivateKeyInfo.getInstance(parts));
    } else if (first instanceof ASN1Integer && second instanceof ASN1Integer) {
      addConverted("PKCS#1 in DER", pkcs8(RSAPrivateKey.getInstance(parts)));
    } else if (first instanceof ASN1Integer && second instanceof ASN1OctetString) {
      addConverted("SEC 1 in DER", pkcs8(pointer, ECPrivateKey.getInstance(parts)));
    } else if (first instanceof ASN1Sequence && second instanceof ASN1OctetString) {
      addConverted("DER", decrypted(pointer, new PKCS8EncryptedPrivateKeyInfo(bytes)));
    } else if (first instanceof ASN1Sequence
        && parts.size() == 3
        && parts.getObjectAt(2) instanceof ASN1BitString) {
      changes.add("The certificate was converted from DER to PEM.");
      add(pointer, new X509CertificateHolder(bytes));
    } else {
      throw notUnderstood(pointer);
    }
  }

  private static PrivateKeyInfo pkcs8(RSAPrivateKey key) throws IOException {
    return new PrivateKeyInfo(
        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), key);
  }

  private static PrivateKeyInfo pkcs8(String pointer, ECPrivateKey key) throws IOException {
    if (key.getParametersObject() == null) {
      throw fault(pointer, "unsupported-key", "The private key does not say which curve it is on.");
    }
    return new PrivateKeyInfo(
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()),
        key);
  }

  private void takePkcs12(String pointer, byte[] bytes) throws IOException, PKCSException {
    Pkcs12File file = new Pkcs12File(bytes, pointer);
    Optional<Pkcs12File.Contents> open = file.open();
    Pkcs12File.Contents contents =
        open.isPresent()
            ? open.get()
            : file.open(password(pointer)).orElseThrow(Upload::wrongPassword);
    contents.certificates().forEach(certificate -> add(pointer, certificate));
    contents.keys().forEach(this::add);
    changes.add("Certificates and private key were taken out of a PKCS#12 file.");
  }

  private void addConverted(String form, PrivateKeyInfo key) {
    changes.add("The private key was converted from " + form + " to PKCS#8 in PEM.");
    add(key);
  }

  private void add(String pointer, X509CertificateHolder certificate) {
    if (certificates.contains(certificate)) {
      changes.add("A certificate that came twice was taken once.");
      return;
    }
    certificates.add(certificate);
    if (certificates.size() > MOST_CERTIFICATES) {
      throw fault(
          pointer,
          "too-many-certificates",
          "There are more than " + MOST_CERTIFICATES + " certificates in it.");
    }
  }

  private void add(PrivateKeyInfo key) {
    if (!keys.contains(key)) keys.add(key);
  }

  private char[] password(String pointer) {
    if (password == null) {
      throw fault(
          PASSWORD,
          "password-needed",
          pointer.equals(PRIVATE_KEY)
              ? "The private key is encrypted. Send its password too."
              : "What was uploaded is encrypted. Send its password too.");
    }
    passwordUsed = true;
    return Arrays.copyOf(password, password.length);
  }

  private static Refusal wrongPassword() {
    return fault(PASSWORD, "wrong-password", "The password is not the right one.");
  }
}
