package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.standalone.ApiClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an edit may cost the clients of a load balancer: nothing. */
@ExtendWith(Worlds.class)
class EditsUnderLoadTest {
  private static final int WEB = 80;
  private static final int TCP = 9000;
  private static final int FIRST_NEW_PORT = 7000;

  @Test
  void fortyEditsOfEveryKindFailNoRequestAndCutNoConnection(World world) throws IOException {
    HttpBackend web = world.http("web");
    HttpBackend guest = world.http("guest");
    TcpBackend echo = world.tcp("echo");
    TcpBackend guestEcho = world.tcp("guest-echo");
    Balancer balancer =
        world.balancer(
            Recipe.http(WEB).checkedByHttp().members(web, world.http("web2")),
            Recipe.tcp(TCP).members(echo, world.tcp("echo2")));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    balancer.awaitHealth(TCP, echo, "HEALTHY");
    LongConnection before = world.remember(LongConnection.open(balancer.at(TCP)));

    Load keepAlive = world.remember(Load.httpKeepAlive(balancer.at(WEB), 4));
    Load close = world.remember(Load.httpClose(balancer.at(WEB), 2));
    Load tcp = world.remember(Load.tcp(balancer.at(TCP), 3));
    Edits edits = new Edits(world.api(), balancer);
    for (int round = 0; round < 4; round++) {
      edits.weight(WEB, web, 2 + round);
      edits.add(WEB, guest);
      edits.idleTimeout(WEB, 30 + round);
      edits.algorithm(WEB, List.of("LEAST_CONNECTIONS", "SOURCE_IP").get(round % 2));
      edits.remove(WEB, guest);
      edits.add(TCP, guestEcho);
      edits.weight(TCP, echo, 5 + round);
      edits.newListener(Recipe.http(FIRST_NEW_PORT + round).members(web));
      edits.remove(TCP, guestEcho);
      edits.algorithm(TCP, List.of("LEAST_CONNECTIONS", "WEIGHTED_ROUND_ROBIN").get(round % 2));
      keepAlive.awaitAnswers(20);
      tcp.awaitAnswers(20);
    }

    assertThat(edits.made()).isEqualTo(40);
    before.requireAlive();
    for (Load load : List.of(keepAlive, close, tcp)) {
      Tally tally = load.stop();
      assertThat(tally.reasons()).isEmpty();
      assertThat(tally.answers()).isGreaterThan(100);
    }
    balancer.awaitServing(FIRST_NEW_PORT + 3);
  }

  @Test
  void editsThatComeFasterThanTheyAreAppliedAllCountInTheEnd(World world) throws IOException {
    HttpBackend left = world.http("left");
    HttpBackend right = world.http("right");
    Balancer balancer = world.balancer(Recipe.http(WEB).members(left, right));
    balancer.awaitHealth(WEB, left, "HEALTHY");
    balancer.awaitHealth(WEB, right, "HEALTHY");
    String member = balancer.memberPath(WEB, left);
    String listener = "/listeners/" + balancer.listener(WEB).path("id").asString();
    try (Load load = Load.httpKeepAlive(balancer.at(WEB), 4)) {
      for (int i = 1; i <= 20; i++) {
        world.api().patch(member, Map.of("weight", i));
        world.api().patch(listener, Map.of("idleTimeoutSeconds", 100 + i));
      }
      balancer.awaitApplied();
      load.awaitAnswers(100);
      assertThat(load.stop().reasons()).isEmpty();
    }
    Tally tally = new Tally();
    for (int i = 0; i < 210; i++) {
      tally.answered(HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/").backend());
    }
    assertThat(tally.shareOf(left)).as("20 of 21 shares").isBetween(90.0, 99.9);
  }

  /** Edits through the API, one after the other, each applied before the next. */
  private static final class Edits {
    private final ApiClient api;
    private final Balancer balancer;
    private int made;

    Edits(ApiClient api, Balancer balancer) {
      this.api = api;
      this.balancer = balancer;
    }

    int made() {
      return made;
    }

    void weight(int port, Backend backend, int weight) {
      balancer.patch(balancer.memberPath(port, backend), Map.of("weight", weight));
      made++;
    }

    void add(int port, Backend backend) {
      balancer.add(port, backend);
      balancer.awaitHealth(port, backend, "HEALTHY");
      made++;
    }

    void remove(int port, Backend backend) {
      balancer.remove(port, backend);
      made++;
    }

    void idleTimeout(int port, int seconds) {
      String listener = "/listeners/" + balancer.listener(port).path("id").asString();
      balancer.patch(listener, Map.of("idleTimeoutSeconds", seconds));
      made++;
    }

    void algorithm(int port, String algorithm) {
      balancer.patch(balancer.pool(port), Map.of("algorithm", algorithm));
      made++;
    }

    void newListener(Recipe recipe) {
      api.post(balancer.path() + "/listeners", recipe.body());
      balancer.awaitApplied();
      made++;
    }
  }
}
