package dev.poise.agent.network;

import dev.poise.agent.kernel.Namespace;
import dev.poise.spec.IpAddress;
import dev.poise.spec.NodeId;
import dev.poise.spec.VpcNetwork.Segment.Vxlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Makes namespaces with one VXLAN interface in them, and takes them away.
 *
 * <p>The interface is made in the namespace at once, while its datagrams go through the network it
 * was made from. Frames to nobody in particular go to every peer; where an address is the kernel
 * learns from what comes. What runs is never touched if it is right, so an agent that starts finds
 * its namespaces and leaves them as they are; an interface with another number, port or address of
 * its own is made anew, because the kernel cannot change it.
 */
final class Vxlans {
  /** What the interface is called in its namespace. */
  static final String INTERFACE = "vxlan0";

  private static final Logger log = LoggerFactory.getLogger(Vxlans.class);
  private static final String EVERYBODY = "00:00:00:00:00:00";
  private static final int OVERHEAD = 50;
  private static final int SHORT = 8;

  private final Ip ip;
  private final HostAddresses addresses;
  private final String suffix;

  Vxlans(Ip ip, HostAddresses addresses, NodeId node) {
    this.ip = ip;
    this.addresses = addresses;
    String text = node.text();
    this.suffix = text.substring(text.length() - SHORT);
  }

  /** The name of the namespace: agents that share a machine need different ones. */
  String nameOf(Vxlan segment) {
    return "poise-" + segment.vni() + "-" + suffix;
  }

  /** Sees to it that everything is as it should be, but for addresses of load balancers. */
  Namespace ensure(Vxlan segment) throws IOException {
    String name = nameOf(segment);
    if (Namespace.find(name).isEmpty()) make(name);
    Namespace namespace =
        Namespace.find(name).orElseThrow(() -> new IOException("no namespace " + name));
    int mtu = mtuBelow(segment.local());
    Optional<JsonNode> link = link(name);
    if (link.isPresent() && !fits(link.get(), segment, mtu)) {
      log.info("{}: its VXLAN interface is made anew", name);
      ip.batch(name, List.of("link del " + INTERFACE));
      link = Optional.empty();
    }
    if (link.isEmpty()) makeInterface(namespace, segment, mtu);
    addresses.putBase(
        namespace, INTERFACE, addresses.look(namespace, INTERFACE).others(), segment.addresses());
    putPeers(name, segment.peers());
    return namespace;
  }

  private void make(String name) throws IOException {
    ip.run("netns", "add", name);
    log.info("{}: made", name);
  }

  /** The interface, if there is one. */
  private Optional<JsonNode> link(String name) throws IOException {
    for (JsonNode link : ip.show(name, "-d", "link", "show")) {
      if (link.path("ifname").asString().equals(INTERFACE)) return Optional.of(link);
    }
    return Optional.empty();
  }

  private static boolean fits(JsonNode link, Vxlan segment, int mtu) {
    JsonNode data = link.path("linkinfo").path("info_data");
    return data.path("id").asInt() == segment.vni()
        && data.path("port").asInt() == segment.port()
        && data.path("local").asString("").equals(segment.local().text())
        && link.path("mtu").asInt() == mtu;
  }

  private void makeInterface(Namespace namespace, Vxlan segment, int mtu) throws IOException {
    ip.run(
        "link add %s mtu %d netns %s type vxlan id %d dstport %d local %s ttl 64"
            .formatted(
                INTERFACE, mtu, namespace.name(), segment.vni(), segment.port(), segment.local())
            .split(" ", -1));
    ip.set(
        namespace,
        Map.of(
            "ip_nonlocal_bind",
            1,
            "conf/" + INTERFACE + "/arp_ignore",
            1,
            "conf/" + INTERFACE + "/arp_announce",
            2));
    ip.batch(namespace.name(), List.of("link set lo up", "link set " + INTERFACE + " up"));
  }

  /** What is left of a packet's size when it travels in another one. */
  private static int mtuBelow(IpAddress local) throws IOException {
    NetworkInterface outer = NetworkInterface.getByInetAddress(InetAddress.getByName(local.text()));
    if (outer == null) {
      throw new IOException("this machine has not the address " + local + " of the node");
    }
    return Math.min(outer.getMTU(), 65_000) - OVERHEAD;
  }

  private void putPeers(String name, List<IpAddress> peers) throws IOException {
    Set<String> there = new HashSet<>();
    for (JsonNode entry : ip.showBridge(name, "fdb", "show", "dev", INTERFACE)) {
      if (entry.path("mac").asString().equals(EVERYBODY)) there.add(entry.path("dst").asString());
    }
    List<String> commands = new ArrayList<>();
    Set<String> wanted = new HashSet<>();
    for (IpAddress peer : peers) wanted.add(peer.text());
    for (String peer : there) if (!wanted.contains(peer)) commands.add(fdb("del", peer));
    for (String peer : wanted) if (!there.contains(peer)) commands.add(fdb("append", peer));
    ip.bridgeBatch(name, commands);
  }

  private static String fdb(String verb, String peer) {
    return "fdb %s %s dev %s dst %s".formatted(verb, EVERYBODY, INTERFACE, peer);
  }

  /** Takes a namespace away, and the interface with it. */
  void remove(Vxlan segment) throws IOException {
    String name = nameOf(segment);
    if (Namespace.find(name).isEmpty()) return;
    // A process that ends late would keep the namespace, and with it the interface.
    if (link(name).isPresent()) ip.batch(name, List.of("link del " + INTERFACE));
    ip.run("netns", "del", name);
    log.info("{}: removed", name);
  }
}
