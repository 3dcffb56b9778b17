package dev.poise.agent.link;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts a server that shows a certificate with one of the pinned public keys, and no other.
 *
 * <p>The pin came with the join token, from whoever runs the platform, and says all there is to
 * say: which names the certificate has, who signed it and until when it is valid would add nothing.
 * TLS itself proves that the server has the private key. It must be the extended kind of a trust
 * manager: the JDK adds its own look at names to the plain one.
 */
final class PinnedTrust extends X509ExtendedTrustManager {
  private final Set<Pin> pins;

  PinnedTrust(Set<Pin> pins) {
    this.pins = Set.copyOf(pins);
  }

  /** The server is somebody else than whom the node was told of. */
  static final class OtherCertificate extends CertificateException {
    OtherCertificate(Pin shown) {
      super(
          "the server shows another certificate than the one pinned: %s is not among server.pins"
              .formatted(shown));
    }
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    Pin shown = Pin.of(chain[0]);
    if (!pins.contains(shown)) throw new OtherCertificate(shown);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("an agent has no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw new CertificateException("an agent has no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("an agent has no clients");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
