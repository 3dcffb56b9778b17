package dev.poise.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.agent.support.FakeServer;
import dev.poise.agent.support.Specs;
import dev.poise.agent.support.TlsIdentity;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private FakeServer server;

  @BeforeEach
  void start() throws IOException {
    server = new FakeServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void poll(ServerAddress address) throws Exception {
    ServerClient client = new ServerClient(address, server.key);
    try (ManifestStream manifests = client.manifests(0, Duration.ZERO)) {
      assertThat(manifests.next()).isEmpty();
    }
  }

  @Test
  void talksToTheServerWithThePinWhateverNameItsCertificateHas() throws Exception {
    poll(server.address());
  }

  @Test
  void oneOfSeveralPinsIsEnoughSoThatACertificateCanBeChanged() throws Exception {
    TlsIdentity next = TlsIdentity.make();
    Pin now = server.address().pins().iterator().next();
    ServerAddress both = new ServerAddress(server.address().url(), Set.of(now, next.pin()));
    poll(both);
    server.stop();
    server.identity(next);
    server.restart();
    poll(both);
  }

  @Test
  void doesNotTalkToAServerWithAnotherCertificate() {
    ServerAddress other =
        new ServerAddress(server.address().url(), Set.of(TlsIdentity.make().pin()));
    assertThatThrownBy(() -> poll(other))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the server shows another certificate than the one pinned");
  }

  @Test
  void withoutPinsTheSystemDecidesWhomToTrust() {
    ServerAddress unpinned = new ServerAddress(server.address().url(), Set.of());
    assertThatThrownBy(() -> poll(unpinned))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("certificate is not trusted");
  }

  @Test
  void saysWhenNobodyIsThere() {
    server.stop();
    assertThatThrownBy(() -> poll(server.address()))
        .isInstanceOf(IOException.class)
        .hasMessage("nobody answers at " + server.address().url());
  }

  @Test
  void aRevokedNodeIsToldSo() {
    server.revoke(true);
    assertThatThrownBy(() -> poll(server.address()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("does not take this node's key any more")
        .hasMessageContaining("join --again");
  }

  /** An answer of the server that goes on after its first manifest. */
  private ManifestStream begun(Duration wait, Duration patience) throws Exception {
    server.put(new Specs().http(80).next());
    ServerClient client = new ServerClient(server.address(), server.key);
    ManifestStream manifests = client.manifests(0, wait, patience);
    assertThat(manifests.next().orElseThrow().revision()).isEqualTo(1);
    return manifests;
  }

  @Test
  void manifestsComeAsTheServerHasThemUntilItEndsItsAnswer() throws Exception {
    try (ManifestStream manifests = begun(Duration.ofSeconds(2), PATIENCE)) {
      server.put(new Specs().http(80).next());
      assertThat(manifests.next().orElseThrow().revision()).isEqualTo(2);
      assertThat(manifests.next()).isEmpty();
    }
  }

  @Test
  void aServerThatFallsSilentInTheMiddleIsNotWaitedForForever() throws Exception {
    try (ManifestStream manifests = begun(Duration.ofSeconds(1), Duration.ofMillis(200))) {
      server.fallSilent();
      assertThatThrownBy(manifests::next)
          .isInstanceOf(IOException.class)
          .hasMessage("the server fell silent in the middle of its answer");
    }
  }

  @Test
  void saysWhenTheServerBreaksOff() throws Exception {
    try (ManifestStream manifests = begun(Duration.ofSeconds(20), PATIENCE)) {
      server.stop();
      assertThatThrownBy(manifests::next)
          .isInstanceOf(IOException.class)
          .hasMessage("the server broke off in the middle of its answer");
    }
  }

  @Test
  void waitingEndsWithItsThread() throws Exception {
    try (ManifestStream manifests = begun(Duration.ofSeconds(20), PATIENCE)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(manifests::next).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void keysGoOverLoopbackOrTls() {
    assertThat(new ServerAddress(URI.create("http://127.0.0.9:80"), Set.of()).pins()).isEmpty();
    assertThatThrownBy(() -> new ServerAddress(URI.create("http://192.0.2.1"), Set.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
