package dev.poise.agent.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.support.Await;
import dev.poise.agent.support.Loopback;
import dev.poise.agent.support.Specs;
import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.HttpOptions;
import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberMode;
import dev.poise.spec.Protocol;
import dev.poise.spec.ProxyProtocol;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a listener does with clients that take too much, too long, or ask what nobody should. */
class LimitsTest extends EngineTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n";

  private static final String WEB_SOCKET =
      """
      HTTP/1.1 101 Switching Protocols\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
      \r
      """;

  private final List<ServerSocket> members = new ArrayList<>();
  private final List<String> received = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeMembers() throws IOException {
    for (ServerSocket member : members) member.close();
  }

  private void serveHttp(int idleSeconds) throws Exception {
    specs.listener(
        PORT,
        new Protocol.Http(
            new HttpOptions(idleSeconds, 30, Specs.HEADERS, List.of()), new HttpsRedirect.Off()));
    applied();
    proven();
  }

  /** A member that notes what it gets and answers everything with the same bytes. */
  private void onlyMember(String answer) throws IOException {
    IpAddress address = Loopback.next();
    ServerSocket member = new ServerSocket(0, 50, InetAddress.getByName(address.text()));
    members.add(member);
    Thread.ofVirtual().start(() -> accept(member, answer));
    specs.mode(0, MemberMode.DISABLED).mode(1, MemberMode.DISABLED);
    specs.member(address, member.getLocalPort());
  }

  private void accept(ServerSocket member, String answer) {
    while (!member.isClosed()) {
      try {
        Socket connection = member.accept();
        Thread.ofVirtual().start(() -> answer(connection, answer));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(Socket connection, String answer) {
    try (connection) {
      byte[] buffer = new byte[32 * 1024];
      InputStream in = connection.getInputStream();
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        received.add(new String(buffer, 0, read, ISO_8859_1));
        connection.getOutputStream().write(answer.getBytes(ISO_8859_1));
      }
    } catch (IOException e) {
      // The other side hung up.
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(specs.vip.text(), PORT);
    socket.setSoTimeout(15_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private static String next(Socket socket) throws IOException {
    byte[] buffer = new byte[32 * 1024];
    int read = socket.getInputStream().read(buffer);
    return read < 0 ? "" : new String(buffer, 0, read, ISO_8859_1);
  }

  /** How long until the connection is closed. */
  private static Duration untilClosed(Socket socket) throws IOException {
    long begin = System.nanoTime();
    while (!next(socket).isEmpty()) {}
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  @Test
  void theConnectionAboveTheLimitIsRefusedAtOnce() throws Exception {
    specs.listener(PORT, new Protocol.Tcp(60, ProxyProtocol.NONE), new ConnectionLimit.AtMost(2));
    applied();
    proven();
    try (Socket first = connect();
        Socket second = connect()) {
      assertThat(isRefused()).isTrue();
      send(first, GET + "\r\n");
      assertThat(next(first)).contains("200 OK");
      send(second, GET + "\r\n");
      assertThat(next(second)).contains("200 OK");
    }
    Await.until(
        "there is room again",
        () -> {
          try (Socket again = connect()) {
            send(again, GET + "\r\n");
            return next(again).contains("200 OK");
          } catch (SocketException refused) {
            return false;
          }
        });
  }

  @Test
  void aLimitThatTheNodeCannotHoldRefusesWhatTheNodeCannotHold() throws Exception {
    NodeSettings all = scratch.settings();
    haproxy =
        engine(
            new NodeSettings(
                all.dataDirectory(),
                all.runDirectory(),
                all.threads(),
                10,
                all.hardStopSeconds(),
                all.privileges(),
                "edge"));
    specs.listener(
        PORT, new Protocol.Tcp(60, ProxyProtocol.NONE), new ConnectionLimit.AtMost(1000));
    applied();
    proven();
    List<Socket> clients = new ArrayList<>();
    try {
      int refused = 0;
      for (int i = 0; i < 20; i++) {
        // One that waited would be neither answered nor refused within its patience.
        if (!isAnswered(clients)) refused++;
      }
      assertThat(refused).isEqualTo(11);
    } finally {
      for (Socket client : clients) client.close();
    }
  }

  /** Whether one client more is answered, who stays. Who is not may be refused while connecting. */
  private boolean isAnswered(List<Socket> clients) throws IOException {
    try {
      Socket client = connect();
      clients.add(client);
      send(client, GET + "\r\n");
      return next(client).contains("200 OK");
    } catch (SocketException reset) {
      return false;
    }
  }

  private boolean isRefused() throws IOException {
    try (Socket another = connect()) {
      return next(another).isEmpty();
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void aSilentTcpConnectionIsClosedAfterItsTimeAndNotBefore() throws Exception {
    onlyMember("pong");
    specs.listener(PORT, new Protocol.Tcp(2, ProxyProtocol.NONE));
    applied();
    proven();
    try (Socket client = connect()) {
      for (int i = 0; i < 3; i++) {
        send(client, "ping");
        assertThat(next(client)).isEqualTo("pong");
      }
      assertThat(untilClosed(client)).isBetween(Duration.ofMillis(1800), Duration.ofMillis(4000));
    }
  }

  @Test
  void aSilentHttpConnectionIsClosedAfterItsTimeAndNotBefore() throws Exception {
    serveHttp(2);
    try (Socket client = connect()) {
      for (int i = 0; i < 3; i++) {
        send(client, GET + "\r\n");
        assertThat(next(client)).contains("200 OK");
      }
      assertThat(untilClosed(client)).isBetween(Duration.ofMillis(1800), Duration.ofMillis(4000));
    }
  }

  @Test
  void aSilentWebSocketIsClosedAfterItsTimeAndNotBefore() throws Exception {
    onlyMember(WEB_SOCKET);
    serveHttp(2);
    try (Socket client = connect()) {
      send(
          client,
          GET
              + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      assertThat(next(client)).startsWith("HTTP/1.1 101 ");
      for (int i = 0; i < 3; i++) {
        send(client, "\u0081\u0000");
        assertThat(next(client)).contains("101");
      }
      assertThat(untilClosed(client)).isBetween(Duration.ofMillis(1800), Duration.ofMillis(4000));
    }
  }

  @Test
  void aClientThatSendsItsRequestTooSlowlyGets408() throws Exception {
    serveHttp(3);
    try (Socket client = connect()) {
      send(client, GET);
      long begin = System.nanoTime();
      Thread slow = Thread.ofVirtual().start(() -> drip(client));
      assertThat(next(client)).startsWith("HTTP/1.1 408 ");
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofMillis(2500), Duration.ofMillis(5000));
      slow.interrupt();
    }
  }

  private static void drip(Socket client) {
    try {
      for (int i = 0; i < 20; i++) {
        send(client, "X-" + i + ": y\r\n");
        Thread.sleep(300);
      }
    } catch (IOException | InterruptedException e) {
      // It was long enough.
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "405 | TRACE / HTTP/1.1\\r\\nHost: a.test\\r\\n\\r\\n",
        "405 | CONNECT a.test:443 HTTP/1.1\\r\\nHost: a.test:443\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a.test\\r\\nHost: b.test\\r\\n\\r\\n",
        "400 | GET http://b.test/ HTTP/1.1\\r\\nHost: a.test\\r\\n\\r\\n",
        "400 | GET /a#b HTTP/1.1\\r\\nHost: a.test\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a.test\\r\\nContent-Length: 1\\r\\nContent-Length:"
            + " 2\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a.test\\r\\nContent-Length:\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a.test\\r\\nTransfer-Encoding: xchunked\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a.test\\r\\nX : y\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a.test\\r\\n: y\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a.test\\r\\nX: a\\0b\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a.test\\r\\nConnection: X-Forwarded-For\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a.test\\r\\nConnection: keep-alive, host\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a.test\\r\\nConnection: keep-alive\\r\\nConnection:"
            + " Cookie\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a.test\\r\\nConnection: cookie\\r\\nConnection:"
            + " close\\r\\n\\r\\n",
        "400 | PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n",
      })
  void answersWhatAMemberMightMisunderstand(int status, String request) throws Exception {
    serveHttp(5);
    String wire = request.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
    try (Socket client = connect()) {
      send(client, wire);
      assertThat(next(client)).startsWith("HTTP/1.1 " + status + " ");
    }
    assertThat(one.requests() + two.requests()).isZero();
  }

  @Test
  void answersHeadersThatAreTooManyOrTooLarge() throws Exception {
    serveHttp(5);
    try (Socket client = connect()) {
      send(client, GET + "X: y\r\n".repeat(80) + "\r\n");
      assertThat(next(client)).startsWith("HTTP/1.1 400 ");
    }
    try (Socket client = connect()) {
      send(client, GET + "X: " + "y".repeat(20_000) + "\r\n\r\n");
      assertThat(next(client)).startsWith("HTTP/1.1 400 ");
    }
    try (Socket client = connect()) {
      send(client, "GET /" + "y".repeat(9000) + " HTTP/1.1\r\nHost: a.test\r\n\r\n");
      assertThat(next(client)).startsWith("HTTP/1.1 414 ");
    }
  }

  @Test
  void aRequestOfTwoLengthsReachesAMemberWithOne() throws Exception {
    onlyMember("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    serveHttp(5);
    try (Socket client = connect()) {
      send(
          client,
          "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nX");
      assertThat(next(client)).startsWith("HTTP/1.1 200 ");
    }
    assertThat(String.join("", received).toLowerCase(Locale.ROOT))
        .contains("transfer-encoding: chunked")
        .doesNotContain("content-length");
  }

  @Test
  void noMemberIsAskedToSpeakHttp2() throws Exception {
    onlyMember("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    serveHttp(5);
    try (Socket client = connect()) {
      send(
          client,
          GET
              + "Connection: Upgrade, HTTP2-Settings\r\n"
              + "Upgrade: h2c\r\n"
              + "HTTP2-Settings: AA\r\n\r\n");
      assertThat(next(client)).startsWith("HTTP/1.1 200 ");
    }
    assertThat(String.join("", received).toLowerCase(Locale.ROOT))
        .contains("host: a.test")
        .doesNotContain("h2c")
        .doesNotContain("http2-settings:");
  }
}
