package dev.poise.server.securitygroup;

import dev.poise.spec.AddressRange;
import dev.poise.spec.IpAddress;
import dev.poise.spec.Sources;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The rules of a security group, in the order in which they decide.
 *
 * <p>The first rule that is for a packet decides: the lowest priority goes first; of equals those
 * that reject go before those that accept, and then the older one. What no rule is for is rejected,
 * so a group without rules lets nobody in.
 *
 * <p>Nodes know nothing of rules. For each listener the group comes to a set of addresses: walking
 * through the rules in order, each one decides about those of its addresses that no rule before it
 * decided about. That is done once for each change instead of once for each connection, a node
 * looks a client up in one tree, and HAProxy and the kernel need no notion of priorities. What must
 * stay true is that both readings agree: an address is in {@link #sources} exactly if the rule that
 * {@link #deciding} finds accepts it.
 *
 * <p>Only ingress rules decide: answers to a client that was let in are part of its connection, and
 * a load balancer opens no connection to the outside by itself.
 */
public record GroupRules(List<GroupRule> rules) {
  private static final Comparator<GroupRule> ORDER =
      Comparator.comparingInt(GroupRule::priority)
          .thenComparing(GroupRule::action)
          .thenComparing(rule -> rule.id().text());

  /** No rules: nobody gets in. */
  public static final GroupRules NONE = new GroupRules(List.of());

  public GroupRules {
    rules = rules.stream().sorted(ORDER).toList();
  }

  /** Who may send such traffic. */
  public Sources sources(Traffic traffic) {
    AddressSet decided = AddressSet.NONE;
    AddressSet accepted = AddressSet.NONE;
    for (GroupRule rule : rules) {
      if (!decidesOn(rule, traffic)) continue;
      AddressSet from = AddressSet.of(rule.ranges());
      switch (rule.action()) {
        case ACCEPT -> accepted = accepted.and(from.without(decided));
        case REJECT -> {}
      }
      decided = decided.and(from);
    }
    return new Sources.Only(accepted.ranges());
  }

  /** The rule that decides about such traffic from there. */
  Optional<GroupRule> deciding(IpAddress source, Traffic traffic) {
    return rules.stream()
        .filter(rule -> decidesOn(rule, traffic) && rule.isFrom(source))
        .findFirst();
  }

  private static boolean decidesOn(GroupRule rule, Traffic traffic) {
    return rule.direction() == GroupRule.Direction.INGRESS && rule.covers(traffic);
  }

  /** How many ranges its rules name. */
  int named() {
    return rules.stream().map(GroupRule::ranges).mapToInt(List<AddressRange>::size).sum();
  }
}
