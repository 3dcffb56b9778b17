package dev.poise.server.securitygroup;

import dev.poise.spec.AddressRange;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rule of a security group as it is answered. */
@Schema(name = "SecurityGroupRule")
public record GroupRuleView(
    GroupRuleId id,
    SecurityGroupId securityGroupId,
    GroupRule.Direction direction,
    GroupRule.Protocol protocol,
    @Schema(description = "Absent for all of them") @Nullable Ports ports,
    List<AddressRange> cidrs,
    GroupRule.Decision action,
    int priority,
    String description,
    Instant createTime) {

  /** What is shown of a rule. */
  public static GroupRuleView of(SecurityGroup group, GroupRule rule) {
    return new GroupRuleView(
        rule.id(),
        group.id(),
        rule.direction(),
        rule.protocol(),
        rule.ports(),
        rule.ranges(),
        rule.action(),
        rule.priority(),
        rule.description(),
        rule.createTime());
  }
}
