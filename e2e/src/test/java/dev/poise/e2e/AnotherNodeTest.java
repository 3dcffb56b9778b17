package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a node that takes over does with the clients of the one before. */
@PrivateWorld
@ExtendWith(Worlds.class)
class AnotherNodeTest {
  private static final int WEB = 80;
  private static final int BY_ADDRESS = 81;
  private static final int CLIENTS = 100;

  @Test
  void theirCookiesAndTheirAddressesLeadToTheSameMembers(World world) throws IOException {
    List<HttpBackend> backends = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d")) backends.add(world.http(name));
    Backend[] members = backends.toArray(new Backend[0]);
    Balancer balancer =
        world.balancer(
            Recipe.http(WEB).cookie("SRV").members(members),
            Recipe.http(BY_ADDRESS).algorithm("SOURCE_IP").members(members));
    awaitHealthy(balancer, backends);
    List<Guest> guests = new ArrayList<>();
    for (int i = 0; i < 8; i++) guests.add(Guest.of(balancer));
    assertThat(guests.stream().map(Guest::home).distinct()).hasSize(4);
    List<String> before = byAddress(world, balancer);

    String node = world.node();
    world.replaceNode();
    assertThat(world.node()).isNotEqualTo(node);
    balancer.awaitServing(WEB);
    awaitHealthy(balancer, backends);

    for (Guest guest : guests) {
      for (int i = 0; i < 5; i++) assertThat(guest.visit(balancer)).isEqualTo(guest.home());
    }
    assertThat(byAddress(world, balancer)).isEqualTo(before);
  }

  private static void awaitHealthy(Balancer balancer, List<HttpBackend> backends) {
    for (int port : List.of(WEB, BY_ADDRESS)) {
      for (Backend backend : backends) balancer.awaitHealth(port, backend, "HEALTHY");
    }
  }

  private static List<String> byAddress(World world, Balancer balancer) throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      names.add(HttpConnection.once(balancer.at(BY_ADDRESS), world.client(i), "/").backend());
    }
    return names;
  }

  /** A browser that came once and has its cookie. */
  private record Guest(String cookie, String home) {
    static Guest of(Balancer balancer) throws IOException {
      HttpConnection.Response response = HttpConnection.once(balancer.at(WEB), "127.0.0.1", "/");
      String cookie = response.header("Set-Cookie");
      assertThat(cookie).startsWith("SRV=");
      return new Guest(cookie.substring(0, (cookie + ";").indexOf(';')), response.backend());
    }

    String visit(Balancer balancer) throws IOException {
      try (HttpConnection connection = HttpConnection.open(balancer.at(WEB))) {
        return connection.get("/", "Cookie: " + cookie, "Connection: close").backend();
      }
    }
  }
}
