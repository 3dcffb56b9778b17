package dev.poise.spec;

import java.util.List;

/** Members that serve the same thing, how one of them is chosen and how they are checked. */
public record PoolSpec(
    PoolId id,
    Algorithm algorithm,
    Persistence persistence,
    HealthCheck healthCheck,
    List<MemberSpec> members) {
  public PoolSpec {
    members = List.copyOf(members);
  }
}
