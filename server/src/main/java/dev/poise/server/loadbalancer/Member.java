package dev.poise.server.loadbalancer;

import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberSpec;
import java.time.Instant;

/**
 * One destination of a pool.
 *
 * @param number its own for ever, see {@link MemberSpec}
 * @param version counts its changes
 */
public record Member(
    MemberId id,
    int number,
    String name,
    String remark,
    IpAddress address,
    int port,
    int weight,
    MemberMode mode,
    long version,
    Instant createTime) {

  Member withMode(MemberMode mode) {
    return new Member(id, number, name, remark, address, port, weight, mode, version, createTime);
  }

  Member withVersion(long version) {
    return new Member(id, number, name, remark, address, port, weight, mode, version, createTime);
  }

  MemberSpec spec() {
    return new MemberSpec(id, number, address, port, weight, mode);
  }
}
