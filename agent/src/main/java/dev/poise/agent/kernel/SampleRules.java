package dev.poise.agent.kernel;

import dev.poise.agent.render.DigestedSpec;
import dev.poise.agent.render.UdpRules;
import dev.poise.agent.render.Unrenderable;
import dev.poise.spec.AddressRange;
import dev.poise.spec.Algorithm;
import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.Home;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberSpec;
import dev.poise.spec.Persistence;
import dev.poise.spec.PoolId;
import dev.poise.spec.PoolSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.Sources;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The rules of a load balancer that uses everything UDP listeners have: a kernel that accepts them
 * can do all that will be asked of it.
 */
final class SampleRules {
  private SampleRules() {}

  static String transaction() {
    Instant now = Instant.EPOCH;
    PoolId inTurn = PoolId.generate(now);
    PoolId bySource = PoolId.generate(now);
    Sources some = new Sources.Only(List.of(new AddressRange("10.0.0.0/8")));
    LoadBalancerSpec spec =
        new LoadBalancerSpec(
            LoadBalancerId.generate(now),
            1,
            new Home.Node(),
            List.of(new IpAddress("127.0.0.1")),
            some,
            List.of(listener(53, inTurn, some), listener(54, bySource, some)),
            List.of(
                pool(inTurn, Algorithm.WEIGHTED_ROUND_ROBIN), pool(bySource, Algorithm.SOURCE_IP)));
    try {
      return UdpRules.transaction(new DigestedSpec(spec, "sample"), any -> true, Optional.empty());
    } catch (Unrenderable e) {
      throw new AssertionError("the sample is whole", e);
    }
  }

  private static ListenerSpec listener(int port, PoolId pool, Sources sources) {
    return new ListenerSpec(
        ListenerId.generate(Instant.EPOCH),
        port,
        new Protocol.Udp(60),
        new ConnectionLimit.AtMost(10),
        sources,
        pool);
  }

  private static PoolSpec pool(PoolId id, Algorithm algorithm) {
    return new PoolSpec(
        id,
        algorithm,
        new Persistence.Off(),
        new HealthCheck.Port(new HealthCheck.Timing(1, 1, 1, 1)),
        List.of(member(1), member(2)));
  }

  private static MemberSpec member(int number) {
    return new MemberSpec(
        MemberId.generate(Instant.EPOCH),
        number,
        new IpAddress("127.0.0." + (1 + number)),
        53,
        1,
        MemberMode.ENABLED);
  }
}
