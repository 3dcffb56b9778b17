package dev.poise.server.loadbalancer;

import dev.poise.server.network.InstanceId;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Line;
import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A member as a client says it. Absent fields take their defaults. */
@Schema(name = "MemberInput")
@ConsistentBody
public record MemberInput(
    @Line(max = 128) @Nullable String name,
    @Line(max = 512) @Nullable String remark,
    @Schema(
            description =
                "An instance of the load balancer's VPC; the member has its primary address,"
                    + " whatever that is")
        @Nullable InstanceId instanceId,
    @Schema(
            description =
                "Needed if no instance is named. With one: the one of its addresses that the member"
                    + " has for good")
        @Nullable IpAddress address,
    @NotNull(message = "is required") @Min(1) @Max(65535) Integer port,
    @Schema(defaultValue = "1", description = "Its share against the others; 0 gets no new traffic")
        @Min(0)
        @Max(100)
        @Nullable Integer weight,
    @Schema(defaultValue = "ENABLED") @Nullable MemberMode mode)
    implements ConsistentBody.Checked {

  @Override
  public List<Fault> contradictions() {
    return address == null && instanceId == null
        ? List.of(
            new Fault("/address", "required", "A member needs an address, or is an instance."))
        : List.of();
  }

  Member member(MemberId id, int number, Destination destination, Instant now) {
    return new Member(
        id,
        number,
        name == null ? "" : name,
        remark == null ? "" : remark,
        destination.address(),
        destination.instance(),
        port,
        weight == null ? 1 : weight,
        mode == null ? MemberMode.ENABLED : mode,
        1,
        now);
  }

  /** The member with what is said here. */
  Member changed(Member member, Destination destination) {
    return member(member.id(), member.number(), destination, member.createTime())
        .withVersion(member.version());
  }

  static MemberInput of(Member member) {
    return new MemberInput(
        member.name(),
        member.remark(),
        member.instance() == null ? null : member.instance().id(),
        member.instance() != null && member.instance().followsPrimary() ? null : member.address(),
        member.port(),
        member.weight(),
        member.mode());
  }
}
