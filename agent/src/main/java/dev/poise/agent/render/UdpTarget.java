package dev.poise.agent.render;

import dev.poise.spec.HealthCheck;
import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberSpec;
import dev.poise.spec.PoolId;
import dev.poise.spec.PoolSpec;

/** A member at the place where it is: health is known of this, so one that moved starts unknown. */
public record UdpTarget(PoolId pool, MemberId member, IpAddress address, int port) {

  /** A member of a pool. */
  public static UdpTarget of(PoolSpec pool, MemberSpec member) {
    return new UdpTarget(pool.id(), member.id(), member.address(), member.port());
  }

  /** Refuses a pool whose members cannot be checked by datagrams. */
  static void refuseOtherChecks(PoolSpec pool) throws Unrenderable {
    switch (pool.healthCheck()) {
      case HealthCheck.Port port -> {}
      case HealthCheck.Udp udp -> {}
      case HealthCheck.Http http ->
          throw new Unrenderable("a check by HTTP is not for UDP listeners");
    }
  }
}
