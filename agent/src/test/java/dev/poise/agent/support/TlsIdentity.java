package dev.poise.agent.support;

import dev.poise.agent.link.Pin;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate with its key, for a server that is known by its pin. */
public record TlsIdentity(SSLContext context, Pin pin) {
  private static final TlsIdentity SHARED = make();

  /** One for everybody to whom it does not matter. */
  public static TlsIdentity shared() {
    return SHARED;
  }

  /** A new one; its name is nobody's. */
  public static TlsIdentity make() {
    try {
      Certificates.Issued issued =
          Certificates.authority("whoever").issue("not-the-name-of-any-server.test");
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(
                          issued.certificate().getBytes(StandardCharsets.US_ASCII)));
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      char[] password = "in memory".toCharArray();
      store.setKeyEntry("it", key(issued.key()), password, new Certificate[] {certificate});
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return new TlsIdentity(context, Pin.of(certificate));
    } catch (Exception e) {
      throw new IllegalStateException("no certificate for a test", e);
    }
  }

  private static PrivateKey key(String pem) throws Exception {
    String base64 = pem.replaceAll("-----[A-Z ]+-----", "");
    byte[] encoded = Base64.getMimeDecoder().decode(base64);
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }
}
