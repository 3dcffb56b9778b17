package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.standalone.ApiClient.Answer;
import dev.poise.standalone.ProcessIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Security groups with clients of several addresses. */
@PrivateWorld
@ExtendWith(Worlds.class)
class SecurityGroupTest {
  private static final int WEB = 80;
  private static final int SAFE = 443;
  private static final int ECHO = 9000;
  private static final List<Integer> PORTS = List.of(WEB, SAFE, ECHO);
  private static final String LOCAL = "127.0.0.1";
  private static final AtomicInteger GROUPS = new AtomicInteger();

  private final Authority authority = Authority.make("servers");

  @AfterEach
  void forget() {
    authority.close();
  }

  // --- What is bound, and to what
  // --------------------------------------------------------------------

  /** Decides about TCP connections to any port. */
  private record Rule(String action, int priority, List<String> sources) {
    Map<String, Object> body() {
      return Map.of(
          "direction",
          "INGRESS",
          "protocol",
          "TCP",
          "cidrs",
          sources.stream().map(it -> it.contains("/") ? it : it + "/32").toList(),
          "action",
          action,
          "priority",
          priority);
    }
  }

  private static Rule rule(String action, int priority, String... sources) {
    return new Rule(action, priority, List.of(sources));
  }

  private static List<Map<String, Object>> bodies(Rule... rules) {
    return Arrays.stream(rules).map(Rule::body).toList();
  }

  private static String group(World world, Rule... rules) {
    return world
        .api()
        .post(
            "/security-groups",
            Map.of(
                "name", "group-" + GROUPS.incrementAndGet(),
                "dataCenterId", world.site().dataCenter(),
                "rules", bodies(rules)))
        .path("id")
        .asString();
  }

  /** Replaces the rules and waits until nodes know them. */
  private static void put(World world, String group, Rule... rules) {
    Answer answer =
        world
            .api()
            .send(
                "PUT",
                "/security-groups/" + group + "/rules",
                Optional.of(Map.of("rules", bodies(rules))),
                Map.of("Prefer", "wait=10"));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
  }

  private Balancer shop(World world, String group) {
    HttpBackend web = world.http("web");
    TcpBackend echo = world.tcp("echo");
    String certificate = world.certificate("SERVER", authority.issue("shop.test").material());
    Map<String, Object> body = new HashMap<>();
    body.put("name", "shop");
    body.put("networkType", "INTERNET");
    body.put("subnetId", world.site().subnet());
    body.put("securityGroupId", group);
    body.put(
        "listeners",
        List.of(
            Recipe.http(WEB).members(web).body(),
            Recipe.https(SAFE, certificate).members(web).body(),
            Recipe.tcp(ECHO).members(echo).body()));
    Balancer balancer = world.adopt(world.api().post("/load-balancers", body));
    balancer.awaitApplied();
    balancer.awaitHealth(WEB, web, "HEALTHY");
    balancer.awaitHealth(SAFE, web, "HEALTHY");
    balancer.awaitHealth(ECHO, echo, "HEALTHY");
    return balancer;
  }

  private boolean getsIn(Balancer balancer, int port, String source) {
    InetSocketAddress target = balancer.at(port);
    try {
      return switch (port) {
        case WEB -> HttpConnection.once(target, source, "/").status() == 200;
        case SAFE -> {
          Socket plain = HttpConnection.connect(target, source);
          try (Socket tls =
              authority
                  .trusting()
                  .getSocketFactory()
                  .createSocket(plain, "shop.test", target.getPort(), true)) {
            yield HttpConnection.over(tls).get("/", "Connection: close").status() == 200;
          }
        }
        default -> {
          try (TcpConnection connection = TcpConnection.open(target, source)) {
            yield connection.lives();
          }
        }
      };
    } catch (IOException refused) {
      return false;
    }
  }

  private static String verdict(World world, String group, String source, int port) {
    JsonNode answer =
        world
            .api()
            .post(
                "/security-groups/" + group + ":test",
                Map.of("sourceIp", source, "protocol", "TCP", "port", port));
    assertThat(answer.path("why").asString()).contains(source);
    return answer.path("decision").asString();
  }

  /** What clients see on every port, and that the explanation says the same. */
  private void expect(
      World world, Balancer balancer, String group, String source, boolean accepted) {
    for (int port : PORTS) {
      assertThat(getsIn(balancer, port, source)).as(source + " on " + port).isEqualTo(accepted);
      assertThat(verdict(world, group, source, port)).isEqualTo(accepted ? "ACCEPT" : "REJECT");
    }
  }

  // --- The claims
  // ------------------------------------------------------------------------------------

  @Test
  void theFirstRuleThatFitsDecidesForEveryProtocol(World world) {
    String friend = world.client(1);
    String foe = world.client(2);
    String group = group(world, rule("ACCEPT", 10, friend));
    Balancer balancer = shop(world, group);
    ProcessIdentity haproxy = world.haproxy(balancer);
    expect(world, balancer, group, friend, true);
    expect(world, balancer, group, foe, false);

    put(world, group);
    expect(world, balancer, group, friend, false);
    expect(world, balancer, group, foe, false);

    put(world, group, rule("ACCEPT", 10, "0.0.0.0/0"), rule("REJECT", 5, foe));
    expect(world, balancer, group, friend, true);
    expect(world, balancer, group, foe, false);

    put(world, group, rule("ACCEPT", 5, "0.0.0.0/0"), rule("REJECT", 10, foe));
    expect(world, balancer, group, foe, true);

    put(world, group, rule("ACCEPT", 5, "0.0.0.0/0"), rule("REJECT", 5, foe));
    expect(world, balancer, group, foe, false);
    assertThat(world.haproxy(balancer)).as("all of it without a reload").isEqualTo(haproxy);
  }

  @Test
  void bindingAndUnbindingNeedNoReloadEither(World world) {
    String foe = world.client(2);
    String group = group(world);
    Balancer balancer = shop(world, group);
    ProcessIdentity haproxy = world.haproxy(balancer);
    assertThat(getsIn(balancer, WEB, foe)).isFalse();
    Map<String, Object> nothing = new HashMap<>();
    nothing.put("securityGroupId", null);
    balancer.patch(balancer.path(), nothing);
    for (int port : PORTS) assertThat(getsIn(balancer, port, foe)).isTrue();
    balancer.patch(balancer.path(), Map.of("securityGroupId", group));
    for (int port : PORTS) assertThat(getsIn(balancer, port, foe)).isFalse();
    assertThat(world.haproxy(balancer)).isEqualTo(haproxy);
  }

  @Test
  void aChangeIsLiveWithinASecond(World world) {
    String client = world.client(3);
    String group = group(world, rule("ACCEPT", 10, client));
    Balancer balancer = shop(world, group);
    ProcessIdentity haproxy = world.haproxy(balancer);
    String rule =
        world.api().get("/security-groups/" + group).path("rules").get(0).path("id").asString();
    long slowest = 0;
    for (int i = 0; i < 10; i++) {
      boolean accept = i % 2 == 1;
      long begin = System.nanoTime();
      world
          .api()
          .patch("/security-group-rules/" + rule, Map.of("action", accept ? "ACCEPT" : "REJECT"));
      Await.until(
          "the change is live",
          Duration.ofSeconds(5),
          () -> getsIn(balancer, ECHO, client) == accept);
      slowest = Math.max(slowest, Duration.ofNanos(System.nanoTime() - begin).toMillis());
    }
    System.out.println("the slowest of 10 changes of a security group took " + slowest + " ms");
    assertThat(slowest).isLessThan(1000);
    assertThat(world.haproxy(balancer)).isEqualTo(haproxy);
  }

  @Test
  void twentyEditsCostThoseWhoStayAllowedNothing(World world) throws IOException {
    String foe = world.client(4);
    String group = group(world, rule("ACCEPT", 10, LOCAL, foe));
    Balancer balancer = shop(world, group);
    LongConnection friends = world.remember(LongConnection.open(balancer.at(ECHO)));
    Load web = world.remember(Load.httpKeepAlive(balancer.at(WEB), 3));
    Load closing = world.remember(Load.httpClose(balancer.at(WEB), 1));
    Load echo = world.remember(Load.tcp(balancer.at(ECHO), 2));
    ProcessIdentity haproxy = world.haproxy(balancer);
    for (int i = 0; i < 20; i++) {
      if (i % 2 == 0) {
        TcpConnection open = world.remember(TcpConnection.open(balancer.at(ECHO), foe));
        HttpConnection kept = world.remember(HttpConnection.open(balancer.at(WEB), foe));
        assertThat(open.lives()).isTrue();
        assertThat(kept.get("/").status()).isEqualTo(200);
        put(world, group, rule("ACCEPT", 10, LOCAL, "10.%d.0.0/16".formatted(i)));
        assertThat(open.lives()).as("edit " + i + " ends the connection of who is out").isFalse();
        assertThat(stillServes(kept)).as("its next request is refused").isFalse();
      } else {
        put(world, group, rule("ACCEPT", 10, LOCAL, foe));
      }
      web.awaitAnswers(20);
      echo.awaitAnswers(10);
    }
    friends.requireAlive();
    for (Load load : List.of(web, closing, echo)) {
      assertThat(load.stop().reasons()).isEmpty();
      assertThat(load.tally().answers()).isGreaterThan(100);
    }
    assertThat(world.haproxy(balancer)).isEqualTo(haproxy);
  }

  private static boolean stillServes(HttpConnection connection) {
    try {
      return connection.get("/").status() == 200;
    } catch (IOException closed) {
      return false;
    }
  }

  @Test
  void itNeverFailsOpen(World world) throws Exception {
    String friend = world.client(5);
    String foe = world.client(6);
    String group = group(world, rule("ACCEPT", 10, LOCAL));
    Balancer balancer = shop(world, group);
    Prober prober = world.remember(Prober.start(balancer.at(WEB), balancer.at(ECHO), foe));
    LongConnection open = world.remember(LongConnection.open(balancer.at(ECHO)));
    prober.awaitAttempts(20);
    for (int round = 0; round < 3; round++) {
      put(world, group, rule("ACCEPT", 10, LOCAL, "10.%d.0.0/16".formatted(round)));
      // A reload, so that a replaced process is there as well.
      balancer.patch(balancer.listenerPath(WEB), Map.of("idleTimeoutSeconds", 100 + round));
      prober.awaitAttempts(10);

      world.killAgent();
      // The agent is not there to be waited for.
      world
          .api()
          .send(
              "PUT",
              "/security-groups/" + group + "/rules",
              Optional.of(Map.of("rules", bodies(rule("ACCEPT", 10, LOCAL, friend)))),
              Map.of());
      prober.awaitAttempts(10);
      world.startAgent();
      Await.until(
          "the newest rules hold",
          Duration.ofSeconds(15),
          () -> getsIn(balancer, ECHO, friend) && getsIn(balancer, WEB, friend));
      balancer.awaitApplied();

      for (ProcessIdentity each : world.haproxies(balancer)) {
        if (round == 2) each.kill9();
      }
      Await.until("it serves again", Duration.ofSeconds(10), () -> getsIn(balancer, WEB, friend));
      put(world, group, rule("ACCEPT", 10, LOCAL));
      Await.until("the friend is out", Duration.ofSeconds(1), () -> !getsIn(balancer, WEB, friend));
      if (round < 2) open.requireAlive();
    }
    prober.awaitAttempts(20);
    assertThat(prober.successes()).isZero();
  }
}
