package dev.poise.agent.network;

import dev.poise.agent.kernel.Namespace;
import dev.poise.spec.InterfaceAddress;
import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Keeps the addresses of load balancers on the interface of a namespace.
 *
 * <p>The kernel is the memory: an address that was put there has a metric nobody else would choose.
 * It means nothing for a single address, and tells ours from an operator's after the agent was
 * restarted too.
 *
 * <p>Who sent to such an address before knows another machine by it. So addresses that are new are
 * announced: the kernel sends a gratuitous ARP for every address of an interface when its hardware
 * address is set, even to what it is. One command does it for all of them.
 */
final class HostAddresses {
  private static final Logger log = LoggerFactory.getLogger(HostAddresses.class);
  private static final int METRIC = 1_886_349_683;
  private static final int WHOLE = 32;

  private final Ip ip;

  HostAddresses(Ip ip) {
    this.ip = ip;
  }

  /**
   * An interface as it is.
   *
   * @param hardware its hardware address
   * @param ours addresses that were put there
   * @param others addresses that somebody else put there, or {@link #putBase} did
   */
  record Seen(String hardware, Set<IpAddress> ours, Set<InterfaceAddress> others) {}

  /**
   * Looks at an interface.
   *
   * @throws IOException if there is none of that name
   */
  Seen look(Namespace namespace, String networkInterface) throws IOException {
    Set<IpAddress> ours = new HashSet<>();
    Set<InterfaceAddress> others = new HashSet<>();
    JsonNode shown = ip.show(namespace.name(), "-4", "addr", "show", "dev", networkInterface);
    for (JsonNode link : shown) {
      for (JsonNode each : link.path("addr_info")) {
        IpAddress address = new IpAddress(each.path("local").asString());
        int bits = each.path("prefixlen").asInt();
        if (each.path("metric").asInt(0) == METRIC) ours.add(address);
        else others.add(new InterfaceAddress(address, bits));
      }
    }
    JsonNode link = ip.show(namespace.name(), "link", "show", "dev", networkInterface).path(0);
    return new Seen(link.path("address").asString(""), ours, others);
  }

  /** Puts exactly these addresses of load balancers on the interface; says whether some are new. */
  boolean put(Namespace namespace, String networkInterface, Seen seen, Set<IpAddress> wanted)
      throws IOException {
    List<String> commands = new ArrayList<>();
    for (IpAddress address : seen.ours()) {
      if (!wanted.contains(address)) {
        commands.add("addr del " + address + "/" + WHOLE + " dev " + networkInterface);
      }
    }
    boolean grows = false;
    for (IpAddress address : wanted) {
      boolean there =
          seen.ours().contains(address)
              || seen.others().stream().anyMatch(other -> other.address().equals(address));
      if (there) continue;
      grows = true;
      commands.add(
          "addr replace %s/%d dev %s metric %d"
              .formatted(address, WHOLE, networkInterface, METRIC));
    }
    ip.batch(namespace.name(), commands);
    if (grows) announce(namespace, networkInterface, seen);
    return grows;
  }

  /** Says where the addresses of the interface are now. */
  void announce(Namespace namespace, String networkInterface, Seen seen) {
    if (seen.hardware().isEmpty()) return;
    try {
      ip.set(namespace, Map.of("conf/" + networkInterface + "/arp_notify", 1));
      ip.batch(
          namespace.name(),
          List.of("link set dev %s address %s".formatted(networkInterface, seen.hardware())));
    } catch (IOException e) {
      log.warn("{}: its addresses are not announced: {}", namespace.name(), e.getMessage());
    }
  }

  /** Puts exactly these addresses of the node itself on the interface. */
  void putBase(
      Namespace namespace,
      String networkInterface,
      Set<InterfaceAddress> there,
      List<InterfaceAddress> wanted)
      throws IOException {
    List<String> commands = new ArrayList<>();
    for (InterfaceAddress address : there) {
      if (!wanted.contains(address)) {
        commands.add("addr del " + address + " dev " + networkInterface);
      }
    }
    for (InterfaceAddress address : wanted) {
      if (!there.contains(address)) {
        commands.add("addr replace " + address + " dev " + networkInterface);
      }
    }
    ip.batch(namespace.name(), commands);
  }
}
