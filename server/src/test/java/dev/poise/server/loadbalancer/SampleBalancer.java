package dev.poise.server.loadbalancer;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.network.SubnetId;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.Algorithm;
import dev.poise.spec.ClusterId;
import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.Persistence;
import dev.poise.spec.PoolId;
import dev.poise.spec.Protocol;
import dev.poise.spec.TypeId;
import dev.poise.spec.VpcId;
import java.time.Instant;
import java.util.List;

/** A load balancer with one listener on port 80 and one pool, for what is computed of one. */
final class SampleBalancer {
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private SampleBalancer() {}

  static LoadBalancer of(
      LoadBalancerId id,
      long generation,
      Protocol protocol,
      PoolId pool,
      List<Rule> rules,
      List<Member> members) {
    return new LoadBalancer(
        id,
        TenantId.generate(NOW),
        "usr_maker",
        new Placement(
            new DataCenterId(TypeId.generate("dc", NOW)),
            new VpcId(TypeId.generate("vpc", NOW)),
            new SubnetId(TypeId.generate("sub", NOW)),
            ClusterId.generate(NOW),
            false),
        "web",
        "",
        LoadBalancerType.MIXED,
        NetworkType.INTERNAL,
        new IpAddress("10.0.0.1"),
        new Admission.Everybody(),
        null,
        false,
        generation,
        generation,
        NOW,
        NOW,
        null,
        List.of(
            new Listener(
                ListenerId.generate(NOW),
                "l",
                "",
                80,
                protocol,
                new ConnectionLimit.Unlimited(),
                pool,
                rules,
                1,
                NOW)),
        List.of(
            new Pool(
                pool,
                "p",
                "",
                null,
                Algorithm.WEIGHTED_ROUND_ROBIN,
                new Persistence.Off(),
                new HealthCheck.Port(new HealthCheck.Timing(2, 1, 2, 3)),
                members.size() + 1,
                members,
                1,
                NOW)));
  }

  static Member member(MemberId id, int number, int weight, MemberMode mode) {
    return new Member(
        id, number, "", "", new IpAddress("10.1.0." + number), null, 80, weight, mode, 1, NOW);
  }
}
