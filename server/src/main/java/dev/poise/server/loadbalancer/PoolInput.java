package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Line;
import dev.poise.spec.Algorithm;
import dev.poise.spec.ListenerId;
import dev.poise.spec.MemberId;
import dev.poise.spec.PoolId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A pool as a client says it. Absent fields take their defaults. */
@Schema(name = "PoolInput")
@ConsistentBody
public record PoolInput(
    @Schema(description = "Unique in the load balancer") @Line(max = 128, blankAllowed = false)
        @Nullable String name,
    @Line(max = 512) @Nullable String remark,
    @Schema(defaultValue = "WEIGHTED_ROUND_ROBIN") @Nullable Algorithm algorithm,
    @Valid @Nullable PersistenceInput persistence,
    @Valid @Nullable HealthCheckInput healthCheck,
    @Schema(description = "Only when the pool is made; later they are at /pools/{id}/members")
        @Size(max = LoadBalancer.MOST_MEMBERS)
        @Nullable List<@NotNull(message = "is required") @Valid MemberInput> members)
    implements ConsistentBody.Checked {

  /** A pool with all defaults and no members. */
  static final PoolInput EMPTY = new PoolInput(null, null, null, null, null, null);

  @Override
  public List<Fault> contradictions() {
    List<Fault> faults = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    List<MemberInput> given = members == null ? List.of() : members;
    for (int i = 0; i < given.size(); i++) {
      @Nullable MemberInput member = given.get(i);
      if (member == null || isIncomplete(member)) continue;
      // The addresses of instances are known later; what they come to is looked at then.
      String place =
          (member.address() == null ? member.instanceId() : member.address()) + ":" + member.port();
      if (!taken.add(place)) {
        faults.add(
            new Fault(
                "/members/" + i + "/port",
                "member-exists",
                "The pool has a member " + place + " already."));
      }
    }
    return faults;
  }

  @SuppressWarnings("ConstantConditions") // a body is looked at before it is known to be complete
  private static boolean isIncomplete(MemberInput member) {
    return (member.address() == null && member.instanceId() == null)
        || (Object) member.port() == null;
  }

  Pool pool(
      PoolId id,
      String defaultName,
      @Nullable ListenerId owner,
      Destination.Finder destinations,
      Instant now) {
    List<Member> made = new ArrayList<>();
    for (MemberInput member : members == null ? List.<MemberInput>of() : members) {
      Destination destination = destinations.find(member, made.size());
      made.add(member.member(MemberId.generate(now), made.size() + 1, destination, now));
    }
    return new Pool(
        id,
        name == null ? defaultName : name,
        remark == null ? "" : remark,
        owner,
        algorithm == null ? Algorithm.WEIGHTED_ROUND_ROBIN : algorithm,
        PersistenceInput.persistence(persistence, id),
        (healthCheck == null ? HealthCheckInput.DEFAULT : healthCheck).check(),
        made.size() + 1,
        made,
        1,
        now);
  }

  /** The pool with what is said here; its members stay. */
  Pool changed(Pool pool) {
    return new Pool(
        pool.id(),
        name == null ? pool.name() : name,
        remark == null ? "" : remark,
        pool.owner(),
        algorithm == null ? Algorithm.WEIGHTED_ROUND_ROBIN : algorithm,
        PersistenceInput.persistence(persistence, pool.id()),
        (healthCheck == null ? HealthCheckInput.DEFAULT : healthCheck).check(),
        pool.nextMemberNumber(),
        pool.members(),
        pool.version(),
        pool.createTime());
  }

  static PoolInput of(Pool pool) {
    return new PoolInput(
        pool.name(),
        pool.remark(),
        pool.algorithm(),
        PersistenceInput.of(pool.persistence()),
        HealthCheckInput.of(pool.healthCheck()),
        null);
  }
}
