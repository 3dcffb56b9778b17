package dev.poise.server.securitygroup;

import dev.poise.server.network.DataCenterId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A security group as it is answered. */
@Schema(name = "SecurityGroup")
record SecurityGroupView(
    SecurityGroupId id,
    DataCenterId dataCenterId,
    String name,
    String remark,
    @Schema(description = "The user who made it") String creatorId,
    int ruleCount,
    @Schema(description = "In the order in which they decide; not in lists")
        @Nullable List<GroupRuleView> rules,
    @Schema(description = "The load balancers it is bound to") List<GroupUse> usedBy,
    Instant createTime,
    Instant updateTime) {

  static SecurityGroupView of(SecurityGroup group, List<GroupUse> usedBy) {
    return of(
        group,
        group.rules().rules().stream().map(rule -> GroupRuleView.of(group, rule)).toList(),
        usedBy);
  }

  static SecurityGroupView inList(SecurityGroup group, List<GroupUse> usedBy) {
    return of(group, null, usedBy);
  }

  private static SecurityGroupView of(
      SecurityGroup group, @Nullable List<GroupRuleView> rules, List<GroupUse> usedBy) {
    return new SecurityGroupView(
        group.id(),
        group.dataCenter(),
        group.name(),
        group.remark(),
        group.creator(),
        group.rules().rules().size(),
        rules,
        usedBy,
        group.createTime(),
        group.updateTime());
  }
}
