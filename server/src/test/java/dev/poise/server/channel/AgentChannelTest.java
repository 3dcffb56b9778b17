package dev.poise.server.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.server.ApiTest;
import dev.poise.server.Pinless;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Vault;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

class AgentChannelTest extends ApiTest {
  @Autowired private ChannelStore store;
  @Autowired private Vault vault;

  private AgentChannel another(String address, String url) {
    return new AgentChannel(store, vault, InstantSource.system(), address, url);
  }

  private HttpResponse<String> throughAgentsPort(String path, @Nullable String key)
      throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(Pinless.context()).build()) {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(entrance().url() + path));
      if (key != null) request.header("Authorization", "Bearer " + key);
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private SSLSocket handshake(String... protocols) throws Exception {
    URI url = URI.create(entrance().url());
    SSLSocket socket =
        (SSLSocket) Pinless.context().getSocketFactory().createSocket(url.getHost(), url.getPort());
    socket.setEnabledProtocols(protocols);
    socket.startHandshake();
    return socket;
  }

  @Test
  void thePinIsThatOfTheCertificateThePortShows() throws Exception {
    try (SSLSocket socket = handshake("TLSv1.3")) {
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      byte[] key = shown.getPublicKey().getEncoded();
      String pin =
          Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
      assertThat(entrance().pin()).isEqualTo("sha256//" + pin);
      assertThat(shown.getPublicKey().getAlgorithm()).isEqualTo("EC");
      shown.verify(shown.getPublicKey());
    }
  }

  @Test
  void speaksTls12TooAndNothingOlder() throws Exception {
    try (SSLSocket socket = handshake("TLSv1.2")) {
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
    }
    assertThatThrownBy(() -> handshake("TLSv1.1").close()).isInstanceOf(SSLException.class);
  }

  @Test
  void everyServerShowsTheSameCertificate() {
    assertThat(another("127.0.0.1", "").certificate().pin()).isEqualTo(entrance().pin());
    store.insert(
        new ChannelStore.Stored("another", vault.seal("x", "x")), InstantSource.system().instant());
    assertThat(another("127.0.0.1", "").certificate().pin())
        .as("who comes second takes what is there")
        .isEqualTo(entrance().pin());
  }

  @Test
  void thePrivateKeyIsNotInClearInTheDatabase() {
    String key = another("127.0.0.1", "").certificate().privateKeyText();
    ChannelStore.Stored stored = store.find().orElseThrow();
    assertThat(
            new String(stored.privateKey().secret(), java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain(key.substring(0, 20));
    assertThat(stored.certificate()).startsWith("-----BEGIN CERTIFICATE-----");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/health",
        "/docs",
        "/api/v1/load-balancers",
        "/api/v1/sign-in-options",
        "/nothing",
        "/error",
      })
  void whatIsNotForAgentsDoesNotExistOnTheirPort(String path) throws Exception {
    HttpResponse<String> answer = throughAgentsPort(path, null);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(throughAgentsPort(path, adminKey()).statusCode())
        .as("a key of the API is nobody's here")
        .isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({"GET,/agent/v1/manifest", "POST,/agent/v1/join", "GET,/install", "GET,/nothing"})
  void whatIsForAgentsDoesNotExistOnThePortOfTheApi(String method, String path) throws Exception {
    String plain = uri("/").toString().replaceFirst("/$", "");
    for (String key : new String[] {adminKey(), site().nodeKey(), ""}) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(plain + path))
              .method(method, HttpRequest.BodyPublishers.noBody());
      if (!key.isEmpty()) request.header("Authorization", "Bearer " + key);
      try (HttpClient client = HttpClient.newHttpClient()) {
        assertThat(client.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode())
            .isEqualTo(key.equals(adminKey()) ? 404 : 401);
      }
    }
  }

  @Test
  void agentsAreSentWhereTheOperatorSays() {
    AgentChannel channel = another("0.0.0.0", "https://poise.example.com/");
    AgentChannel.Door open = new AgentChannel.Door.Open(channel.certificate(), 9443);
    channel.now(open);
    assertThat(channel.entrance().url()).isEqualTo("https://poise.example.com");
    AgentChannel everywhere = another("0.0.0.0", "");
    everywhere.now(open);
    assertThatThrownBy(everywhere::entrance)
        .isInstanceOf(Refusal.Unavailable.class)
        .hasMessageContaining("POISE_AGENT_URL");
    AgentChannel v6 = another("::1", "");
    v6.now(open);
    assertThat(v6.entrance().url()).isEqualTo("https://[::1]:9443");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://poise.example.com",
        "https://poise.example.com/path",
        "https://x'; rm -rf '",
        "poise.example.com:9443"
      })
  void refusesToStartWithAnAddressThatCannotBeOne(String url) {
    assertThatThrownBy(() -> another("127.0.0.1", url)).hasMessageContaining("POISE_AGENT_URL");
  }
}
