package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Line;
import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A member as a client says it. Absent fields take their defaults. */
@Schema(name = "MemberInput")
public record MemberInput(
    @Line(max = 128) @Nullable String name,
    @Line(max = 512) @Nullable String remark,
    @NotNull(message = "is required") IpAddress address,
    @NotNull(message = "is required") @Min(1) @Max(65535) Integer port,
    @Schema(defaultValue = "1", description = "Its share against the others; 0 gets no new traffic")
        @Min(0)
        @Max(100)
        @Nullable Integer weight,
    @Schema(defaultValue = "ENABLED") @Nullable MemberMode mode) {

  Member member(MemberId id, int number, Instant now) {
    return new Member(
        id,
        number,
        name == null ? "" : name,
        remark == null ? "" : remark,
        address,
        port,
        weight == null ? 1 : weight,
        mode == null ? MemberMode.ENABLED : mode,
        1,
        now);
  }

  /** The member with what is said here. */
  Member changed(Member member) {
    return member(member.id(), member.number(), member.createTime()).withVersion(member.version());
  }

  static MemberInput of(Member member) {
    return new MemberInput(
        member.name(),
        member.remark(),
        member.address(),
        member.port(),
        member.weight(),
        member.mode());
  }
}
