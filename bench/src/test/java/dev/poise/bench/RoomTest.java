package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RoomTest {
  private static final Path RULES = Path.of("haproxy/by-hand.nft");

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "rooms need root");
  }

  private static String output(Scope scope, Room room, String... command) {
    return Program.output(scope, room.inside(List.of(command)));
  }

  @Test
  void anEmptyRoomIsANetworkOfItsOwnThatTheScopeRemoves() {
    String name;
    try (Scope scope = new Scope()) {
      Room room = Room.empty(scope);
      name = room.enter().getLast();
      String here = output(scope, Room.OF_POISE, "readlink", "/proc/self/ns/net");
      assertThat(output(scope, room, "readlink", "/proc/self/ns/net")).isNotEqualTo(here);
      assertThat(output(scope, room, "nft", "list", "tables")).isEmpty();
      assertThat(output(scope, Room.OF_POISE, "ip", "netns")).contains(name);
    }
    try (Scope scope = new Scope()) {
      assertThat(output(scope, Room.OF_POISE, "ip", "netns")).doesNotContain(name);
    }
  }

  @Test
  void theKernelOfARoomCountsPacketsOfTheListeners() {
    try (Scope scope = new Scope()) {
      Room room = Room.counting(scope, RULES, "127.5.6.7");
      output(scope, room, "bash", "-c", ": < /dev/tcp/127.5.6.7/8080");
      assertThat(output(scope, room, "nft", "list", "set", "ip", "packets", "received"))
          .contains("127.5.6.7 . 8080 counter packets 1 ", "127.5.6.7 . 8443 counter packets 0 ");
      assertThat(output(scope, room, "nft", "list", "set", "ip", "packets", "transmitted"))
          .contains("127.5.6.7 . 8080 counter packets 1 ");
    }
  }
}
