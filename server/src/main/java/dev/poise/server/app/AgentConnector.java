package dev.poise.server.app;

import dev.poise.server.channel.ChannelCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;

/** The agents' port: TLS, with a certificate that agents have pinned. */
final class AgentConnector extends Connector {
  /** Agents keep one connection each for a long poll and one for reports. */
  private static final int MOST_CONNECTIONS = 20_000;

  private static final int KEEP_ALIVE_MILLIS = 120_000;
  private static final int HANDSHAKE_MILLIS = 20_000;

  /** It protects nothing: the key store is in memory only, and Tomcat insists. */
  private static final String PASSWORD = "in memory";

  AgentConnector(String address, int port, ChannelCertificate certificate) {
    super(Http11NioProtocol.class.getName());
    setPort(port);
    setScheme("https");
    setSecure(true);
    if (!(getProtocolHandler() instanceof Http11NioProtocol protocol))
      throw new AssertionError("the connector was made with this protocol");
    protocol.setAddress(literal(address));
    protocol.setExecutor(new VirtualThreadExecutor("agents-"));
    protocol.setMaxConnections(MOST_CONNECTIONS);
    protocol.setConnectionTimeout(HANDSHAKE_MILLIS);
    protocol.setKeepAliveTimeout(KEEP_ALIVE_MILLIS);
    protocol.setMaxKeepAliveRequests(-1);
    protocol.setSSLEnabled(true);
    protocol.addSslHostConfig(tls(certificate));
  }

  private static InetAddress literal(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(
          "POISE_AGENT_ADDRESS is no address of this machine: " + address, e);
    }
  }

  private static SSLHostConfig tls(ChannelCertificate certificate) {
    SSLHostConfig host = new SSLHostConfig();
    host.setProtocols("TLSv1.2+TLSv1.3");
    SSLHostConfigCertificate own =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.EC);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "agents",
          certificate.privateKey(),
          PASSWORD.toCharArray(),
          new Certificate[] {certificate.certificate()});
      own.setCertificateKeystore(store);
      own.setCertificateKeystorePassword(PASSWORD);
      own.setCertificateKeyAlias("agents");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("Cannot use the certificate of the agents' port", e);
    }
    host.addCertificate(own);
    return host;
  }
}
