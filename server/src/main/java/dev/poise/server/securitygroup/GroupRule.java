package dev.poise.server.securitygroup;

import dev.poise.spec.AddressRange;
import dev.poise.spec.IpAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a security group.
 *
 * @param ports absent for all of them
 * @param ranges where the traffic comes from; for egress where it goes to
 * @param priority 1 to 1000, the lowest is looked at first
 * @param version counts its changes
 */
public record GroupRule(
    GroupRuleId id,
    Direction direction,
    Protocol protocol,
    @Nullable Ports ports,
    List<AddressRange> ranges,
    Decision action,
    int priority,
    String description,
    long version,
    Instant createTime) {
  public GroupRule {
    ranges = List.copyOf(ranges);
  }

  /** Which way the first packet goes. */
  public enum Direction {
    INGRESS,
    EGRESS
  }

  /** What it is about. */
  public enum Protocol {
    TCP,
    UDP,
    ICMP,
    ALL
  }

  /** What becomes of traffic; of rules of one priority, those of the first go first. */
  public enum Decision {
    REJECT,
    ACCEPT
  }

  /** Whether it is for such traffic, wherever that comes from. */
  boolean covers(Traffic traffic) {
    return switch (traffic) {
      case Traffic.Ping() -> protocol == Protocol.ICMP || protocol == Protocol.ALL;
      case Traffic.ToPort(var transport, int port) ->
          switch (protocol) {
                case TCP -> transport == Traffic.Transport.TCP;
                case UDP -> transport == Traffic.Transport.UDP;
                case ICMP -> false;
                case ALL -> true;
              }
              && (ports == null || ports.contain(port));
    };
  }

  boolean isFrom(IpAddress source) {
    return ranges.stream().anyMatch(range -> range.contains(source));
  }

  GroupRule withVersion(long version) {
    return new GroupRule(
        id, direction, protocol, ports, ranges, action, priority, description, version, createTime);
  }
}
