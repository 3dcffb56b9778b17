package dev.poise.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.support.Specs;
import dev.poise.spec.Home;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Redundancy;
import dev.poise.spec.VpcId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrdersTest {
  private static final Redundancy SHARED =
      new Redundancy.Vrrp(
          7,
          100,
          1000,
          "eth0",
          "eth1",
          new IpAddress("10.0.0.1"),
          List.of(new IpAddress("10.0.0.2")),
          false,
          Redundancy.Handover.NONE);

  @TempDir Path directory;

  @Test
  void aNodeThatWasToldNothingHasNone() throws Exception {
    assertThat(Orders.read(directory)).isEqualTo(new Orders(false, List.of(), false, List.of()));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void entrancesAreWhereOthersCouldListenToo() {
    Specs specs = new Specs().http(80).udp(53, 30);
    Orders orders = Orders.of(SHARED, List.of(specs.next()));
    assertThat(orders.entrances()).containsExactly(new Orders.Entrance(specs.id, specs.vip, 80));
    assertThat(orders.forwardsDatagrams()).isTrue();
    assertThat(orders.sharesAddresses()).isTrue();
    assertThat(orders.peers()).containsExactly(new IpAddress("10.0.0.2"));
  }

  @Test
  void aNetworkOfItsOwnIsNobodyElses() {
    Specs specs = new Specs().http(80);
    LoadBalancerSpec spec = specs.next();
    IpAddress edge = new IpAddress("203.0.113.7");
    VpcId vpc = VpcId.generate(Instant.parse("2026-01-01T00:00:00Z"));
    LoadBalancerSpec moved =
        new LoadBalancerSpec(
            spec.id(),
            spec.generation(),
            new Home.Vpc(vpc, List.of(edge)),
            List.of(specs.vip, edge),
            spec.pingSources(),
            spec.listeners(),
            spec.pools());
    assertThat(Orders.of(new Redundancy.None(), List.of(moved)).entrances())
        .containsExactly(new Orders.Entrance(specs.id, edge, 80));
  }
}
