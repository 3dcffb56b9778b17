package dev.poise.e2e;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A small network: a switch, and hosts on it that are network namespaces. The machine of the tests
 * is on it as well, with as many addresses as it needs: the control plane, clients and backends run
 * there.
 *
 * <p>All names have a random part, so that several can be there at once; closing it leaves nothing.
 */
final class Lan implements AutoCloseable {
  private static final String BRIDGE = "br0";

  private final String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt(), 6);
  private final String net;
  private final String prefix;
  private final String name = "poise-lan-" + id;
  private final String link = "poise" + id;
  private final List<Host> hosts = new ArrayList<>();

  /** A network whose addresses begin with these three numbers. */
  Lan() {
    net =
        FreeNetwork.among(() -> "10.%d.".formatted(ThreadLocalRandom.current().nextInt(100, 200)));
    prefix = net + "7";
    Program.output("ip", "netns", "add", name);
    try {
      Program.output(
          "ip", "-n", name, "link", "add", BRIDGE, "type", "bridge", "forward_delay", "0");
      Program.output("ip", "-n", name, "link", "set", BRIDGE, "up");
      Program.output(
          "ip", "link", "add", link, "type", "veth", "peer", "name", link, "netns", name);
      Program.output("ip", "-n", name, "link", "set", link, "master", BRIDGE, "up");
      Program.output("ip", "link", "set", link, "up");
      Program.output("ip", "address", "add", here() + "/24", "dev", link);
      Program.output("ip", "route", "add", balancers(), "dev", link);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Whether this machine lets its user make networks. */
  static boolean isPossible() {
    String probe = "poise-lan-probe" + ProcessHandle.current().pid();
    if (!Program.succeeds("ip", "netns", "add", probe)) return false;
    boolean bridges = Program.succeeds("ip", "-n", probe, "link", "add", BRIDGE, "type", "bridge");
    Program.output("ip", "netns", "del", probe);
    return bridges;
  }

  /** An address of the network. */
  String address(int last) {
    return prefix + "." + last;
  }

  /** The address of the machine that the tests run on. */
  String here() {
    return address(1);
  }

  /** Addresses for load balancers, a thousand: they are on the same wire. */
  String balancers() {
    return net + "8.0/22";
  }

  /** Gives the machine of the tests one more address, for a client or a backend. */
  String addHere(int last) {
    Program.output("ip", "address", "add", address(last) + "/24", "dev", link);
    return address(last);
  }

  /** Makes the machine of the tests believe that this host has the address. */
  void learn(String ipAddress, Host host) {
    Program.output(
        "ip",
        "neigh",
        "replace",
        ipAddress,
        "lladdr",
        host.linkAddress(),
        "nud",
        "stale",
        "dev",
        link);
  }

  /** A new host. */
  Host host(String hostName, int last) {
    Host host = Host.plug(name, BRIDGE, "poise-" + hostName + "-" + id, address(last));
    hosts.add(host);
    return host;
  }

  @Override
  public void close() {
    for (Host host : hosts.reversed()) host.close();
    hosts.clear();
    // The other end of the link is in the namespace and goes with it; the kernel takes its time.
    Program.succeeds("ip", "link", "del", link);
    Program.succeeds("ip", "netns", "del", name);
  }
}
