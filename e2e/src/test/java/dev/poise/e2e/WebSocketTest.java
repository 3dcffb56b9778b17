package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** WebSocket with the JDK as client. */
@ExtendWith(Worlds.class)
class WebSocketTest {
  private static final int WEB = 80;
  private static final int SECURE = 443;

  @Test
  void messagesGoBothWaysThroughAnHttpListener(World world) throws Exception {
    WebSocketBackend echo = world.webSocket("echo");
    Balancer balancer = world.balancer(Recipe.http(WEB).members(echo));
    balancer.awaitHealth(WEB, echo, "HEALTHY");
    try (HttpClient http = HttpClient.newHttpClient()) {
      talk(http, "ws", balancer, WEB);
    }
  }

  @Test
  void messagesGoBothWaysThroughAnHttpsListener(World world) throws Exception {
    try (Authority authority = Authority.make("servers")) {
      WebSocketBackend echo = world.webSocket("echo");
      Balancer balancer = world.balancer(Recipe.tcp(WEB).members(echo));
      // Its name is the address, which is known only now.
      String name = balancer.at(SECURE).getHostString();
      String certificate = world.certificate("SERVER", authority.issue(name).material());
      Map<String, Object> listener = Recipe.https(SECURE, certificate).members(echo).body();
      world.api().post(balancer.path() + "/listeners", listener);
      balancer.awaitApplied();
      balancer.awaitHealth(SECURE, echo, "HEALTHY");
      try (HttpClient http = HttpClient.newBuilder().sslContext(authority.trusting()).build()) {
        talk(http, "wss", balancer, SECURE);
      }
    }
  }

  private static void talk(HttpClient http, String scheme, Balancer balancer, int port)
      throws Exception {
    URI address =
        URI.create("%s://%s:%d/echo".formatted(scheme, balancer.at(port).getHostString(), port));
    Ear ear = new Ear(new LinkedBlockingQueue<>());
    WebSocket socket =
        http.newWebSocketBuilder().buildAsync(address, ear).get(10, TimeUnit.SECONDS);
    assertThat(ear.next()).as("unasked").isEqualTo(WebSocketBackend.GREETING);
    for (String message : List.of("one", "two", "three")) {
      socket.sendText(message, true).get(10, TimeUnit.SECONDS);
      assertThat(ear.next()).isEqualTo(message);
    }
    socket.sendBinary(ByteBuffer.wrap(new byte[] {0, 1, 2}), true).get(10, TimeUnit.SECONDS);
    assertThat(ear.next()).isEqualTo("3 bytes");
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
    assertThat(ear.next()).isEqualTo("closed 1000");
  }

  /** Remembers what came. */
  private record Ear(BlockingQueue<String> heard) implements WebSocket.Listener {
    String next() throws InterruptedException {
      @Nullable String next = heard.poll(10, TimeUnit.SECONDS);
      return next == null ? "nothing" : next;
    }

    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket socket, CharSequence message, boolean last) {
      heard.add(message.toString());
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(
        WebSocket socket, ByteBuffer message, boolean last) {
      heard.add(message.remaining() + " bytes");
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      heard.add("closed " + code);
      return null;
    }
  }
}
