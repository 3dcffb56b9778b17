package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What members learn of the client. */
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

  /** The second request head that the member saw of a client that lies. */
  private static String seen(Balancer balancer, String client) throws IOException {
    try (HttpConnection connection = HttpConnection.open(balancer.at(WEB), client)) {
      connection.getFrom("other.example.com", "/", FORGED);
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
}
