package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** VPCs that are networks of their own, with the same addresses in them. */
@ExtendWith(Worlds.class)
class VpcIsolationTest {
  private static final int WEB = 80;
  private static final int EACH = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Test
  void twoVpcsWithTheSameAddressesNeverMeet(World world) throws Exception {
    VpcWorld red = VpcWorld.given(world, "red");
    VpcWorld blue = VpcWorld.given(world, "blue");
    Balancer redBalancer = red.balancer(world, "INTERNET", web());
    Balancer blueBalancer = blue.balancer(world, "INTERNET", web());
    JsonNode redEntrance = bound(world, redBalancer);
    JsonNode blueEntrance = bound(world, blueBalancer);
    for (Balancer each : List.of(redBalancer, blueBalancer)) {
      each.awaitHealth(WEB, VpcWorld.member(), "HEALTHY");
    }
    Await.until("clients within are served", PATIENCE, () -> red.serves() && blue.serves());

    assertThat(red.ask(EACH)).hasSize(EACH).containsOnly("red");
    assertThat(blue.ask(EACH)).hasSize(EACH).containsOnly("blue");
    assertThat(VpcWorld.askFromOutside(address(redEntrance), EACH))
        .hasSize(EACH)
        .containsOnly("red");
    assertThat(VpcWorld.askFromOutside(address(blueEntrance), EACH))
        .hasSize(EACH)
        .containsOnly("blue");
  }

  @Test
  void editsUnderLoadInAVpcFailNothing(World world) throws Exception {
    VpcWorld red = VpcWorld.given(world, "red");
    Balancer balancer = red.balancer(world, "INTERNET", web());
    JsonNode entrance = bound(world, balancer);
    balancer.awaitHealth(WEB, VpcWorld.member(), "HEALTHY");
    Await.until("clients within are served", PATIENCE, red::serves);
    CompletableFuture<List<String>> within = later(() -> red.ask(3000));
    CompletableFuture<List<String>> without =
        later(() -> VpcWorld.askFromOutside(address(entrance), 3000));
    int edits = 0;
    while (!(within.isDone() && without.isDone())) {
      balancer.patch(balancer.listenerPath(WEB), Map.of("idleTimeoutSeconds", 20 + edits++ % 50));
    }
    assertThat(edits).isGreaterThan(2);
    assertThat(within.get()).hasSize(3000).containsOnly("red");
    assertThat(without.get()).hasSize(3000).containsOnly("red");
  }

  @Test
  void aVxlanReachesMembersOnOtherHosts(World world) throws Exception {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String cable =
        FreeNetwork.among(
            () -> "10.%d.%d.".formatted(random.nextInt(200, 250), random.nextInt(250)));
    try (Connection sql = world.sql();
        PreparedStatement update =
            sql.prepareStatement("UPDATE nodes SET address = ?::inet WHERE id = ?")) {
      update.setString(1, cable + "1");
      update.setString(2, world.node());
      update.executeUpdate();
    }
    VpcWorld far = VpcWorld.overVxlan(world, "far", cable);
    Balancer balancer = far.balancer(world, "INTERNET", web());
    balancer.awaitHealth(WEB, VpcWorld.member(), "HEALTHY");
    JsonNode entrance = bound(world, balancer);
    Await.until("clients within are served", PATIENCE, far::serves);
    assertThat(far.ask(100)).hasSize(100).containsOnly("far");
    assertThat(VpcWorld.askFromOutside(address(entrance), 100)).hasSize(100).containsOnly("far");
  }

  private static Recipe web() {
    return Recipe.http(WEB).members(VpcWorld.member());
  }

  private interface Asking {
    List<String> ask() throws IOException;
  }

  private static CompletableFuture<List<String>> later(Asking asking) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return asking.ask();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private static JsonNode bound(World world, Balancer balancer) {
    JsonNode elasticIp = world.elasticIp();
    world
        .api()
        .post(balancer.path() + ":bindEip", Map.of("elasticIpId", elasticIp.path("id").asString()));
    balancer.awaitApplied();
    return elasticIp;
  }

  private static String address(JsonNode elasticIp) {
    return elasticIp.path("address").asString();
  }
}
