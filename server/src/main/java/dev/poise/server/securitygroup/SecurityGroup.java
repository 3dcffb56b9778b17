package dev.poise.server.securitygroup;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A named set of rules. One with too many rules cannot exist.
 *
 * @param dataCenter the only one whose load balancers may use it
 * @param creator the id of the user who made it
 * @param version counts its changes, those of its rules included
 */
public record SecurityGroup(
    SecurityGroupId id,
    TenantId tenant,
    DataCenterId dataCenter,
    String creator,
    String name,
    String remark,
    GroupRules rules,
    long version,
    Instant createTime,
    Instant updateTime) {
  static final int MOST_RULES = 200;
  static final int MOST_RANGES = 1000;

  public SecurityGroup {
    if (rules.rules().size() > MOST_RULES) {
      throw new Refusal.QuotaExceeded("A security group may have " + MOST_RULES + " rules.");
    }
    if (rules.named() > MOST_RANGES) {
      throw new Refusal.QuotaExceeded(
          "The rules of a security group may name "
              + MOST_RANGES
              + " CIDRs together; these name "
              + rules.named()
              + ".");
    }
  }

  /**
   * One of its rules.
   *
   * @throws Refusal.NotFound if it has none with that id
   */
  public GroupRule rule(GroupRuleId id) {
    return rules.rules().stream()
        .filter(rule -> rule.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new Refusal.NotFound("security group rule " + id));
  }

  SecurityGroup with(String name, String remark, Instant now) {
    return new SecurityGroup(
        id, tenant, dataCenter, creator, name, remark, rules, version + 1, createTime, now);
  }

  /** With other rules; the versions of those that differ are raised. */
  SecurityGroup withRules(List<GroupRule> wanted, Instant now) {
    Map<GroupRuleId, GroupRule> before =
        rules.rules().stream().collect(Collectors.toMap(GroupRule::id, Function.identity()));
    List<GroupRule> next =
        wanted.stream()
            .map(rule -> {
              GroupRule old = before.getOrDefault(rule.id(), rule);
              return rule.equals(old) ? rule : rule.withVersion(old.version() + 1);
            })
            .toList();
    return new SecurityGroup(
        id,
        tenant,
        dataCenter,
        creator,
        name,
        remark,
        new GroupRules(next),
        version + 1,
        createTime,
        now);
  }
}
