package dev.poise.agent.doctor;

import dev.poise.agent.ledger.Ledger;
import dev.poise.spec.Home;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Manifest;
import dev.poise.spec.Protocol;
import dev.poise.spec.Redundancy;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecJson.MalformedSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the node was told to serve, as far as checks depend on it.
 *
 * @param sharesAddresses whether it moves addresses by VRRP
 * @param peers the nodes it shares them with
 * @param forwardsDatagrams whether any load balancer speaks UDP
 * @param entrances where its load balancers listen in the machine's own network, except for UDP
 */
record Orders(
    boolean sharesAddresses,
    List<IpAddress> peers,
    boolean forwardsDatagrams,
    List<Entrance> entrances) {
  private static final Orders NONE = new Orders(false, List.of(), false, List.of());

  Orders {
    peers = List.copyOf(peers);
    entrances = List.copyOf(entrances);
  }

  /** An address and port of a load balancer. */
  record Entrance(LoadBalancerId owner, IpAddress address, int port) {
    @Override
    public String toString() {
      return address + ":" + port;
    }
  }

  /** What the ledger says; nothing, if there is none yet. */
  static Orders read(Path dataDirectory) throws IOException {
    // Opening a ledger makes its directories.
    if (!Files.exists(dataDirectory.resolve("manifest.json"))) return NONE;
    Ledger ledger = Ledger.open(dataDirectory);
    Optional<Manifest> manifest = ledger.manifest();
    if (manifest.isEmpty()) return NONE;
    List<LoadBalancerSpec> specs = new ArrayList<>();
    for (Manifest.Entry entry : manifest.get().loadBalancers()) {
      ledger.spec(entry.digest()).flatMap(Orders::parse).ifPresent(specs::add);
    }
    return of(manifest.get().redundancy(), specs);
  }

  private static Optional<LoadBalancerSpec> parse(String json) {
    try {
      return Optional.of(SpecJson.readSpec(json));
    } catch (MalformedSpec e) {
      // The agent refuses it, and says so where load balancers are looked at.
      return Optional.empty();
    }
  }

  static Orders of(Redundancy redundancy, List<LoadBalancerSpec> specs) {
    boolean datagrams =
        specs.stream()
            .flatMap(spec -> spec.listeners().stream())
            .anyMatch(listener -> listener.protocol() instanceof Protocol.Udp);
    List<Entrance> entrances = specs.stream().flatMap(spec -> entrances(spec).stream()).toList();
    return switch (redundancy) {
      case Redundancy.None() -> new Orders(false, List.of(), datagrams, entrances);
      case Redundancy.Vrrp vrrp -> new Orders(true, vrrp.peers(), datagrams, entrances);
    };
  }

  private static List<Entrance> entrances(LoadBalancerSpec spec) {
    List<IpAddress> here =
        switch (spec.home()) {
          case Home.Node() -> spec.vips();
          case Home.Vpc vpc -> vpc.atEdge();
        };
    List<Entrance> entrances = new ArrayList<>();
    for (ListenerSpec listener : spec.listeners()) {
      if (listener.protocol() instanceof Protocol.Udp) continue;
      for (IpAddress address : here) {
        entrances.add(new Entrance(spec.id(), address, listener.port()));
      }
    }
    return entrances;
  }
}
