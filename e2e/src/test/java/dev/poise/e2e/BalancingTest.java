package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who gets which request. */
@ExtendWith(Worlds.class)
class BalancingTest {
  private static final int PORT = 80;
  private static final int CLIENTS = 240;

  @Test
  void membersGetTrafficByTheirWeights(World world) throws IOException {
    HttpBackend one = world.http("one");
    HttpBackend three = world.http("three");
    HttpBackend six = world.http("six");
    Balancer balancer =
        world.balancer(Recipe.http(PORT).member(one, 1).member(three, 3).member(six, 6));
    awaitAllServing(balancer, one, three, six);

    Tally tally = send(1_000, balancer.at(PORT));
    assertThat(tally.shareOf(one)).isCloseTo(10, within(5.0));
    assertThat(tally.shareOf(three)).isCloseTo(30, within(5.0));
    assertThat(tally.shareOf(six)).isCloseTo(60, within(5.0));
  }

  @Test
  void requestsOfOneConnectionAreBalancedOneByOne(World world) throws IOException {
    HttpBackend left = world.http("left");
    HttpBackend right = world.http("right");
    Balancer balancer = world.balancer(Recipe.http(PORT).members(left, right));
    awaitAllServing(balancer, left, right);

    Tally tally = new Tally();
    try (HttpConnection connection = HttpConnection.open(balancer.at(PORT))) {
      for (int i = 0; i < 100; i++) tally.answered(connection.get("/").backend());
    }
    assertThat(tally.shareOf(left)).isCloseTo(50, within(5.0));
  }

  @Test
  void leastConnectionsPrefersTheMemberThatIsIdle(World world) throws IOException {
    TcpBackend busy = world.tcp("busy");
    TcpBackend idle = world.tcp("idle");
    Balancer balancer =
        world.balancer(Recipe.tcp(PORT).algorithm("LEAST_CONNECTIONS").members(busy, idle));
    balancer.awaitHealth(PORT, busy, "HEALTHY");
    balancer.awaitHealth(PORT, idle, "HEALTHY");

    // Six connections, three each; then those of one member end.
    List<TcpConnection> toBusy = new ArrayList<>();
    List<TcpConnection> toIdle = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      TcpConnection connection = world.remember(TcpConnection.open(balancer.at(PORT)));
      (connection.ask("who").equals("busy") ? toBusy : toIdle).add(connection);
    }
    assertThat(toBusy).hasSize(3);
    toIdle.forEach(TcpConnection::close);
    Await.until("the member is idle", Duration.ofSeconds(5), () -> idle.open() == 0);

    for (int i = 0; i < 3; i++) {
      TcpConnection next = world.remember(TcpConnection.open(balancer.at(PORT)));
      assertThat(next.ask("who")).isEqualTo("idle");
    }
  }

  @Test
  void aClientAddressKeepsItsMemberAndOnlyThoseOfAMemberThatLeavesMove(World world)
      throws IOException {
    List<HttpBackend> backends = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d")) backends.add(world.http(name));
    Balancer balancer =
        world.balancer(
            Recipe.http(PORT).algorithm("SOURCE_IP").members(backends.toArray(new Backend[0])));
    for (HttpBackend backend : backends) balancer.awaitHealth(PORT, backend, "HEALTHY");

    List<String> before = membersOfClients(world, balancer);
    assertThat(membersOfClients(world, balancer)).isEqualTo(before);
    for (HttpBackend backend : backends) {
      assertThat(Collections.frequency(before, backend.name()))
          .as("clients of %s, of %s", backend, before.size())
          .isBetween(before.size() / 8, before.size() / 2);
    }

    balancer.remove(PORT, backends.getFirst());
    List<String> after = membersOfClients(world, balancer);
    assertThat(after).doesNotContain("a");
    for (int i = 0; i < before.size(); i++) {
      if (before.get(i).equals("a")) continue;
      assertThat(after.get(i)).as("the member of " + world.client(i)).isEqualTo(before.get(i));
    }
  }

  @Test
  void membersLearnWhoTheClientIsAndCannotBeLiedTo(World world) throws IOException {
    HttpBackend backend = world.http("only");
    Balancer balancer = world.balancer(Recipe.http(PORT).members(backend));
    balancer.awaitServing(PORT);
    try (HttpConnection connection = HttpConnection.open(balancer.at(PORT), world.client(7))) {
      String seen =
          connection
              .get("/", "X-Forwarded-For: 8.8.8.8", "X-Real-IP: 8.8.8.8")
              .body()
              .toLowerCase(Locale.ROOT);
      assertThat(seen)
          .contains("x-forwarded-for: " + world.client(7))
          .contains("x-real-ip: " + world.client(7))
          .contains("x-forwarded-proto: http")
          .contains("host: e2e")
          .doesNotContain("8.8.8.8");
    }
  }

  private static List<String> membersOfClients(World world, Balancer balancer) throws IOException {
    List<String> names = new ArrayList<>();
    for (int client = 0; client < CLIENTS; client++) {
      names.add(HttpConnection.once(balancer.at(PORT), world.client(client), "/").backend());
    }
    return names;
  }

  private static Tally send(int requests, InetSocketAddress target) throws IOException {
    Tally tally = new Tally();
    for (int i = 0; i < requests; i++) {
      tally.answered(HttpConnection.once(target, "127.0.0.1", "/").backend());
    }
    return tally;
  }

  /** Waits until every member passed its first check and gets traffic. */
  private static void awaitAllServing(Balancer balancer, Backend... backends) {
    for (Backend backend : backends) balancer.awaitHealth(PORT, backend, "HEALTHY");
    Set<String> seen = new HashSet<>();
    Await.until(
        "every member answers",
        Duration.ofSeconds(10),
        () -> {
          try {
            seen.add(HttpConnection.once(balancer.at(PORT), "127.0.0.1", "/").backend());
          } catch (IOException notYet) {
            return false;
          }
          return seen.size() == backends.length;
        });
  }
}
