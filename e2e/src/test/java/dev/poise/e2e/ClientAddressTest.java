package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.standalone.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What members learn of the client, how many clients there may be, and WebSocket. */
@ExtendWith(Worlds.class)
class ClientAddressTest {
  private static final int WEB = 80;
  private static final int TCP = 9000;
  private static final String[] FORGED = {
    "X-Forwarded-For: 6.6.6.6",
    "X-Forwarded-For: 6.6.6.7",
    "X-Real-IP: 6.6.6.6",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Port: 666"
  };

  @Test
  void membersSeeTheClientAndNothingItForged(World world) throws IOException {
    Balancer balancer = world.balancer(Recipe.http(WEB).members(world.http("web")));
    balancer.awaitServing(WEB);
    String seen = seen(balancer, world.client(1));
    assertThat(values(seen, "x-forwarded-for")).containsExactly(world.client(1));
    assertThat(values(seen, "x-real-ip")).containsExactly(world.client(1));
    assertThat(values(seen, "x-forwarded-proto")).containsExactly("http");
    assertThat(values(seen, "x-forwarded-port")).containsExactly("80");
    assertThat(values(seen, "host")).containsExactly("shop.example.com");
    assertThat(seen).doesNotContain("6.6.6").doesNotContain("666");
  }

  @Test
  void theClientIsAppendedToWhatCameWhereAsked(World world) throws IOException {
    Balancer balancer =
        world.balancer(
            Recipe.http(WEB)
                .option("requestHeaders", Map.of("xForwardedFor", "APPEND", "host", "inner.test"))
                .members(world.http("web")));
    balancer.awaitServing(WEB);
    String seen = seen(balancer, world.client(1));
    assertThat(String.join(", ", values(seen, "x-forwarded-for")))
        .isEqualTo("6.6.6.6, 6.6.6.7, " + world.client(1));
    assertThat(values(seen, "x-real-ip")).containsExactly(world.client(1));
    assertThat(values(seen, "host")).containsExactly("inner.test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"V1", "V2"})
  void aTcpMemberThatParsesTheProxyProtocolSeesTheClient(String version, World world)
      throws IOException {
    ProxiedBackend backend = world.proxied("proxied");
    Balancer balancer =
        world.balancer(Recipe.tcp(TCP).option("proxyProtocol", version).members(backend));
    balancer.awaitHealth(TCP, backend, "HEALTHY");
    try (Socket client = HttpConnection.connect(balancer.at(TCP), world.client(2))) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
      assertThat(in.readLine())
          .isEqualTo(
              "%s %s %d"
                  .formatted(
                      version.toLowerCase(Locale.ROOT), world.client(2), client.getLocalPort()));
    }
  }

  @Test
  void aConnectionAboveTheLimitIsRefusedAtOnceAndAFreePlaceIsGivenAgain(World world)
      throws IOException {
    TcpBackend echo = world.tcp("echo");
    Balancer balancer = world.balancer(Recipe.tcp(TCP).option("connectionLimit", 2).members(echo));
    balancer.awaitHealth(TCP, echo, "HEALTHY");
    // Nobody else has connected yet, so nobody else can hold one of the two places.
    try (TcpConnection first = TcpConnection.open(balancer.at(TCP));
        TcpConnection second = TcpConnection.open(balancer.at(TCP))) {
      assertThat(first.lives()).isTrue();
      assertThat(second.lives()).isTrue();
      for (int i = 0; i < 10; i++) {
        long start = System.nanoTime();
        assertThat(isRefused(balancer.at(TCP))).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
      }
      assertThat(first.lives()).isTrue();
      assertThat(second.lives()).isTrue();
    }
    balancer.awaitServingTcp(TCP);
  }

  @Test
  void aWebSocketEchoesThroughAnHttpListener(World world) throws Exception {
    WebSocketBackend echo = world.webSocket("echo");
    Balancer balancer = world.balancer(Recipe.http(WEB).members(echo));
    balancer.awaitHealth(WEB, echo, "HEALTHY");
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI address = URI.create("ws://" + balancer.at(WEB).getHostString() + ":" + WEB + "/echo");
      WebSocket socket =
          http.newWebSocketBuilder().buildAsync(address, new Ear(heard)).get(10, TimeUnit.SECONDS);
      for (String message : List.of("one", "two", "three")) {
        socket.sendText(message, true).get(10, TimeUnit.SECONDS);
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(message);
      }
      socket.abort();
    }
  }

  /** Remembers what came. */
  private record Ear(BlockingQueue<String> heard) implements WebSocket.Listener {
    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket socket, CharSequence message, boolean last) {
      heard.add(message.toString());
      socket.request(1);
      return null;
    }
  }

  /** The request head that the member saw of a client that lies. */
  private static String seen(Balancer balancer, String client) throws IOException {
    try (HttpConnection connection = HttpConnection.open(balancer.at(WEB), client)) {
      HttpConnection.Response response = connection.getFrom("shop.example.com", "/", FORGED);
      assertThat(response.status()).isEqualTo(200);
      return response.body();
    }
  }

  private static List<String> values(String head, String name) {
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .toList();
  }

  /** Whether the connection is reset or closed before anything was said. */
  private static boolean isRefused(InetSocketAddress target) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(10_000);
      socket.bind(Ports.endpoint("127.0.0.1", 0));
      socket.connect(target, 10_000);
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }
}
