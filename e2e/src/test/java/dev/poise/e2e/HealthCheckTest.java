package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** How members are checked, and what is told of it. */
@ExtendWith(Worlds.class)
class HealthCheckTest {
  private static final int WEB = 80;
  private static final String NO_CONTENT = "204 No Content";

  @Test
  void aCheckAsksWhatWasConfiguredAndTakesTheCodesThatWere(World world) {
    HttpBackend web = world.http("web");
    web.answerChecks(NO_CONTENT);
    Balancer balancer =
        world.balancer(
            Recipe.http(WEB)
                .checkedByHttp()
                .check(
                    Map.of(
                        "path",
                        "/healthz/deep?all",
                        "domain",
                        "inner.test",
                        "method",
                        "HEAD",
                        "expectedCodes",
                        "204,301"))
                .members(web));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    assertThat(web.lastCheck()).startsWith("HEAD /healthz/deep?all HTTP/1.1\r\n");
    assertThat(HttpText.header(web.lastCheck(), "host")).isEqualTo("inner.test");

    web.answerChecks("200 OK");
    balancer.awaitHealth(WEB, web, "UNHEALTHY");
    JsonNode check = check(world, balancer, web);
    assertThat(check.path("reason").asString()).contains("200");
    assertThat(check.path("health").asString()).isEqualTo("UNHEALTHY");
    assertThat(check.path("live").asBoolean()).isTrue();
    assertThat(check.path("node").asString()).isEqualTo(world.node());
    assertThat(check.path("sinceTime").asString()).isNotEmpty();
    web.answerChecks("301 Moved Permanently");
    balancer.awaitHealth(WEB, web, "HEALTHY");
    web.kill();
    balancer.awaitHealth(WEB, web, "UNHEALTHY");
    assertThat(check(world, balancer, web).path("reason").asString())
        .containsIgnoringCase("refused");
  }

  /** What the node of this world says. */
  private static JsonNode check(World world, Balancer balancer, Backend backend) {
    JsonNode checks = world.api().get(balancer.memberPath(WEB, backend) + "/checks");
    assertThat(checks.path("nodes")).hasSize(1);
    return checks.path("nodes").path(0);
  }

  @Test
  void itTakesAsManyChecksAsWereAskedForToFallAndToRise(World world) throws IOException {
    HttpBackend web = world.http("web");
    HttpBackend other = world.http("other");
    Balancer balancer =
        world.balancer(
            Recipe.http(WEB)
                .checkedByHttp()
                .check(Map.of("rise", 3, "fall", 2))
                .members(web, other));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    assertThat(web.checks()).as("one suffices for a new member").isPositive();

    web.failChecks(true);
    int failed = checksUntil(balancer, web, "UNHEALTHY");
    assertThat(failed).as("failed checks").isBetween(2, 3);
    int requests = web.requests();
    web.failChecks(false);
    int passed = checksUntil(balancer, web, "HEALTHY");
    assertThat(passed).as("passed checks").isBetween(3, 4);
    assertThat(web.requests()).as("it was left alone until then").isEqualTo(requests);
  }

  /** How many checks were answered when HAProxy had made up its mind, and one perhaps before. */
  private static int checksUntil(Balancer balancer, HttpBackend web, String health) {
    int before = web.checks();
    balancer.awaitHealth(WEB, web, health);
    return web.checks() - before;
  }

  @Test
  void anotherCheckCountsAtOnceAndNotAtTheNextTurn(World world) {
    HttpBackend web = world.http("web");
    web.answerChecks(NO_CONTENT);
    Balancer balancer =
        world.balancer(
            Recipe.http(WEB)
                .checkedByHttp()
                .check(Map.of("intervalSeconds", 60, "expectedCodes", "204"))
                .members(web));
    balancer.awaitHealth(WEB, web, "HEALTHY");

    for (String[] turn : new String[][] {{"200", "UNHEALTHY"}, {"200-299", "HEALTHY"}}) {
      long start = System.nanoTime();
      balancer.patch(balancer.pool(WEB), Map.of("healthCheck", Map.of("expectedCodes", turn[0])));
      balancer.awaitHealth(WEB, web, turn[1]);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("until it was " + turn[1])
          .isLessThan(Duration.ofSeconds(5));
    }
  }
}
