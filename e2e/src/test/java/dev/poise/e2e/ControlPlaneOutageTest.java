package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.standalone.ProcessIdentity;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What goes on while the server and its database are dead, and how things come together again. */
@PrivateWorld
@ExtendWith(Worlds.class)
class ControlPlaneOutageTest {
  private static final int WEB = 80;
  private static final int TCP = 9000;

  @Test
  void trafficChecksAndAgentsGoOnWithoutServerAndDatabase(World world) throws IOException {
    HttpBackend steady = world.http("steady");
    HttpBackend mortal = world.http("mortal");
    TcpBackend echo = world.tcp("echo");
    Balancer balancer =
        world.balancer(Recipe.http(WEB).members(steady, mortal), Recipe.tcp(TCP).members(echo));
    balancer.awaitHealth(WEB, mortal, "HEALTHY");
    balancer.awaitHealth(TCP, echo, "HEALTHY");
    LongConnection connection = world.remember(LongConnection.open(balancer.at(TCP)));
    ProcessIdentity haproxy = world.haproxy(balancer);

    try (Load load = Load.httpKeepAlive(balancer.at(WEB), 4)) {
      world.killServer();
      world.killDatabase();
      load.awaitAnswers(300);
      world.killAgent();
      load.awaitAnswers(100);
      world.startAgent();
      load.awaitAnswers(300);
      assertThat(load.stop().reasons()).as("while the control plane is dead").isEmpty();
    }
    assertThat(world.haproxy(balancer)).isEqualTo(haproxy);
    connection.requireAlive();

    mortal.kill();
    awaitAnswersOnlyOf(balancer, "steady");
    mortal.revive();
    awaitAnswerOf(balancer, "mortal");

    haproxy.kill9();
    balancer.awaitServing(WEB);
    balancer.awaitServingTcp(TCP);
    LongConnection after = world.remember(LongConnection.open(balancer.at(TCP)));

    world.restartControlPlane();
    Await.until(
        "the server knows that all is well",
        Duration.ofSeconds(30),
        balancer::now,
        now ->
            now.path("state").asString().equals("ACTIVE")
                && now.path("health").asString().equals("HEALTHY"));
    balancer.patch(balancer.memberPath(WEB, mortal), Map.of("weight", 9));
    after.requireAlive();
  }

  @Test
  void whatWasAskedForBeforeTheOutageIsDoneAfterIt(World world) throws IOException {
    HttpBackend old = world.http("old");
    HttpBackend newer = world.http("newer");
    Balancer balancer = world.balancer(Recipe.http(WEB).members(old));
    balancer.awaitServing(WEB);

    world.killAgent();
    world.api().post(balancer.pool(WEB) + "/members", Recipe.memberBody(newer, 1));
    world.killServer();
    world.killDatabase();
    world.startAgent();
    awaitAnswersOnlyOf(balancer, "old");

    world.restartControlPlane();
    balancer.awaitApplied();
    awaitAnswerOf(balancer, "newer");
  }

  @Test
  void aDatabaseThatComesBackAloneIsEnough(World world) throws IOException {
    HttpBackend only = world.http("only");
    Balancer balancer = world.balancer(Recipe.http(WEB).members(only));
    world.killDatabase();
    Await.until(
        "the API says that it cannot",
        Duration.ofSeconds(30),
        () -> world.api().send("GET", balancer.path(), Optional.empty(), Map.of()),
        answer -> answer.status() == 503 && answer.problem().equals("unavailable"));
    world.restartControlPlane();
    Await.until(
        "the API answers again",
        Duration.ofSeconds(30),
        () -> world.api().send("GET", balancer.path(), Optional.empty(), Map.of()),
        answer -> answer.status() == 200);
    balancer.patch(balancer.memberPath(WEB, only), Map.of("weight", 3));
  }

  private static void awaitAnswersOnlyOf(Balancer balancer, String backend) {
    int[] inARow = {0};
    Await.until(
        "only " + backend + " answers",
        Duration.ofSeconds(15),
        () -> {
          inARow[0] = backend.equals(answer(balancer)) ? inARow[0] + 1 : 0;
          return inARow[0] >= 40;
        });
  }

  private static void awaitAnswerOf(Balancer balancer, String backend) {
    Await.until(
        backend + " answers", Duration.ofSeconds(15), () -> backend.equals(answer(balancer)));
  }

  private static String answer(Balancer balancer) {
    try {
      HttpConnection.Response response = HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/");
      return response.status() == 200 ? response.backend() : "HTTP " + response.status();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
