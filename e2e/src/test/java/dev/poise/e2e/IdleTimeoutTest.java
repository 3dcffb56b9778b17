package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections on which nothing is said are closed when their time is over, and not before. */
@ExtendWith(Worlds.class)
class IdleTimeoutTest {
  private static final int TCP = 9000;
  private static final int WEB = 80;
  private static final int SOCKET = 81;
  private static final int IDLE_SECONDS = 2;
  private static final String UPGRADE =
      """
      GET / HTTP/1.1\r
      Host: e2e\r
      Connection: Upgrade\r
      Upgrade: websocket\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      \r
      """;

  /** One client that talks for longer than the timeout, and is then silent until it is closed. */
  private interface Talk {
    /** Says something and reads the answer. */
    void once(Socket socket) throws IOException;
  }

  @Test
  void tcpHttpAndWebSocketCloseAfterTheirTimeOfSilenceAndNotBefore(World world) throws Exception {
    TcpBackend echo = world.tcp("echo");
    HttpBackend web = world.http("web");
    WebSocketBackend socket = world.webSocket("socket");
    Balancer balancer =
        world.balancer(
            Recipe.tcp(TCP).option("idleTimeoutSeconds", IDLE_SECONDS).members(echo),
            Recipe.http(WEB).option("idleTimeoutSeconds", IDLE_SECONDS).members(web),
            Recipe.http(SOCKET).option("idleTimeoutSeconds", IDLE_SECONDS).members(socket));
    balancer.awaitHealth(TCP, echo, "HEALTHY");
    balancer.awaitHealth(WEB, web, "HEALTHY");
    balancer.awaitHealth(SOCKET, socket, "HEALTHY");

    // At the same time, since each of them is nothing but waiting.
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Duration>> silences =
          List.of(
              clients.submit(() -> silence(balancer.at(TCP), IdleTimeoutTest::line)),
              clients.submit(() -> silence(balancer.at(WEB), IdleTimeoutTest::request)),
              clients.submit(() -> silence(balancer.at(SOCKET), webSocket())));
      for (Future<Duration> silence : silences) {
        assertThat(silence.get(20, TimeUnit.SECONDS))
            .isBetween(Duration.ofMillis(1_800), Duration.ofMillis(3_500));
      }
    }
  }

  /** Talks for longer than the timeout, and returns how long the silence after it was borne. */
  private static Duration silence(InetSocketAddress target, Talk talk) throws IOException {
    try (Socket socket = HttpConnection.connect(target, "127.0.0.1")) {
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(IDLE_SECONDS + 1)) {
        talk.once(socket);
        Pace.rest(Duration.ofMillis(250));
      }
      talk.once(socket);
      long last = System.nanoTime();
      assertThat(socket.getInputStream().readAllBytes()).as("said at the end").isEmpty();
      return Duration.ofNanos(System.nanoTime() - last);
    }
  }

  private static void line(Socket socket) throws IOException {
    send(socket, "hello\n");
    read(socket, "echo hello\n".length());
  }

  private static void request(Socket socket) throws IOException {
    send(socket, "GET / HTTP/1.1\r\nHost: e2e\r\n\r\n");
    String head = HttpText.readHead(socket.getInputStream());
    assertThat(head).startsWith("HTTP/1.1 200 ");
    read(socket, Integer.parseInt(HttpText.header(head, "content-length")));
  }

  /** A text frame without a mask key's effect: the key is zero. */
  private static Talk webSocket() {
    boolean[] open = {false};
    return socket -> {
      if (!open[0]) {
        send(socket, UPGRADE);
        assertThat(HttpText.readHead(socket.getInputStream())).startsWith("HTTP/1.1 101 ");
        read(socket, 2 + WebSocketBackend.GREETING.length());
        open[0] = true;
      }
      send(socket, "\u0081\u0082\0\0\0\0hi");
      assertThat(read(socket, 4)).endsWith("hi");
    };
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String read(Socket socket, int length) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(length);
    if (bytes.length < length) throw new IOException("closed while it was talked on");
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
