package dev.poise.server.loadbalancer;

import dev.poise.server.network.Instance;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberSpec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One destination of a pool.
 *
 * @param number its own for ever, see {@link MemberSpec}
 * @param instance which instance it is; absent for a member that is an address and nothing else
 * @param version counts its changes
 */
public record Member(
    MemberId id,
    int number,
    String name,
    String remark,
    IpAddress address,
    @Nullable InstanceLink instance,
    int port,
    int weight,
    MemberMode mode,
    long version,
    Instant createTime) {

  Member withMode(MemberMode mode) {
    return new Member(
        id, number, name, remark, address, instance, port, weight, mode, version, createTime);
  }

  Member withVersion(long version) {
    return new Member(
        id, number, name, remark, address, instance, port, weight, mode, version, createTime);
  }

  /**
   * The member after a change of the instance it may be.
   *
   * @throws Refusal.Conflict if the instance loses the address that the member has for good
   */
  Member following(Instance changed) {
    if (instance == null || !instance.id().equals(changed.id())) return this;
    if (instance.followsPrimary()) {
      return new Member(
          id,
          number,
          name,
          remark,
          changed.primaryAddress(),
          instance,
          port,
          weight,
          mode,
          version,
          createTime);
    }
    if (changed.addresses().contains(address)) return this;
    throw new Refusal.Conflict(
        ProblemType.INSTANCE_IN_USE,
        "The member %s has the address %s of the instance '%s' for good: give it another one first."
            .formatted(id, address, changed.name()));
  }

  MemberSpec spec() {
    return new MemberSpec(id, number, address, port, weight, mode);
  }
}
