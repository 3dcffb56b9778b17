package dev.poise.agent.observe;

import dev.poise.agent.engine.KernelReading;
import dev.poise.agent.kernel.Traffic;
import dev.poise.agent.render.NodeRules;
import dev.poise.agent.render.UdpRules;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerReport;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.VipReport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Adds up what the kernel counted, so that totals only grow.
 *
 * <p>The kernel's counters live as long as what they belong to: they begin again when a rule is
 * removed and added, or when somebody else empties the rules. So the differences from reading to
 * reading are added up. What was counted before the first reading is not ours.
 */
final class KernelCounters {
  private final Map<String, Traffic> last = new HashMap<>();
  private final Map<String, Traffic> totals = new HashMap<>();
  private KernelReading reading = KernelReading.NONE;
  private boolean first = true;

  void add(KernelReading newest) {
    reading = newest;
    Set<String> seen = new HashSet<>();
    newest
        .traffic()
        .forEach((element, traffic) -> grow(keyOf(element.set(), element.key()), traffic, seen));
    newest.counters().forEach((name, traffic) -> grow(name, traffic, seen));
    last.keySet().retainAll(seen);
    first = false;
  }

  private void grow(String key, Traffic now, Set<String> seen) {
    Traffic before = last.getOrDefault(key, first ? now : Traffic.NONE);
    boolean began = now.packets() < before.packets();
    Traffic from = began ? Traffic.NONE : before;
    totals.merge(
        key,
        new Traffic(now.packets() - from.packets(), now.bytes() - from.bytes()),
        (a, b) -> new Traffic(a.packets() + b.packets(), a.bytes() + b.bytes()));
    last.put(key, now);
    seen.add(key);
  }

  private static String keyOf(String set, String key) {
    return set + " " + key;
  }

  private Traffic total(String key) {
    return totals.getOrDefault(key, Traffic.NONE);
  }

  private Traffic through(String set, IpAddress vip, ListenerSpec listener) {
    return total(keyOf(set, NodeRules.trafficKey(vip, listener)));
  }

  /** What went through an address, by all listeners there ever were. */
  VipReport of(IpAddress vip) {
    Traffic in = sum(NodeRules.RECEIVED, vip);
    Traffic out = sum(NodeRules.TRANSMITTED, vip);
    return new VipReport(vip, in.packets(), in.bytes(), out.packets(), out.bytes());
  }

  private Traffic sum(String set, IpAddress vip) {
    String prefix = keyOf(set, vip + " . ");
    long packets = 0;
    long bytes = 0;
    for (Map.Entry<String, Traffic> each : totals.entrySet()) {
      if (!each.getKey().startsWith(prefix)) continue;
      packets += each.getValue().packets();
      bytes += each.getValue().bytes();
    }
    return new Traffic(packets, bytes);
  }

  /** Whether packets are counted at all. */
  boolean counts() {
    return !last.isEmpty();
  }

  /** Adds packets to what HAProxy counted; for a UDP listener all there is comes from here. */
  ListenerReport with(LoadBalancerSpec spec, ListenerSpec listener, ListenerReport counted) {
    long receivedPackets = 0;
    long receivedBytes = 0;
    long transmittedPackets = 0;
    long transmittedBytes = 0;
    for (IpAddress vip : spec.vips()) {
      Traffic in = through(NodeRules.RECEIVED, vip, listener);
      Traffic out = through(NodeRules.TRANSMITTED, vip, listener);
      receivedPackets += in.packets();
      receivedBytes += in.bytes();
      transmittedPackets += out.packets();
      transmittedBytes += out.bytes();
    }
    boolean isUdp = listener.protocol() instanceof Protocol.Udp;
    String name = listener.id().text();
    return new ListenerReport(
        listener.id(),
        isUdp ? reading.sessions().getOrDefault(listener.id(), 0L) : counted.activeConnections(),
        isUdp ? total(name + UdpRules.BEGUN).packets() : counted.connections(),
        isUdp ? total(name + UdpRules.REFUSED).packets() : counted.refusedConnections(),
        counted.requests(),
        isUdp ? receivedBytes : counted.receivedBytes(),
        isUdp ? transmittedBytes : counted.transmittedBytes(),
        counted.responses2xx(),
        counted.responses3xx(),
        counted.responses4xx(),
        counted.responses5xx(),
        receivedPackets,
        transmittedPackets);
  }

  /** How many sessions a member was given. */
  long given(MemberSpec member) {
    return total(UdpRules.givenCounter(member.address(), member.port())).packets();
  }

  /** How many sessions a member has now. */
  long open(MemberSpec member) {
    return reading
        .given()
        .getOrDefault(new KernelReading.Destination(member.address(), member.port()), 0L);
  }
}
