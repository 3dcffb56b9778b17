package dev.poise.server.loadbalancer;

import dev.poise.spec.Algorithm;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.ListenerId;
import dev.poise.spec.MemberId;
import dev.poise.spec.Persistence;
import dev.poise.spec.PoolId;
import dev.poise.spec.PoolSpec;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Members that serve the same thing.
 *
 * @param owner the listener it was made for and goes with; absent for a pool made by itself
 * @param nextMemberNumber the number of the member that is added next
 * @param version counts its changes, those of its members left out
 */
public record Pool(
    PoolId id,
    String name,
    String remark,
    @Nullable ListenerId owner,
    Algorithm algorithm,
    Persistence persistence,
    HealthCheck healthCheck,
    int nextMemberNumber,
    List<Member> members,
    long version,
    Instant createTime) {
  public Pool {
    members = List.copyOf(members);
  }

  /** The same pool with other members, numbered on. */
  Pool withMembers(List<Member> members, int nextMemberNumber) {
    return new Pool(
        id,
        name,
        remark,
        owner,
        algorithm,
        persistence,
        healthCheck,
        nextMemberNumber,
        members,
        version,
        createTime);
  }

  Pool withMember(Member member) {
    return withMembers(
        Stream.concat(members.stream(), Stream.of(member)).toList(),
        Math.max(nextMemberNumber, member.number() + 1));
  }

  Pool withChangedMember(MemberId id, UnaryOperator<Member> change) {
    return withMembers(
        members.stream()
            .map(member -> member.id().equals(id) ? change.apply(member) : member)
            .toList(),
        nextMemberNumber);
  }

  Pool withoutMember(MemberId id) {
    return withMembers(
        members.stream().filter(member -> !member.id().equals(id)).toList(), nextMemberNumber);
  }

  Pool withVersion(long version) {
    return new Pool(
        id,
        name,
        remark,
        owner,
        algorithm,
        persistence,
        healthCheck,
        nextMemberNumber,
        members,
        version,
        createTime);
  }

  /**
   * What nodes are told.
   *
   * @param really how clients are known in the end
   */
  PoolSpec spec(Persistence really) {
    return new PoolSpec(
        id, algorithm, really, healthCheck, members.stream().map(Member::spec).toList());
  }
}
