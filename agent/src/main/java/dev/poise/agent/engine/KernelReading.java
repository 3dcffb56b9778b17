package dev.poise.agent.engine;

import dev.poise.agent.kernel.Traffic;
import dev.poise.agent.probe.ProbeVerdict;
import dev.poise.agent.render.NodeRules.Element;
import dev.poise.agent.render.UdpTarget;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What the kernel and the checks by datagrams said about a load balancer at one moment.
 *
 * @param generation what its rules say they are, if there are any
 * @param traffic the node's counters of its listeners
 * @param counters those of its own table, by name
 * @param sessions open now, by listener
 * @param given sessions open now, by member
 * @param verdicts on the members of UDP listeners
 */
public record KernelReading(
    OptionalLong generation,
    Map<Element, Traffic> traffic,
    Map<String, Traffic> counters,
    Map<ListenerId, Long> sessions,
    Map<Destination, Long> given,
    Map<UdpTarget, ProbeVerdict> verdicts) {
  /** Of a node that has no such kernel. */
  public static final KernelReading NONE =
      new KernelReading(OptionalLong.empty(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

  public KernelReading {
    traffic = Map.copyOf(traffic);
    counters = Map.copyOf(counters);
    sessions = Map.copyOf(sessions);
    given = Map.copyOf(given);
    verdicts = Map.copyOf(verdicts);
  }

  /** Where sessions go. */
  public record Destination(IpAddress address, int port) {}
}
