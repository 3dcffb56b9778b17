package dev.poise.agent.render;

import dev.poise.spec.AddressRange;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.NodeId;
import dev.poise.spec.Protocol;
import dev.poise.spec.Redundancy;
import dev.poise.spec.Sources;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the nftables table that a node has once, for all its load balancers: it counts packets,
 * answers datagrams nobody takes, and keeps pings and strangers' VRRP out.
 *
 * <p>These rules see every packet, and not only the first of a session. Their cost must not grow
 * with the number of load balancers, so there is one table with sets in it, and a load balancer is
 * some elements of these sets.
 *
 * <p>Nor must there be a rule without need: each chain costs every packet of the machine some 70
 * ns, and each look into a set twice as much. So there are two chains, and three more while a
 * listener speaks UDP; and what has to do with no load balancer of the node, such as the traffic
 * between HAProxy and members, leaves them after one comparison of its address.
 *
 * <p>Packets are counted where they carry the load balancer's address: those of clients before,
 * those to clients after addresses are translated. What a client on this machine sends passes the
 * output hook and then, through the loopback interface, prerouting; it counts once: TCP in
 * prerouting, where nobody translates it, and UDP in output.
 *
 * <p>A machine says "port unreachable" to another one about once a second and not more. If clients'
 * datagrams go to a member that ended, their errors use that up, and a check would hear nothing,
 * which is good news. So such errors are noted when they pass: the destination in the datagram that
 * the error quotes, 24 bytes (192 bits) into the ICMP message, and its port, 30 bytes (240 bits).
 */
public final class NodeRules {
  /** The set that counts what clients sent, by address, protocol and port. */
  public static final String RECEIVED = "received";

  /** The set that counts what clients were sent. */
  public static final String TRANSMITTED = "transmitted";

  /**
   * The set of members, as address and port, that told of a client's datagram "port unreachable".
   */
  public static final String UNREACHABLE = "unreachable";

  /** The set of addresses and ports of UDP listeners. */
  public static final String DATAGRAMS = "datagrams";

  /** The set of addresses that not everyone may ping. */
  public static final String PING_FILTERED = "ping_filtered";

  private static final String VRRP_GUARDED = "vrrp_guarded";
  private static final String VRRP_PEERS = "vrrp_peers";

  private static final String AND = " . ";
  private static final int TCP = 6;
  private static final int UDP = 17;

  private static final String COUNTING = "{ type ipv4_addr . inet_proto . inet_service; counter; }";

  private static final String RULES =
      """
      add chain ip TABLE prerouting { type filter hook prerouting priority -300; policy accept; }
      add chain ip TABLE postrouting { type filter hook postrouting priority 300; policy accept; }
      flush chain ip TABLE prerouting
      flush chain ip TABLE postrouting
      add rule ip TABLE prerouting ip protocol 112 iifname @vrrp_guarded iifname . ip saddr != @vrrp_peers drop
      """;

  private static final String RANGE_RULES =
      """
      add rule ip TABLE prerouting ip daddr != RANGE return
      add rule ip TABLE postrouting ip saddr != RANGE return
      """;

  private static final String ADDRESS_RULES =
      """
      add rule ip TABLE prerouting icmp type echo-request ip daddr @ping_filtered ip daddr . ip saddr != @ping_sources drop
      add rule ip TABLE prerouting ip daddr . ip protocol . th dport @received
      add rule ip TABLE postrouting ip saddr . ip protocol . th sport @transmitted
      """;

  private static final String DATAGRAM_RULES =
      """
      add chain ip TABLE output { type filter hook output priority -300; policy accept; }
      add chain ip TABLE errors { type filter hook prerouting priority -150; policy accept; }
      add chain ip TABLE input { type filter hook input priority 0; policy accept; }
      flush chain ip TABLE output
      flush chain ip TABLE errors
      flush chain ip TABLE input
      insert rule ip TABLE prerouting iifname "lo" ip protocol udp return
      add rule ip TABLE output ip protocol udp ip daddr . ip protocol . th dport @received
      add rule ip TABLE errors icmp type destination-unreachable icmp code port-unreachable ct state related update @unreachable { @th,192,32 . @th,240,16 }
      add rule ip TABLE input ip daddr . udp dport @datagrams reject with icmp type port-unreachable
      """;

  private static final String NO_DATAGRAM_RULES =
      Stream.of("output", "errors", "input")
          .map(
              """
              add chain ip TABLE %1$s
              flush chain ip TABLE %1$s
              delete chain ip TABLE %1$s
              """
                  ::formatted)
          .collect(Collectors.joining());

  private static final String TABLE_PREFIX = "poise_";

  private NodeRules() {}

  /** An element of a set; its key is written as nft prints it. */
  public record Element(String set, String key) implements Comparable<Element> {
    @Override
    public int compareTo(Element other) {
      int bySet = set.compareTo(other.set);
      return bySet != 0 ? bySet : key.compareTo(other.key);
    }
  }

  /** The name of a node's table. */
  public static String tableOf(NodeId node) {
    return TABLE_PREFIX + node;
  }

  /** Whether a table of that name is one of any node. */
  public static boolean isTable(String name) {
    return name.startsWith(TABLE_PREFIX + "node_");
  }

  /** The transaction that makes the table, or sets its rules right and leaves its sets. */
  public static String table(String table, Carried carried) {
    return sets(table) + rules(table, carried);
  }

  /** The transaction that makes the table and its sets where they are missing. */
  public static String sets(String table) {
    return """
    add table ip TABLE
    add set ip TABLE received COUNTING
    add set ip TABLE transmitted COUNTING
    add set ip TABLE datagrams { type ipv4_addr . inet_service; }
    add set ip TABLE ping_filtered { type ipv4_addr; }
    add set ip TABLE ping_sources { type ipv4_addr . ipv4_addr; flags interval; }
    add set ip TABLE vrrp_guarded { type ifname; }
    add set ip TABLE vrrp_peers { type ifname . ipv4_addr; }
    add set ip TABLE unreachable { typeof @th,192,32 . @th,240,16; size 65535; flags dynamic,timeout; timeout 2s; }
    """
        .replace("COUNTING", COUNTING)
        .replace("TABLE", table);
  }

  /**
   * The transaction that sets the rules right.
   *
   * @param carried rules for datagrams are only made where there are any: they have the kernel
   *     track every connection of the machine, TCP as well, and that costs a new one a sixth of
   *     what it takes
   */
  public static String rules(String table, Carried carried) {
    StringBuilder rules = new StringBuilder(RULES);
    carried
        .addresses()
        .ifPresent(range -> {
          if (range.bits() > 0) rules.append(RANGE_RULES.replace("RANGE", range.text()));
          rules.append(ADDRESS_RULES);
        });
    rules.append(carried.datagrams() ? DATAGRAM_RULES : NO_DATAGRAM_RULES);
    return rules.toString().replace("TABLE", table);
  }

  /** What some addresses of a load balancer have in the sets. */
  public static Set<Element> elements(LoadBalancerSpec spec, List<IpAddress> vips) {
    Set<Element> elements = new TreeSet<>();
    for (IpAddress vip : vips) {
      for (ListenerSpec listener : spec.listeners()) {
        elements.add(new Element(RECEIVED, trafficKey(vip, listener)));
        elements.add(new Element(TRANSMITTED, trafficKey(vip, listener)));
        if (listener.protocol() instanceof Protocol.Udp) {
          elements.add(datagrams(vip, listener.port()));
        }
      }
      switch (spec.pingSources()) {
        case Sources.Anyone() -> {}
        case Sources.Only only -> {
          elements.add(new Element(PING_FILTERED, vip.text()));
          for (AddressRange range : only.ranges()) {
            elements.add(new Element("ping_sources", vip + AND + plain(range)));
          }
        }
      }
    }
    return elements;
  }

  /** The transaction that leaves nothing in the sets which say who may speak VRRP. */
  public static String unguarded(String table) {
    return "flush set ip TABLE vrrp_guarded\nflush set ip TABLE vrrp_peers\n"
        .replace("TABLE", table);
  }

  /** Lets only a node's peers speak VRRP to it, on the interface they share. */
  public static Set<Element> guard(Redundancy.Vrrp vrrp) throws Unrenderable {
    String from = '"' + KeepalivedText.networkInterface(vrrp.networkInterface()) + '"';
    Set<Element> elements = new TreeSet<>();
    elements.add(new Element(VRRP_GUARDED, from));
    for (IpAddress peer : vrrp.peers()) {
      elements.add(new Element(VRRP_PEERS, from + AND + peer));
    }
    return elements;
  }

  /** The element of a UDP listener. */
  public static Element datagrams(IpAddress vip, int port) {
    return new Element(DATAGRAMS, vip + AND + port);
  }

  private static String plain(AddressRange range) {
    return range.bits() == 32 ? range.text().replace("/32", "") : range.text();
  }

  /** The key of a listener's counters. */
  public static String trafficKey(IpAddress vip, ListenerSpec listener) {
    return vip + AND + transport(listener.protocol()) + AND + listener.port();
  }

  /** The address whose packets have to come to this element, of those that clients send. */
  static Optional<IpAddress> vip(Element element) {
    return switch (element.set()) {
      case RECEIVED ->
          Optional.of(new IpAddress(element.key().substring(0, element.key().indexOf(AND))));
      case PING_FILTERED -> Optional.of(new IpAddress(element.key()));
      default -> Optional.empty();
    };
  }

  private static int transport(Protocol protocol) {
    return switch (protocol) {
      case Protocol.Tcp tcp -> TCP;
      case Protocol.Udp udp -> UDP;
      case Protocol.Http http -> TCP;
      case Protocol.Https https -> TCP;
    };
  }
}
