package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests that somebody sends who wants to get past a balancer, or to wear it out. */
@ExtendWith(Worlds.class)
class HostileRequestTest {
  private static final int WEB = 80;
  private static final int IDLE_SECONDS = 2;
  private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n";
  private static final String POST = "POST / HTTP/1.1\r\nHost: a.test\r\n";

  /** What is sent, and the status that it gets. */
  private record Case(String name, int status, String request) {}

  /** None of these reaches a member. */
  private static final List<Case> REFUSED =
      List.of(
          new Case("TRACE", 405, "TRACE / HTTP/1.1\r\nHost: a.test\r\n\r\n"),
          new Case("CONNECT", 405, "CONNECT a.test:22 HTTP/1.1\r\nHost: a.test:22\r\n\r\n"),
          new Case("no Host", 400, "GET / HTTP/1.1\r\n\r\n"),
          new Case("two Hosts", 400, GET + "Host: b.test\r\n\r\n"),
          new Case("another Host", 400, "GET http://b.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n"),
          new Case("two lengths", 400, POST + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
          new Case("empty length", 400, POST + "Content-Length:\r\n\r\n"),
          new Case("odd coding", 400, POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
          new Case(
              "two codings",
              400,
              POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n"),
          new Case("blank before the colon", 400, GET + "X : y\r\n\r\n"),
          new Case("nameless header", 400, GET + ": y\r\n\r\n"),
          new Case("NUL", 400, GET + "X: a\0b\r\n\r\n"),
          new Case("header stripping", 400, GET + "Connection: X-Forwarded-For\r\n\r\n"),
          new Case("fragment", 400, "GET /a#b HTTP/1.1\r\nHost: a.test\r\n\r\n"),
          new Case("HTTP/2 in clear", 400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
          new Case("too many headers", 400, GET + "X: y\r\n".repeat(80) + "\r\n"),
          new Case("too large a header", 400, GET + "X: " + "y".repeat(20_000) + "\r\n\r\n"),
          new Case(
              "too long a path",
              414,
              "GET /" + "y".repeat(9_000) + " HTTP/1.1\r\nHost: a.test\r\n\r\n"));

  @Test
  void noMemberIsBotheredAndTheOthersAreServedOn(World world) throws Exception {
    HttpBackend web = world.http("web");
    Balancer balancer =
        world.balancer(Recipe.http(WEB).option("idleTimeoutSeconds", IDLE_SECONDS).members(web));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    CompletableFuture<Slow> slow =
        CompletableFuture.supplyAsync(() -> slow(balancer), Thread::startVirtualThread);
    List<String> wrong = new ArrayList<>();
    for (Case one : REFUSED) {
      String answer = answer(balancer, one.request());
      if (!answer.startsWith("HTTP/1.1 " + one.status() + " ")) wrong.add(one.name() + answer);
    }
    assertThat(wrong).isEmpty();
    Slow end = slow.get(20, TimeUnit.SECONDS);
    assertThat(end.answer()).startsWith("HTTP/1.1 408 ");
    assertThat(end.after()).isBetween(Duration.ofMillis(1_500), Duration.ofMillis(4_000));
    assertThat(web.requests()).as("what the member was asked").isZero();

    // Two lengths that contradict each other: the member is told one, so nothing is smuggled.
    String smuggled =
        answer(
            balancer,
            POST
                + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                + "0\r\n\r\nX");
    assertThat(smuggled.toLowerCase(Locale.ROOT))
        .startsWith("http/1.1 200 ")
        .contains("transfer-encoding: chunked")
        .doesNotContain("content-length: 6");
    String upgrade =
        answer(
            balancer,
            GET
                + "Connection: Upgrade, HTTP2-Settings\r\n"
                + "Upgrade: h2c\r\n"
                + "HTTP2-Settings: AA\r\n\r\n");
    assertThat(upgrade.toLowerCase(Locale.ROOT))
        .startsWith("http/1.1 200 ")
        .doesNotContain("h2c")
        .doesNotContain("http2-settings:");
    assertThat(web.requests()).isEqualTo(2);
  }

  private static String answer(Balancer balancer, String request) throws IOException {
    try (Socket socket = HttpConnection.connect(balancer.at(WEB), "127.0.0.1")) {
      send(socket, request);
      return next(socket);
    }
  }

  /** What came of a request that is never done. */
  private record Slow(String answer, Duration after) {}

  private static Slow slow(Balancer balancer) {
    try (Socket socket = HttpConnection.connect(balancer.at(WEB), "127.0.0.1")) {
      long begin = System.nanoTime();
      send(socket, GET);
      Thread drip = Thread.startVirtualThread(() -> drip(socket));
      String answer = next(socket);
      drip.interrupt();
      return new Slow(answer, Duration.ofNanos(System.nanoTime() - begin));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A header now and then, so that the connection is never idle. */
  private static void drip(Socket socket) {
    try {
      for (int i = 0; i < 40; i++) {
        send(socket, "X-" + i + ": y\r\n");
        Thread.sleep(Duration.ofMillis(200));
      }
    } catch (IOException | InterruptedException e) {
      // It was long enough.
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The head of the answer and what came with it. */
  private static String next(Socket socket) throws IOException {
    String head = HttpText.readHead(socket.getInputStream());
    String length = HttpText.header(head, "content-length");
    byte[] body =
        socket.getInputStream().readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
    return head + new String(body, StandardCharsets.ISO_8859_1);
  }
}
