package dev.poise.agent.kernel;

import dev.poise.spec.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The sessions that the kernel keeps, those of the same flow together. */
public final class Sessions {
  private final Map<Flow, Group> groups = new HashMap<>();

  private static final class Group {
    private long count;
    private final Set<IpAddress> clients = new HashSet<>();
  }

  /** The flows that have sessions. */
  public Set<Flow> flows() {
    return Set.copyOf(groups.keySet());
  }

  /** How many sessions a flow has. */
  public long count(Flow flow) {
    Group group = groups.get(flow);
    return group == null ? 0 : group.count;
  }

  /** Whose sessions they are. */
  public Set<IpAddress> clients(Flow flow) {
    Group group = groups.get(flow);
    return group == null ? Set.of() : Set.copyOf(group.clients);
  }

  /**
   * Adds a line that {@code conntrack -L} printed: protocol, number, seconds left, then addresses
   * and ports as the client sent them, then as the answers come.
   */
  void add(String line) {
    if (!line.startsWith("udp ")) return;
    Map<String, String> original = new HashMap<>();
    Map<String, String> reply = new HashMap<>();
    for (String field : line.split("\\s+", -1)) {
      int sign = field.indexOf('=');
      if (sign < 0) continue;
      String name = field.substring(0, sign);
      String value = field.substring(sign + 1);
      if (original.putIfAbsent(name, value) != null) reply.putIfAbsent(name, value);
    }
    String client = original.getOrDefault("src", "");
    String vip = original.getOrDefault("dst", "");
    String member = reply.getOrDefault("src", "");
    boolean isWhole = original.containsKey("dport") && reply.containsKey("sport");
    if (!isWhole || !isValid(client, vip, member)) return;
    Flow flow =
        new Flow(
            new IpAddress(vip),
            Integer.parseInt(original.getOrDefault("dport", "0")),
            new IpAddress(member),
            Integer.parseInt(reply.getOrDefault("sport", "0")));
    Group group = groups.computeIfAbsent(flow, key -> new Group());
    group.count++;
    group.clients.add(new IpAddress(client));
  }

  private static boolean isValid(String... addresses) {
    for (String address : addresses) {
      if (!IpAddress.isValid(address)) return false;
    }
    return true;
  }
}
