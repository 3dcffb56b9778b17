package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Members that are switched off, drained, killed and revived. */
@ExtendWith(Worlds.class)
class MemberModesTest {
  private static final int WEB = 80;
  private static final int TCP = 9000;

  @Test
  void aDisabledMemberGetsNothingNewIsNotCheckedAndKeepsItsConnections(World world)
      throws IOException {
    TcpBackend steady = world.tcp("steady");
    TcpBackend leaving = world.tcp("leaving");
    HttpBackend web = world.http("web");
    HttpBackend webLeaving = world.http("web-leaving");
    Balancer balancer =
        world.balancer(
            Recipe.tcp(TCP).members(steady, leaving),
            Recipe.http(WEB).checkedByHttp().members(web, webLeaving));
    awaitHealthy(balancer, TCP, steady, leaving);
    awaitHealthy(balancer, WEB, web, webLeaving);
    LongConnection established = connectionTo(world, balancer, leaving);

    balancer.change(TCP, leaving, "disable");
    balancer.change(WEB, webLeaving, "disable");
    balancer.awaitHealth(WEB, webLeaving, "DISABLED");
    int checksBefore = webLeaving.checks();
    int acceptedBefore = leaving.accepted();
    int othersChecks = web.checks();
    for (int i = 0; i < 50; i++) {
      assertThat(backendOfNewConnection(balancer)).isEqualTo("steady");
      assertThat(HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/").backend())
          .isEqualTo("web");
    }
    // Three checks of a neighbour are the clock: a checked member would have got some as well.
    Await.until(
        "neighbours are checked", Duration.ofSeconds(10), () -> web.checks() >= othersChecks + 3);
    assertThat(webLeaving.checks()).isEqualTo(checksBefore);
    assertThat(leaving.accepted()).isEqualTo(acceptedBefore);
    established.requireAlive();
  }

  @Test
  void anEnabledMemberIsCheckedBeforeItGetsTraffic(World world) throws IOException {
    HttpBackend steady = world.http("steady");
    HttpBackend coming = world.http("coming");
    Balancer balancer = world.balancer(Recipe.http(WEB).checkedByHttp().members(steady, coming));
    awaitHealthy(balancer, WEB, steady, coming);
    balancer.change(WEB, coming, "disable");
    coming.failChecks(true);
    int requestsBefore = coming.requests();

    balancer.change(WEB, coming, "enable");
    balancer.awaitHealth(WEB, coming, "UNHEALTHY");
    for (int i = 0; i < 50; i++) {
      assertThat(HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/").status()).isEqualTo(200);
    }
    assertThat(coming.requests()).isEqualTo(requestsBefore);

    coming.failChecks(false);
    awaitAnswerOf(balancer, coming);
  }

  @Test
  void aMemberThatIsAddedIsCheckedBeforeItGetsTraffic(World world) throws IOException {
    HttpBackend steady = world.http("steady");
    HttpBackend sick = world.http("sick");
    sick.failChecks(true);
    Balancer balancer = world.balancer(Recipe.http(WEB).checkedByHttp().members(steady));
    awaitHealthy(balancer, WEB, steady);
    try (Load load = Load.httpKeepAlive(balancer.at(WEB), 4)) {
      balancer.add(WEB, sick);
      balancer.awaitHealth(WEB, sick, "UNHEALTHY");
      load.awaitAnswers(200);
      Tally tally = load.stop();
      assertThat(tally.reasons()).isEmpty();
      assertThat(sick.requests()).isZero();
    }
  }

  @Test
  void aDrainingMemberFinishesWhatItHasAndIsThenDisabled(World world) throws Exception {
    HttpBackend steady = world.http("steady");
    HttpBackend draining = world.http("draining");
    Balancer balancer = world.balancer(Recipe.http(WEB).members(steady, draining));
    awaitHealthy(balancer, WEB, steady, draining);
    HeldRequest held = HeldRequest.at(balancer.at(WEB), draining, steady);
    world.remember(held);

    balancer.change(WEB, draining, "drain");
    assertThat(balancer.member(WEB, draining).path("mode").asString()).isEqualTo("DRAINING");
    int before = draining.requests();
    for (int i = 0; i < 50; i++) {
      assertThat(HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/").backend())
          .isEqualTo("steady");
    }
    assertThat(draining.requests()).isEqualTo(before);
    assertThat(balancer.member(WEB, draining).path("mode").asString()).isEqualTo("DRAINING");

    draining.release();
    assertThat(held.answer().status()).isEqualTo(200);
    assertThat(held.answer().backend()).isEqualTo("draining");
    Await.until(
        "the drained member is disabled",
        Duration.ofSeconds(15),
        () -> balancer.member(WEB, draining),
        member -> member.path("mode").asString().equals("DISABLED"));
  }

  @Test
  void aKilledMemberLeavesRotationWithAReasonAndComesBackByItself(World world) throws IOException {
    HttpBackend steady = world.http("steady");
    HttpBackend mortal = world.http("mortal");
    Balancer balancer = world.balancer(Recipe.http(WEB).members(steady, mortal));
    awaitHealthy(balancer, WEB, steady, mortal);

    mortal.kill();
    JsonNode dead = balancer.awaitHealth(WEB, mortal, "UNHEALTHY");
    assertThat(dead.path("healthReason").asString()).containsIgnoringCase("refused");
    assertThat(balancer.now().path("health").asString()).isNotEqualTo("HEALTHY");
    for (int i = 0; i < 200; i++) {
      HttpConnection.Response response = HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.backend()).isEqualTo("steady");
    }

    mortal.revive();
    balancer.awaitHealth(WEB, mortal, "HEALTHY");
    awaitAnswerOf(balancer, mortal);
    Await.until(
        "all is well again",
        Duration.ofSeconds(10),
        balancer::now,
        now -> now.path("health").asString().equals("HEALTHY"));
  }

  @Test
  void aMemberWhoseChecksFailGetsNoTrafficAlthoughItAnswers(World world) throws IOException {
    HttpBackend steady = world.http("steady");
    HttpBackend sick = world.http("sick");
    Balancer balancer = world.balancer(Recipe.http(WEB).checkedByHttp().members(steady, sick));
    awaitHealthy(balancer, WEB, steady, sick);
    sick.failChecks(true);
    JsonNode member = balancer.awaitHealth(WEB, sick, "UNHEALTHY");
    assertThat(member.path("healthReason").asString()).contains("503");
    int before = sick.requests();
    for (int i = 0; i < 100; i++) HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/");
    assertThat(sick.requests()).isEqualTo(before);
  }

  private static void awaitHealthy(Balancer balancer, int port, Backend... backends) {
    for (Backend backend : backends) balancer.awaitHealth(port, backend, "HEALTHY");
  }

  private static String backendOfNewConnection(Balancer balancer) throws IOException {
    try (TcpConnection connection = TcpConnection.open(balancer.at(TCP))) {
      return connection.ask("who");
    }
  }

  /** A connection that happens to be served by this member; others are closed. */
  private static LongConnection connectionTo(World world, Balancer balancer, Backend backend)
      throws IOException {
    for (int attempt = 0; attempt < 20; attempt++) {
      LongConnection connection = LongConnection.open(balancer.at(TCP));
      if (connection.backend().equals(backend.name())) return world.remember(connection);
      connection.close();
    }
    throw new AssertionError("no connection reached " + backend);
  }

  private static void awaitAnswerOf(Balancer balancer, Backend backend) {
    Await.until(
        backend + " answers again",
        Duration.ofSeconds(10),
        () -> {
          try {
            return HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/")
                .backend()
                .equals(backend.name());
          } catch (IOException e) {
            throw new AssertionError("a request failed meanwhile", e);
          }
        });
  }
}
