package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.standalone.ProcessIdentity;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node whose agent, HAProxy or machine goes down. */
@PrivateWorld
@ExtendWith(Worlds.class)
class AgentCrashTest {
  private static final int WEB = 80;
  private static final int TCP = 9000;

  @Test
  void aKilledAgentCostsNothingAndTheNextOneAdoptsWhatRuns(World world) throws IOException {
    HttpBackend web = world.http("web");
    TcpBackend echo = world.tcp("echo");
    Balancer balancer =
        world.balancer(Recipe.http(WEB).members(web), Recipe.tcp(TCP).members(echo));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    balancer.awaitHealth(TCP, echo, "HEALTHY");
    LongConnection connection = world.remember(LongConnection.open(balancer.at(TCP)));
    ProcessIdentity haproxy = world.haproxy(balancer);

    try (Load load = Load.httpKeepAlive(balancer.at(WEB), 4)) {
      world.killAgent();
      load.awaitAnswers(200);
      world.startAgent();
      balancer.awaitHealth(WEB, web, "HEALTHY");
      balancer.awaitApplied();
      load.awaitAnswers(200);
      assertThat(world.haproxy(balancer)).as("adopted, not restarted").isEqualTo(haproxy);

      // The agent that adopted can do everything.
      balancer.patch(balancer.memberPath(WEB, web), Map.of("weight", 7));
      String listener = "/listeners/" + balancer.listener(WEB).path("id").asString();
      balancer.patch(listener, Map.of("idleTimeoutSeconds", 33));
      load.awaitAnswers(100);
      assertThat(load.stop().reasons()).isEmpty();
    }
    connection.requireAlive();
  }

  @Test
  void aChangeMadeWhileTheAgentWasDeadIsAppliedByTheNextOne(World world) throws IOException {
    HttpBackend web = world.http("web");
    HttpBackend added = world.http("added");
    Balancer balancer = world.balancer(Recipe.http(WEB).members(web));
    balancer.awaitServing(WEB);
    world.killAgent();
    world.api().post(balancer.pool(WEB) + "/members", Recipe.memberBody(added, 1));
    world.startAgent();
    balancer.awaitHealth(WEB, added, "HEALTHY");
    balancer.awaitApplied();
  }

  @Test
  void aKilledHaproxyIsBackWithinTwoSeconds(World world) throws IOException {
    HttpBackend web = world.http("web");
    HttpBackend other = world.http("other");
    Balancer victim = world.balancer(Recipe.http(WEB).members(web));
    Balancer neighbour = world.balancer(Recipe.http(WEB).members(other));
    victim.awaitServing(WEB);
    neighbour.awaitServing(WEB);
    ProcessIdentity neighboursHaproxy = world.haproxy(neighbour);

    try (Load load = Load.httpKeepAlive(neighbour.at(WEB), 2)) {
      world.haproxy(victim).kill9();
      Await.until(
          "the killed HAProxy's listener answers",
          Duration.ofSeconds(2),
          () -> status(victim) == 200);
      load.awaitAnswers(50);
      assertThat(load.stop().reasons()).as("the neighbour's requests").isEmpty();
    }
    assertThat(world.haproxy(neighbour)).isEqualTo(neighboursHaproxy);
    victim.awaitApplied();
  }

  @Test
  void aNodeThatStartsWithoutAServerServesFromItsLedger(World world) throws IOException {
    HttpBackend web = world.http("web");
    Balancer balancer = world.balancer(Recipe.http(WEB).members(web));
    balancer.awaitServing(WEB);
    world.killServer();
    world.stopNode();
    assertThat(world.haproxies(balancer)).isEmpty();
    assertThat(status(balancer)).as("nothing serves").isNotEqualTo(200);

    world.startAgent();
    Await.until("the ledger is served", Duration.ofSeconds(10), () -> status(balancer) == 200);
    world.restartControlPlane();
    balancer.awaitApplied();
  }

  @Test
  void aSilentNodeMakesItsLoadBalancersStaleUntilItIsHeardOfAgain(World world) {
    HttpBackend web = world.http("web");
    Balancer balancer = world.balancer(Recipe.http(WEB).members(web));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    assertThat(balancer.now().path("health").asString()).isEqualTo("HEALTHY");

    world.stopAgent();
    Await.until(
        "the load balancer is stale",
        Duration.ofSeconds(20),
        balancer::now,
        now -> now.path("state").asString().equals("STALE"));
    assertThat(balancer.now().path("health").asString()).isNotEqualTo("HEALTHY");
    assertThat(balancer.member(WEB, web).path("health").asString()).isNotEqualTo("HEALTHY");
    assertThat(status(balancer)).as("traffic goes on").isEqualTo(200);

    world.startAgent();
    balancer.awaitApplied();
    balancer.awaitHealth(WEB, web, "HEALTHY");
  }

  private static int status(Balancer balancer) {
    try {
      return HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/").status();
    } catch (IOException nobodyThere) {
      return 0;
    }
  }
}
