package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.standalone.ApiClient.Answer;
import dev.poise.standalone.ProcessIdentity;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What kinds of load balancers may not have, and what goes when something is deleted. */
@ExtendWith(Worlds.class)
class LifecycleTest {
  private static final int WEB = 80;
  private static final int TCP = 9000;

  @Test
  void anApplicationBalancerTakesNoTcpAndANetworkBalancerNoHttp(World world) {
    HttpBackend web = world.http("web");
    TcpBackend echo = world.tcp("echo");
    Balancer application = typed(world, "APPLICATION", Recipe.http(WEB).members(web));
    Balancer network = typed(world, "NETWORK", Recipe.tcp(TCP).members(echo));
    application.awaitServing(WEB);
    network.awaitServingTcp(TCP);
    requireRefused(world, application, Recipe.tcp(TCP));
    requireRefused(world, network, Recipe.http(WEB));
    Answer narrowed =
        world
            .api()
            .send("PATCH", network.path(), Optional.of(Map.of("type", "APPLICATION")), Map.of());
    assertThat(narrowed.status()).as(narrowed.toString()).isEqualTo(422);
    network.awaitServingTcp(TCP);
  }

  private static Balancer typed(World world, String type, Recipe listener) {
    Balancer balancer =
        world.adopt(
            world
                .api()
                .post(
                    "/load-balancers",
                    Map.of(
                        "name",
                        type,
                        "type",
                        type,
                        "subnetId",
                        world.site().subnet(),
                        "listeners",
                        List.of(listener.body()))));
    balancer.awaitApplied();
    return balancer;
  }

  private static void requireRefused(World world, Balancer balancer, Recipe listener) {
    Answer answer =
        world
            .api()
            .send("POST", balancer.path() + "/listeners", Optional.of(listener.body()), Map.of());
    assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
    assertThat(answer.json().path("errors").path(0).path("pointer").asString())
        .isEqualTo("/protocol");
  }

  @Test
  void aMemberThatIsDeletedIsInNoRuleAnyMoreAndTheOthersOfTheRuleServeOn(World world)
      throws IOException {
    HttpBackend leaving = world.http("leaving");
    HttpBackend staying = world.http("staying");
    HttpBackend rest = world.http("rest");
    Balancer balancer = world.balancer(Recipe.http(WEB).members(leaving, staying, rest));
    for (Backend backend : List.of(leaving, staying, rest)) {
      balancer.awaitHealth(WEB, backend, "HEALTHY");
    }
    String gone = balancer.member(WEB, leaving).path("id").asString();
    String stays = balancer.member(WEB, staying).path("id").asString();
    Map<String, Object> rule = new HashMap<>(Map.of("path", "/some"));
    rule.put("action", Map.of("memberIds", List.of(gone, stays)));
    String path =
        "/rules/"
            + world.api().post(balancer.listenerPath(WEB) + "/rules", rule).path("id").asString();
    balancer.awaitApplied();
    balancer.remove(WEB, leaving);
    JsonNode named = world.api().get(path).path("action").path("memberIds");
    assertThat(named).hasSize(1);
    assertThat(named.path(0).asString()).isEqualTo(stays);
    for (int i = 0; i < 10; i++) {
      assertThat(HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/some").backend())
          .isEqualTo("staying");
    }
  }

  @Test
  void aListenerWithMembersIsDeletedOnlyTogetherWithThem(World world) throws IOException {
    HttpBackend web = world.http("web");
    Balancer balancer =
        world.balancer(Recipe.http(WEB).members(web), Recipe.http(WEB + 1).members(web));
    balancer.awaitServing(WEB);
    String listener = balancer.listenerPath(WEB);
    Answer refused = world.api().send("DELETE", listener, Optional.empty(), Map.of());
    assertThat(refused.status()).as(refused.toString()).isEqualTo(409);
    assertThat(refused.problem()).isEqualTo("listener-has-members");
    assertThat(HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/").status()).isEqualTo(200);

    world.api().delete(listener + "?removeMembers=true");
    balancer.awaitApplied();
    assertThat(refusesConnections(balancer, WEB)).isTrue();
    balancer.awaitServing(WEB + 1);
  }

  @Test
  void aBalancerThatIsDeletedTakesEverythingWithItAndItsAddressIsFree(World world) {
    HttpBackend web = world.http("web");
    Balancer balancer = world.balancer(Recipe.http(WEB).members(web));
    balancer.awaitServing(WEB);
    ProcessIdentity haproxy = world.haproxy(balancer);
    String address = balancer.at(WEB).getHostString();
    List<String> parts =
        List.of(balancer.listenerPath(WEB), balancer.pool(WEB), balancer.memberPath(WEB, web));

    world.api().delete(balancer.path());
    balancer.awaitGone();
    assertThat(haproxy.isAlive()).isFalse();
    assertThat(world.haproxies(balancer)).isEmpty();
    assertThat(refusesConnections(balancer, WEB)).isTrue();
    for (String part : parts) {
      assertThat(world.api().send("GET", part, Optional.empty(), Map.of()).status())
          .as(part)
          .isEqualTo(404);
    }
    Map<String, Object> next = new HashMap<>();
    next.put("name", "next");
    next.put("subnetId", world.site().subnet());
    next.put("address", address);
    next.put("listeners", List.of(Recipe.http(WEB).members(web).body()));
    Balancer heir = world.adopt(world.api().post("/load-balancers", next));
    heir.awaitServing(WEB);
    assertThat(heir.at(WEB)).isEqualTo(balancer.at(WEB));
  }

  private static boolean refusesConnections(Balancer balancer, int port) {
    try (TcpConnection _ = TcpConnection.open(balancer.at(port))) {
      return false;
    } catch (IOException refused) {
      return true;
    }
  }
}
