package dev.poise.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client that speaks TLS as the JDK does and names a domain. */
record TlsClient(SSLContext trust, String domain) {
  /** A connection after its handshake. */
  SSLSocket open(InetSocketAddress target) throws IOException {
    Socket plain = HttpConnection.connect(target, "127.0.0.1");
    SSLSocket socket =
        (SSLSocket) trust.getSocketFactory().createSocket(plain, domain, target.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(domain)));
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The serial number of the certificate that a new session shows to one that trusts so. */
  static String serial(Authority authority, InetSocketAddress target, String domain)
      throws IOException {
    // A context of its own, so that no session is resumed.
    try (SSLSocket socket = new TlsClient(authority.trusting(), domain).open(target)) {
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      String serial = shown.getSerialNumber().toString(16).toUpperCase(Locale.ROOT);
      return serial.length() % 2 == 0 ? serial : "0" + serial;
    }
  }
}
