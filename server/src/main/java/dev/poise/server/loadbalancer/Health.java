package dev.poise.server.loadbalancer;

import java.util.List;

/** How well something can serve, as a light: what a listener's pool and a load balancer come to. */
public enum Health {
  /** Green: every enabled member is healthy. */
  HEALTHY,
  /** Grey: every member is disabled. */
  DISABLED,
  /** Grey: not checked yet, or nobody knows any more. */
  UNKNOWN,
  /** Yellow: some enabled members are not healthy. */
  DEGRADED,
  /** Red: there is no member. */
  NO_MEMBERS,
  /** Red: no enabled member is healthy. */
  UNHEALTHY;

  /** Of enabled members: all, some, none healthy. */
  static Health ofMembers(List<MemberStatus> members) {
    if (members.isEmpty()) return NO_MEMBERS;
    List<MemberStatus> enabled = members.stream().filter(MemberStatus::enabled).toList();
    if (enabled.isEmpty()) return DISABLED;
    long healthy =
        enabled.stream().filter(member -> member.health() == MemberStatus.Health.HEALTHY).count();
    if (healthy == enabled.size()) return HEALTHY;
    boolean unchecked =
        enabled.stream().anyMatch(member -> member.health() == MemberStatus.Health.UNKNOWN);
    if (healthy > 0) return DEGRADED;
    return unchecked ? UNKNOWN : UNHEALTHY;
  }

  /** The worst listener; one without members does not redden a load balancer that has others. */
  static Health ofListeners(List<Health> listeners) {
    return listeners.stream()
        .filter(health -> health != NO_MEMBERS)
        .max(Health::compareTo)
        .orElse(NO_MEMBERS);
  }
}
