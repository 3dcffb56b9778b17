package dev.poise.server.securitygroup;

import dev.poise.server.audit.Audit;
import dev.poise.server.network.DataCenterId;
import dev.poise.server.network.Networks;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.server.quota.Quota;
import dev.poise.server.quota.Quotas;
import dev.poise.server.securitygroup.SecurityGroupInput.Description;
import dev.poise.server.securitygroup.SecurityGroupStore.Hold;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * What is done to security groups. Changes join the transaction of their caller.
 *
 * <p>Everybody of the tenant sees a group and may bind it; its creator and administrators change
 * it. Whoever changes its rules gives every load balancer of {@link #usesOf} what the new rules
 * come to, in the same transaction. Lock those before the call, in the order of their ids, because
 * who binds a group holds the load balancer first and the group second; then ask for the uses
 * again.
 */
@Component
public final class SecurityGroups {
  private static final int MOST_NAMED = 10;

  private final SecurityGroupStore store;
  private final GroupRuleStore rules;
  private final Networks networks;
  private final Quotas quotas;
  private final Bodies bodies;
  private final Audit audit;
  private final InstantSource clock;

  SecurityGroups(
      SecurityGroupStore store,
      GroupRuleStore rules,
      Networks networks,
      Quotas quotas,
      Bodies bodies,
      Audit audit,
      InstantSource clock) {
    this.store = store;
    this.rules = rules;
    this.networks = networks;
    this.quotas = quotas;
    this.bodies = bodies;
    this.audit = audit;
    this.clock = clock;
  }

  SecurityGroup create(Caller caller, SecurityGroupInput input) {
    Instant now = clock.instant();
    DataCenterId dataCenter = networks.dataCenter(input.dataCenterId()).id();
    quotas.require(caller.tenant(), Quota.SECURITY_GROUPS, 1);
    SecurityGroup made =
        new SecurityGroup(
            SecurityGroupId.generate(now),
            caller.tenant(),
            dataCenter,
            caller.user(),
            input.name(),
            Objects.requireNonNullElse(input.remark(), ""),
            new GroupRules(
                input.rulesOrNone().stream()
                    .map(rule -> rule.rule(GroupRuleId.generate(now), 1, now))
                    .toList()),
            1,
            now,
            now);
    if (!store.insert(made)) throw nameInUse(made);
    audit.append(caller, "security-group.create", made.id().text(), null, made);
    return made;
  }

  /**
   * The group with that id.
   *
   * @throws Refusal.NotFound if the tenant has none
   */
  public SecurityGroup get(TenantId tenant, SecurityGroupId id) {
    return found(tenant, id, Hold.NOT_AT_ALL);
  }

  /**
   * A group that the caller wants to bind. It stays as it is until the transaction ends, so that
   * what its rules come to is the right thing.
   *
   * @throws Refusal.NotFound if the tenant has none with that id
   */
  public SecurityGroup use(Caller caller, SecurityGroupId id) {
    return found(caller.tenant(), id, Hold.UNCHANGED);
  }

  /** The rules of those groups; a group without any is not in it. */
  public Map<SecurityGroupId, GroupRules> rulesOf(
      TenantId tenant, Collection<SecurityGroupId> ids) {
    return rules.of(tenant, ids);
  }

  /** The load balancers a group is bound to, by their ids. */
  public List<GroupUse> usesOf(TenantId tenant, SecurityGroupId id) {
    return store.usesOf(tenant, List.of(id)).getOrDefault(id, List.of());
  }

  Map<SecurityGroupId, List<GroupUse>> usesOf(TenantId tenant, List<SecurityGroup> groups) {
    return store.usesOf(tenant, groups.stream().map(SecurityGroup::id).toList());
  }

  Page<SecurityGroup> list(Caller caller, PageRequest request) {
    return store.page(caller.tenant(), request);
  }

  SecurityGroup patch(Caller caller, SecurityGroupId id, Conditions conditions, MergePatch patch) {
    SecurityGroup before = changeable(caller, id);
    conditions.require(before.version());
    Description wanted =
        bodies.patched(Description.of(before), patch, Description.class, "dataCenterId");
    SecurityGroup after = before.with(wanted.name(), wanted.remarkOrDefault(), clock.instant());
    if (!store.update(before, after)) throw nameInUse(after);
    audit.append(caller, "security-group.update", id.text(), before, after);
    return after;
  }

  /** Deletes a group that no load balancer uses. */
  SecurityGroupId delete(Caller caller, SecurityGroupId id, Conditions conditions) {
    SecurityGroup group = changeable(caller, id);
    conditions.require(group.version());
    List<GroupUse> uses = usesOf(caller.tenant(), id);
    if (!uses.isEmpty()) throw inUse(group, uses);
    store.delete(caller.tenant(), id);
    audit.append(caller, "security-group.delete", id.text(), group, null);
    return id;
  }

  /**
   * The group a rule is in.
   *
   * @throws Refusal.NotFound if the tenant has no such rule
   */
  public SecurityGroupId groupOf(TenantId tenant, GroupRuleId id) {
    return rules
        .groupOf(tenant, id)
        .orElseThrow(() -> new Refusal.NotFound("security group rule " + id));
  }

  /** A group after one of its rules was made or changed. */
  public record Ruled(SecurityGroup group, GroupRule rule) {}

  /** Adds a rule. */
  public Ruled addRule(Caller caller, SecurityGroupId id, GroupRuleInput input) {
    SecurityGroup before = changeable(caller, id);
    Instant now = clock.instant();
    GroupRule made = input.rule(GroupRuleId.generate(now), 1, now);
    SecurityGroup after =
        written(
            caller,
            before,
            Stream.concat(before.rules().rules().stream(), Stream.of(made)).toList());
    return new Ruled(after, made);
  }

  /** Makes these the rules of a group. One that says the same as a present one stays that one. */
  public SecurityGroup replaceRules(
      Caller caller, SecurityGroupId id, Conditions conditions, List<GroupRuleInput> inputs) {
    SecurityGroup before = changeable(caller, id);
    conditions.require(before.version());
    Instant now = clock.instant();
    List<GroupRule> left = new ArrayList<>(before.rules().rules());
    List<GroupRule> wanted = new ArrayList<>();
    for (GroupRuleInput input : inputs) {
      Optional<GroupRule> same =
          left.stream()
              .filter(rule -> input.rule(rule.id(), rule.version(), rule.createTime()).equals(rule))
              .findFirst();
      same.ifPresent(left::remove);
      wanted.add(same.orElseGet(() -> input.rule(GroupRuleId.generate(now), 1, now)));
    }
    return written(caller, before, wanted);
  }

  /** Changes a rule. */
  public Ruled patchRule(
      Caller caller,
      SecurityGroupId group,
      GroupRuleId id,
      Conditions conditions,
      MergePatch patch) {
    SecurityGroup before = changeable(caller, group);
    GroupRule rule = before.rule(id);
    conditions.require(rule.version());
    GroupRule wanted =
        bodies
            .patched(GroupRuleInput.of(rule), patch, GroupRuleInput.class)
            .rule(id, rule.version(), rule.createTime());
    SecurityGroup after =
        written(
            caller,
            before,
            before.rules().rules().stream().map(it -> it.id().equals(id) ? wanted : it).toList());
    return new Ruled(after, after.rule(id));
  }

  /** Deletes a rule. */
  public SecurityGroup deleteRule(
      Caller caller, SecurityGroupId group, GroupRuleId id, Conditions conditions) {
    SecurityGroup before = changeable(caller, group);
    conditions.require(before.rule(id).version());
    return written(
        caller, before, before.rules().rules().stream().filter(it -> !it.id().equals(id)).toList());
  }

  private SecurityGroup written(Caller caller, SecurityGroup before, List<GroupRule> wanted) {
    if (new GroupRules(wanted).equals(before.rules())) return before;
    SecurityGroup after = before.withRules(wanted, clock.instant());
    store.update(before, after);
    audit.append(caller, "security-group.update-rules", before.id().text(), before, after);
    return after;
  }

  private SecurityGroup found(TenantId tenant, SecurityGroupId id, Hold hold) {
    return store
        .find(tenant, id, hold)
        .orElseThrow(() -> new Refusal.NotFound("security group " + id));
  }

  private SecurityGroup changeable(Caller caller, SecurityGroupId id) {
    SecurityGroup group = found(caller.tenant(), id, Hold.ALONE);
    caller.requireMayChange(group.creator());
    return group;
  }

  private static Refusal nameInUse(SecurityGroup group) {
    return new Refusal.Conflict(
        ProblemType.NAME_IN_USE,
        "There is a security group named '" + group.name() + "' in this data centre already.");
  }

  private static Refusal inUse(SecurityGroup group, List<GroupUse> uses) {
    String users =
        uses.stream()
            .limit(MOST_NAMED)
            .map(use -> "'%s' (%s)".formatted(use.loadBalancerName(), use.loadBalancerId()))
            .collect(Collectors.joining(", "));
    String more = uses.size() > MOST_NAMED ? " and " + (uses.size() - MOST_NAMED) + " more" : "";
    return new Refusal.Conflict(
        ProblemType.SECURITY_GROUP_IN_USE,
        "The security group '%s' is bound to the load balancer %s%s."
            .formatted(group.name(), users, more));
  }
}
