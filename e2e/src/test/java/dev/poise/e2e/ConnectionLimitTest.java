package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.standalone.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How many clients there may be at once. */
@ExtendWith(Worlds.class)
class ConnectionLimitTest {
  private static final int LIMIT = 2;
  private static final int TCP = 9000;
  private static final int WEB = 80;
  private static final int SECURE = 443;
  private static final String SHOP = "shop.test";

  @Test
  void aTcpConnectionAboveTheLimitIsRefusedAtOnceAndAFreePlaceIsGivenAgain(World world)
      throws IOException {
    TcpBackend echo = world.tcp("echo");
    Balancer balancer =
        world.balancer(Recipe.tcp(TCP).option("connectionLimit", LIMIT).members(echo));
    balancer.awaitHealth(TCP, echo, "HEALTHY");
    // Nobody else has connected yet, so nobody else can hold one of the two places.
    try (TcpConnection first = TcpConnection.open(balancer.at(TCP));
        TcpConnection second = TcpConnection.open(balancer.at(TCP))) {
      requireFull(balancer.at(TCP), () -> first.lives() && second.lives());
    }
    balancer.awaitServingTcp(TCP);
  }

  @Test
  void anHttpConnectionAboveTheLimitIsRefusedAtOnceAndAFreePlaceIsGivenAgain(World world)
      throws IOException {
    HttpBackend web = world.http("web");
    Balancer balancer =
        world.balancer(Recipe.http(WEB).option("connectionLimit", LIMIT).members(web));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    requireLimit(balancer.at(WEB), () -> HttpConnection.open(balancer.at(WEB)));
  }

  @Test
  void anHttpsConnectionAboveTheLimitIsRefusedAtOnceAndAFreePlaceIsGivenAgain(World world)
      throws IOException {
    try (Authority authority = Authority.make("servers")) {
      String certificate = world.certificate("SERVER", authority.issue(SHOP).material());
      HttpBackend web = world.http("web");
      Balancer balancer =
          world.balancer(
              Recipe.https(SECURE, certificate).option("connectionLimit", LIMIT).members(web));
      balancer.awaitHealth(SECURE, web, "HEALTHY");
      TlsClient client = new TlsClient(authority.trusting(), SHOP);
      requireLimit(
          balancer.at(SECURE), () -> HttpConnection.over(client.open(balancer.at(SECURE))));
    }
  }

  private static void requireLimit(InetSocketAddress target, Load.Opener opener)
      throws IOException {
    try (HttpConnection first = opener.open()) {
      HttpConnection second = opener.open();
      assertThat(first.get("/").status()).isEqualTo(200);
      requireFull(target, () -> isServed(first) && isServed(second));
      second.close();
      Await.until(
          "the free place is given",
          Duration.ofSeconds(10),
          () -> {
            try (HttpConnection third = opener.open()) {
              return isServed(third);
            } catch (IOException stillFull) {
              return false;
            }
          });
      assertThat(first.get("/").status()).isEqualTo(200);
    }
  }

  /** Nobody gets in, each at once, and those inside are served on. */
  private static void requireFull(InetSocketAddress target, BooleanSupplier othersAreServed)
      throws IOException {
    for (int i = 0; i < 10; i++) {
      assertThat(othersAreServed.getAsBoolean()).isTrue();
      long start = System.nanoTime();
      assertThat(isRefused(target)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }
    assertThat(othersAreServed.getAsBoolean()).isTrue();
  }

  private static boolean isServed(HttpConnection connection) {
    try {
      return connection.get("/").status() == 200;
    } catch (IOException broken) {
      return false;
    }
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
