package dev.poise.server.loadbalancer;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.event.Change;
import dev.poise.server.event.Events;
import dev.poise.server.event.What;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.server.securitygroup.GroupRuleId;
import dev.poise.server.securitygroup.GroupRuleInput;
import dev.poise.server.securitygroup.SecurityGroup;
import dev.poise.server.securitygroup.SecurityGroupId;
import dev.poise.server.securitygroup.SecurityGroups;
import dev.poise.server.securitygroup.SecurityGroups.Ruled;
import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Changes the rules of a security group, and with them what every load balancer it is bound to
 * tells its nodes, in one transaction.
 *
 * <p>Everybody takes locks in the same order, or two could wait for each other: load balancers by
 * their ids, then the group, then clusters by their ids. The audit log has one row, of the group:
 * nothing was said about the load balancers.
 */
@Component
class GroupRuleChanges {
  private final SecurityGroups groups;
  private final LoadBalancers loadBalancers;
  private final Clusters clusters;
  private final Events events;

  GroupRuleChanges(
      SecurityGroups groups, LoadBalancers loadBalancers, Clusters clusters, Events events) {
    this.groups = groups;
    this.loadBalancers = loadBalancers;
    this.clusters = clusters;
    this.events = events;
  }

  /** What was made of a group, and the load balancers that have it from now on. */
  record Changed<T>(T result, List<LoadBalancer> loadBalancers) {}

  Changed<Ruled> add(Caller caller, SecurityGroupId id, GroupRuleInput input) {
    return change(caller, id, () -> groups.addRule(caller, id, input), Ruled::group);
  }

  Changed<SecurityGroup> replace(
      Caller caller, SecurityGroupId id, Conditions conditions, List<GroupRuleInput> inputs) {
    return change(
        caller, id, () -> groups.replaceRules(caller, id, conditions, inputs), Function.identity());
  }

  Changed<Ruled> patch(Caller caller, GroupRuleId id, Conditions conditions, MergePatch patch) {
    SecurityGroupId group = groups.groupOf(caller.tenant(), id);
    return change(
        caller, group, () -> groups.patchRule(caller, group, id, conditions, patch), Ruled::group);
  }

  Changed<SecurityGroup> delete(Caller caller, GroupRuleId id, Conditions conditions) {
    SecurityGroupId group = groups.groupOf(caller.tenant(), id);
    return change(
        caller, group, () -> groups.deleteRule(caller, group, id, conditions), Function.identity());
  }

  private <T> Changed<T> change(
      Caller caller, SecurityGroupId id, Supplier<T> change, Function<T, SecurityGroup> group) {
    List<LoadBalancer> users = new ArrayList<>();
    for (LoadBalancerId user : usersOf(caller.tenant(), id))
      users.add(loadBalancers.locked(caller.tenant(), user));
    T result = change.get();
    Set<LoadBalancerId> locked = users.stream().map(LoadBalancer::id).collect(Collectors.toSet());
    if (!usersOf(caller.tenant(), id).equals(locked)) {
      throw new Refusal.Unavailable(
          "Another change bound or unbound the security group at this moment. Try again.");
    }
    Admission admission = new Admission.ByGroup(id, group.apply(result).rules());
    return new Changed<>(result, follow(users, admission));
  }

  private List<LoadBalancer> follow(List<LoadBalancer> users, Admission admission) {
    List<LoadBalancer> changed = new ArrayList<>();
    SortedSet<ClusterId> reached = new TreeSet<>(Comparator.comparing(ClusterId::text));
    for (LoadBalancer user : users) {
      LoadBalancer after = user.with(admission);
      // An egress rule, or one for a port without a listener, is nothing to nodes.
      if (!after.tellsOtherThan(user)) continue;
      LoadBalancer written = loadBalancers.rewrite(user, after);
      changed.add(written);
      String lb = written.id().text();
      events.append(
          written.tenant(),
          List.of(new Change("load-balancer", lb, What.UPDATED, written.about())));
      reached.add(user.placement().cluster());
    }
    reached.forEach(clusters::raiseRevision);
    return changed;
  }

  private SortedSet<LoadBalancerId> usersOf(TenantId tenant, SecurityGroupId id) {
    SortedSet<LoadBalancerId> users = new TreeSet<>(Comparator.comparing(LoadBalancerId::text));
    groups.usesOf(tenant, id).forEach(use -> users.add(use.loadBalancerId()));
    return users;
  }
}
