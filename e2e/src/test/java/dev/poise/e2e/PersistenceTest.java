package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that stay with the member they got first, by a cookie. */
@ExtendWith(Worlds.class)
class PersistenceTest {
  private static final int WEB = 80;

  @Test
  void aClientWithItsCookieStaysAndOthersAreBalanced(World world) throws IOException {
    HttpBackend left = world.http("left");
    HttpBackend right = world.http("right");
    Balancer balancer = world.balancer(Recipe.http(WEB).cookie("SRV").members(left, right));
    awaitHealthy(balancer, left, right);
    Visitor first = Visitor.of(balancer);
    Visitor second = Visitor.of(balancer);
    assertThat(List.of(first.home(), second.home())).containsExactlyInAnyOrder("left", "right");
    for (int i = 0; i < 20; i++) {
      assertThat(first.visit().backend()).isEqualTo(first.home());
      assertThat(second.visit().backend()).isEqualTo(second.home());
    }
    assertThat(first.visit().body()).as("members never see it").doesNotContain("SRV=");
  }

  @Test
  void theClientsOfADisabledMemberMoveAndStayWhereTheyMoved(World world) throws IOException {
    HttpBackend left = world.http("left");
    HttpBackend right = world.http("right");
    Balancer balancer = world.balancer(Recipe.http(WEB).cookie("SRV").members(left, right));
    awaitHealthy(balancer, left, right);
    Visitor visitor = Visitor.of(balancer);
    HttpBackend home = visitor.home().equals("left") ? left : right;
    HttpBackend other = visitor.home().equals("left") ? right : left;

    balancer.change(WEB, home, "disable");
    HttpConnection.Response moved = visitor.visit();
    assertThat(moved.status()).isEqualTo(200);
    assertThat(moved.backend()).isEqualTo(other.name());
    Visitor resettled = new Visitor(balancer, cookie(moved), moved.backend());
    balancer.change(WEB, home, "enable");
    balancer.awaitHealth(WEB, home, "HEALTHY");
    for (int i = 0; i < 20; i++) {
      assertThat(resettled.visit().backend()).isEqualTo(other.name());
    }
  }

  @Test
  void theClientsOfADrainingMemberStayWhileNewOnesGoElsewhere(World world) throws Exception {
    HttpBackend steady = world.http("steady");
    HttpBackend draining = world.http("draining");
    Balancer balancer = world.balancer(Recipe.http(WEB).cookie("SRV").members(steady, draining));
    awaitHealthy(balancer, steady, draining);
    Visitor visitor = Visitor.of(balancer);
    if (!visitor.home().equals("draining")) visitor = Visitor.of(balancer);
    assertThat(visitor.home()).isEqualTo("draining");
    // A request that goes on keeps the member from having drained already.
    HeldRequest held = HeldRequest.at(balancer.at(WEB), draining, steady);
    world.remember(held);

    balancer.change(WEB, draining, "drain");
    for (int i = 0; i < 20; i++) {
      assertThat(visitor.visit().backend()).isEqualTo("draining");
      assertThat(Visitor.of(balancer).home()).isEqualTo("steady");
    }
    assertThat(balancer.member(WEB, draining).path("mode").asString()).isEqualTo("DRAINING");
    draining.release();
    assertThat(held.answer().status()).isEqualTo(200);
  }

  @Test
  void aClientOfTwoPoolsStaysWithItsMemberInBothAlthoughTheirCookiesHaveOneName(World world)
      throws IOException {
    HttpBackend left = world.http("left");
    HttpBackend right = world.http("right");
    Balancer balancer = world.balancer(Recipe.http(WEB).cookie("SRV").members(left, right));
    Map<String, Object> api =
        Map.of(
            "name",
            "api",
            "persistence",
            Map.of("type", "COOKIE", "name", "SRV"),
            "members",
            List.of(
                Recipe.memberBody(world.http("api-1"), 1),
                Recipe.memberBody(world.http("api-2"), 1)));
    String pool = world.api().post(balancer.path() + "/pools", api).path("id").asString();
    world
        .api()
        .post(
            balancer.listenerPath(WEB) + "/rules",
            Map.of("path", "/api", "action", Map.of("poolId", pool)));
    balancer.awaitApplied();
    awaitHealthy(balancer, left, right);
    Await.until(
        "the other pool is healthy",
        Duration.ofSeconds(15),
        () -> world.api().get("/pools/" + pool).path("health").asString().equals("HEALTHY"));

    Map<String, String> cookies = new TreeMap<>();
    Map<String, String> homes = new HashMap<>();
    for (int i = 0; i < 10; i++) {
      for (String path : List.of("/", "/api")) {
        HttpConnection.Response answer = browse(balancer, path, cookies);
        assertThat(answer.backend()).isEqualTo(homes.computeIfAbsent(path, _ -> answer.backend()));
      }
    }
    assertThat(cookies).hasSize(2).containsKey("SRV");
    assertThat(homes.get("/api")).startsWith("api-");
  }

  /** As a browser does: all cookies are sent, and those that come are kept by their names. */
  private static HttpConnection.Response browse(
      Balancer balancer, String path, Map<String, String> cookies) throws IOException {
    String sent =
        cookies.entrySet().stream()
            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
            .collect(Collectors.joining("; ", "Cookie: ", ""));
    try (HttpConnection connection = HttpConnection.open(balancer.at(WEB))) {
      HttpConnection.Response answer = connection.get(path, sent, "Connection: close");
      String set = answer.header("Set-Cookie");
      if (!set.isEmpty()) {
        String[] cookie = set.substring(0, (set + ";").indexOf(';')).split("=", 2);
        cookies.put(cookie[0], cookie[1]);
      }
      return answer;
    }
  }

  private static void awaitHealthy(Balancer balancer, HttpBackend... backends) {
    for (HttpBackend backend : backends) balancer.awaitHealth(WEB, backend, "HEALTHY");
  }

  private static String cookie(HttpConnection.Response response) {
    String cookie = response.header("Set-Cookie");
    assertThat(cookie).startsWith("SRV=");
    return cookie.substring(0, (cookie + ";").indexOf(';'));
  }

  /** A browser that came once and has its cookie. */
  private record Visitor(Balancer balancer, String cookie, String home) {
    static Visitor of(Balancer balancer) throws IOException {
      HttpConnection.Response response = HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/");
      return new Visitor(balancer, PersistenceTest.cookie(response), response.backend());
    }

    HttpConnection.Response visit() throws IOException {
      try (HttpConnection connection = HttpConnection.open(balancer.at(WEB))) {
        return connection.get("/", "Cookie: " + cookie, "Connection: close");
      }
    }
  }
}
