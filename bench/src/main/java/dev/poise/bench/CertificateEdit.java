package dev.poise.bench;

import dev.poise.standalone.Deadline;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Replaces the certificate of an HTTPS listener and waits for the first new handshake that shows
 * it. A handshake takes a few milliseconds of its own, which are in the figure.
 */
final class CertificateEdit implements Edits.Edit {
  private static final Duration BETWEEN_HANDSHAKES = Duration.ofMillis(1);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int PATIENCE_MILLIS = 5_000;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final RunningPoise poise;
  private final Scope scope;
  private final String id;
  private final InetSocketAddress target;

  /**
   * @param id of the certificate
   * @param target the listener that shows it
   */
  CertificateEdit(RunningPoise poise, Scope scope, String id, InetSocketAddress target) {
    this.poise = poise;
    this.scope = scope;
    this.id = id;
    this.target = target;
  }

  @Override
  public SequencedMap<String, Double> make(int number, Client probe) {
    Certificate next = Certificate.make(scope, poise.folder(), "next");
    X509Certificate expected = read(next);
    Call call =
        new Call(poise, "PUT", "/certificates/" + id + "/material", Optional.of(next.material()));
    long effect = awaitShown(expected);
    SequencedMap<String, Double> times = new LinkedHashMap<>();
    times.put("new handshake", call.millisUntil(effect));
    times.put("the API says applied", call.millisUntilApplied());
    return times;
  }

  private static X509Certificate read(Certificate made) {
    try (var file = new ByteArrayInputStream(Files.readAllBytes(made.certificate()))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(file);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private long awaitShown(X509Certificate expected) {
    Deadline deadline = Deadline.in(PATIENCE);
    while (!shown().equals(expected)) {
      if (deadline.isOver()) throw new IllegalStateException(id + " is not shown");
      Pace.rest(BETWEEN_HANDSHAKES);
    }
    return System.nanoTime();
  }

  private X509Certificate shown() {
    try (Socket plain = new Socket()) {
      plain.setTcpNoDelay(true);
      plain.setSoTimeout(PATIENCE_MILLIS);
      plain.connect(target, PATIENCE_MILLIS);
      try (SSLSocket socket = handshake(plain)) {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("a handshake with " + target + " failed", e);
    }
  }

  private SSLSocket handshake(Socket plain) throws IOException, GeneralSecurityException {
    // A context of its own, so that no session is resumed.
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anybody()}, RANDOM);
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(plain, target.getHostString(), target.getPort(), true);
    socket.startHandshake();
    return socket;
  }

  /** What is shown is looked at afterwards. */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
