package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.ListenerInput.ProtocolName;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.Action;
import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberId;
import dev.poise.spec.PoolId;
import dev.poise.spec.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is true of every load balancer. The value is checked as a whole whenever one is made. */
final class Invariants {
  private final List<Listener> listeners;
  private final Map<PoolId, Pool> pools;

  private Invariants(List<Listener> listeners, List<Pool> pools) {
    this.listeners = listeners;
    this.pools = pools.stream().collect(Collectors.toMap(Pool::id, Function.identity()));
  }

  /**
   * @throws Refusal if one of them does not hold
   */
  static void require(
      LoadBalancerType type, IpAddress address, List<Listener> listeners, List<Pool> pools) {
    Invariants invariants = new Invariants(listeners, pools);
    invariants.requireLimits();
    invariants.requireOwnPorts();
    requireOwnNames(pools);
    for (Listener listener : listeners) {
      requireType(type, listener);
      invariants.requireFit(listener);
      invariants.requireRules(listener);
    }
    for (Pool pool : pools) requireMembers(pool, address);
  }

  /**
   * @throws Refusal if a listener speaks UDP where an entrance is in another network than members
   */
  static void refuseDatagrams(List<Listener> listeners) {
    for (Listener listener : listeners) {
      if (!(listener.protocol() instanceof Protocol.Udp)) continue;
      throw new Refusal.Invalid(
          "/protocol",
          ProblemType.UNSUPPORTED_FOR_PROTOCOL,
          "The VPC is a network of its own, and nodes forward UDP only within one network: a load"
              + " balancer with the network type INTERNET cannot have UDP listeners there. One with"
              + " INTERNAL can.");
    }
  }

  private void requireLimits() {
    if (listeners.size() > LoadBalancer.MOST_LISTENERS) {
      throw new Refusal.QuotaExceeded(
          "A load balancer may have " + LoadBalancer.MOST_LISTENERS + " listeners.");
    }
    if (pools.size() > LoadBalancer.MOST_POOLS) {
      throw new Refusal.QuotaExceeded(
          "A load balancer may have " + LoadBalancer.MOST_POOLS + " pools.");
    }
    int members = pools.values().stream().mapToInt(pool -> pool.members().size()).sum();
    if (members > LoadBalancer.MOST_MEMBERS) {
      throw new Refusal.QuotaExceeded(
          "A load balancer may have "
              + LoadBalancer.MOST_MEMBERS
              + " members in all of its pools.");
    }
    if (listeners.stream().anyMatch(it -> it.rules().size() > Listener.MOST_RULES)) {
      throw new Refusal.QuotaExceeded("A listener may have " + Listener.MOST_RULES + " rules.");
    }
  }

  private void requireOwnPorts() {
    Map<String, Listener> taken = new HashMap<>();
    for (Listener listener : listeners) {
      Listener other = taken.put(listener.family() + " " + listener.port(), listener);
      if (other != null) {
        throw new Refusal.Conflict(
            ProblemType.PORT_IN_USE,
            "Port " + listener.port() + " is the port of listener " + other.id() + " already.");
      }
    }
  }

  private static void requireOwnNames(List<Pool> pools) {
    Set<String> taken = new HashSet<>();
    for (Pool pool : pools) {
      if (!taken.add(pool.name())) {
        throw new Refusal.Conflict(
            ProblemType.NAME_IN_USE,
            "The load balancer has a pool named '" + pool.name() + "' already.");
      }
    }
  }

  private static void requireType(LoadBalancerType type, Listener listener) {
    ProtocolName protocol = ProtocolName.of(listener.protocol());
    if (!type.allows(protocol)) {
      throw new Refusal.Invalid("/protocol", ProblemType.VALIDATION_FAILED, type.refusal(protocol));
    }
  }

  private void requireFit(Listener listener) {
    Pool pool = pools.get(listener.defaultPool());
    if (pool == null) {
      throw new Refusal.Invalid(
          "/defaultPoolId",
          ProblemType.VALIDATION_FAILED,
          "The load balancer has no pool " + listener.defaultPool() + ".");
    }
    List<Fault> faults = new ArrayList<>();
    ProtocolName protocol = ProtocolName.of(listener.protocol());
    listener
        .pools()
        .map(pools::get)
        .filter(Objects::nonNull)
        .forEach(used ->
            PoolFit.faults(protocol, used)
                .forEach(fault ->
                    faults.add(
                        new Fault(
                            fault.pointer(),
                            fault.code(),
                            "The listener %s uses the pool '%s'. %s"
                                .formatted(listener.name(), used.name(), fault.detail())))));
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
  }

  private void requireRules(Listener listener) {
    if (listener.rules().isEmpty()) return;
    ProtocolName protocol = ProtocolName.of(listener.protocol());
    if (!protocol.isHttp()) {
      throw new Refusal.Invalid(
          "/domain",
          ProblemType.UNSUPPORTED_FOR_PROTOCOL,
          "A " + protocol + " listener has no rules: domains and paths are of HTTP.");
    }
    Map<String, Rule> taken = new HashMap<>();
    @Nullable Pool pool = pools.get(listener.defaultPool());
    Set<MemberId> members =
        pool == null
            ? Set.of()
            : pool.members().stream().map(Member::id).collect(Collectors.toSet());
    for (Rule rule : listener.rules()) {
      Rule other = taken.put(rule.place(), rule);
      if (other != null) {
        throw new Refusal.Conflict(
            ProblemType.RULE_EXISTS,
            "The rule " + other.id() + " of the listener is for " + rule.place() + " already.");
      }
      requireTarget(listener, rule, members);
    }
  }

  private void requireTarget(Listener listener, Rule rule, Set<MemberId> members) {
    switch (rule.action()) {
      case Action.ToPool(PoolId pool) -> {
        if (!pools.containsKey(pool)) {
          throw new Refusal.Invalid(
              "/action/poolId",
              ProblemType.VALIDATION_FAILED,
              "The load balancer has no pool " + pool + ".");
        }
      }
      case Action.ToMembers(List<MemberId> named) -> {
        for (MemberId member : named) {
          if (!members.contains(member)) {
            throw new Refusal.Invalid(
                "/action/memberIds",
                ProblemType.VALIDATION_FAILED,
                "The rule for "
                    + rule.place()
                    + " names the member "
                    + member
                    + ", which is not in the listener's default pool "
                    + listener.defaultPool()
                    + ".");
          }
        }
        if (new HashSet<>(named).size() < named.size()) {
          throw new Refusal.Invalid(
              "/action/memberIds",
              ProblemType.VALIDATION_FAILED,
              "The rule for " + rule.place() + " names a member twice.");
        }
      }
      case Action.Redirect _, Action.FixedResponse _ -> {}
    }
  }

  private static void requireMembers(Pool pool, IpAddress vip) {
    Set<String> taken = new HashSet<>();
    for (Member member : pool.members()) {
      String place = member.address() + ":" + member.port();
      if (!taken.add(place)) {
        throw new Refusal.Conflict(
            ProblemType.MEMBER_EXISTS,
            "The pool '" + pool.name() + "' has a member " + place + " already.");
      }
      MemberAddress.require(member.address(), vip);
    }
  }
}
