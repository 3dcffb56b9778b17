package dev.poise.server.certificate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.pkcs.PKCS12PfxPdu;
import org.bouncycastle.pkcs.PKCS12SafeBag;
import org.bouncycastle.pkcs.PKCS12SafeBagFactory;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCS12MacCalculatorBuilderProvider;

/**
 * A PKCS#12 file. It is read bag by bag: a key store would show only what it makes sense of, and
 * could not say what it left out.
 */
final class Pkcs12File {
  /**
   * What programs take for an empty password: nothing at all or, in the form of PKCS#12, its final
   * zero alone.
   */
  private static final List<char[]> EMPTY = List.of(new char[0], new char[1]);

  private final PKCS12PfxPdu file;
  private final String pointer;

  /**
   * @param pointer where in the request it came from
   * @throws dev.poise.server.platform.Refusal.Invalid if it takes too long to open
   */
  Pkcs12File(byte[] bytes, String pointer) throws IOException {
    this.file = new PKCS12PfxPdu(bytes);
    this.pointer = pointer;
    if (file.hasMac()) {
      Encryption.requireCheap(pointer, file.getMacAlgorithmID());
      Encryption.requireCheap(pointer, file.toASN1Structure().getMacData().getIterationCount());
    }
  }

  /** What is in it. */
  record Contents(List<X509CertificateHolder> certificates, List<PrivateKeyInfo> keys) {}

  /** The certificates and keys; absent if a password must be given. */
  Optional<Contents> open() throws PKCSException {
    for (char[] empty : EMPTY) {
      Optional<Contents> contents = open(empty);
      if (contents.isPresent()) return contents;
    }
    return Optional.empty();
  }

  /** The certificates and keys; absent if the password is a wrong one. */
  Optional<Contents> open(char[] password) throws PKCSException {
    if (file.hasMac()) return macIs(password) ? Optional.of(contents(password)) : Optional.empty();
    try {
      return Optional.of(contents(password));
    } catch (PKCSException e) {
      Encryption.passOnRefusal(e);
      // Without the checksum over all, only nonsense tells of a wrong password.
      return Optional.empty();
    }
  }

  private Contents contents(char[] password) throws PKCSException {
    InputDecryptorProvider opener = Encryption.openedBy(pointer, password);
    Contents contents = new Contents(new ArrayList<>(), new ArrayList<>());
    for (ContentInfo part : file.getContentInfos()) {
      PKCS12SafeBagFactory bags =
          part.getContentType().equals(PKCSObjectIdentifiers.encryptedData)
              ? new PKCS12SafeBagFactory(part, opener)
              : new PKCS12SafeBagFactory(part);
      for (PKCS12SafeBag bag : bags.getSafeBags()) {
        switch (bag.getBagValue()) {
          case X509CertificateHolder certificate -> contents.certificates().add(certificate);
          case PrivateKeyInfo key -> contents.keys().add(key);
          case PKCS8EncryptedPrivateKeyInfo key ->
              contents.keys().add(key.decryptPrivateKeyInfo(opener));
          // Revocation lists and secrets of other kinds are no business of ours.
          default -> {}
        }
      }
    }
    return contents;
  }

  private boolean macIs(char[] password) throws PKCSException {
    return file.isMacValid(
        new JcePKCS12MacCalculatorBuilderProvider().setProvider(Encryption.PROVIDER), password);
  }
}
