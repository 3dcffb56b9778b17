package dev.poise.server.loadbalancer;

import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberId;
import dev.poise.spec.PoolId;
import dev.poise.spec.Protocol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A load balancer with all that belongs to it. One that breaks a rule cannot exist: every change
 * makes a new value, and making it refuses.
 *
 * @param generation counts the changes that nodes must act on
 * @param version counts all changes
 * @param deleteTime when its deletion was asked for; absent while it lives
 */
public record LoadBalancer(
    LoadBalancerId id,
    TenantId tenant,
    Placement placement,
    String name,
    String remark,
    NetworkType networkType,
    IpAddress address,
    boolean deletionProtection,
    long generation,
    long version,
    Instant createTime,
    Instant updateTime,
    @Nullable Instant deleteTime,
    List<Listener> listeners,
    List<Pool> pools) {
  static final int MOST_LISTENERS = 50;
  static final int MOST_POOLS = 100;
  static final int MOST_MEMBERS = 1000;

  public LoadBalancer {
    listeners = List.copyOf(listeners);
    pools = List.copyOf(pools);
    requireLimits(listeners, pools);
    requireOwnPorts(listeners);
    requireOwnNames(pools);
    Map<PoolId, Pool> byId =
        pools.stream().collect(Collectors.toMap(Pool::id, Function.identity()));
    for (Listener listener : listeners) requireFit(listener, byId.get(listener.defaultPool()));
    for (Pool pool : pools) requireMembers(pool, address);
  }

  boolean isBeingDeleted() {
    return deleteTime != null;
  }

  /**
   * @throws Refusal.NotFound if it has none with that id
   */
  Listener listener(ListenerId id) {
    return listeners.stream()
        .filter(listener -> listener.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new Refusal.NotFound("listener " + id));
  }

  /**
   * @throws Refusal.NotFound if it has none with that id
   */
  Pool pool(PoolId id) {
    return pools.stream()
        .filter(pool -> pool.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new Refusal.NotFound("pool " + id + " in this load balancer"));
  }

  /**
   * @throws Refusal.NotFound if none of its pools has it
   */
  Pool poolOf(MemberId id) {
    return pools.stream()
        .filter(pool -> pool.members().stream().anyMatch(member -> member.id().equals(id)))
        .findFirst()
        .orElseThrow(() -> new Refusal.NotFound("member " + id));
  }

  /**
   * @throws Refusal.NotFound if none of its pools has it
   */
  Member member(MemberId id) {
    return poolOf(id).members().stream()
        .filter(member -> member.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** The listeners that send traffic to the pool. */
  List<Listener> listenersOf(PoolId pool) {
    return listeners.stream().filter(listener -> listener.defaultPool().equals(pool)).toList();
  }

  LoadBalancer with(Listener listener, Optional<Pool> ownPool) {
    return with(
        Stream.concat(listeners.stream(), Stream.of(listener)).toList(),
        Stream.concat(pools.stream(), ownPool.stream()).toList());
  }

  LoadBalancer withChanged(ListenerId id, UnaryOperator<Listener> change) {
    return with(
        listeners.stream()
            .map(listener -> listener.id().equals(id) ? change.apply(listener) : listener)
            .toList(),
        pools);
  }

  /** Without a listener and the pool that was made for it; a pool that others use stays. */
  LoadBalancer without(ListenerId id) {
    List<Listener> left = listeners.stream().filter(listener -> !listener.id().equals(id)).toList();
    Set<PoolId> used = left.stream().map(Listener::defaultPool).collect(Collectors.toSet());
    return with(
        left,
        pools.stream()
            .filter(pool -> !id.equals(pool.owner()) || used.contains(pool.id()))
            .toList());
  }

  LoadBalancer with(Pool pool) {
    return with(listeners, Stream.concat(pools.stream(), Stream.of(pool)).toList());
  }

  LoadBalancer withChanged(PoolId id, UnaryOperator<Pool> change) {
    return with(
        listeners,
        pools.stream().map(pool -> pool.id().equals(id) ? change.apply(pool) : pool).toList());
  }

  LoadBalancer without(PoolId id) {
    if (!listenersOf(id).isEmpty()) {
      String users =
          listenersOf(id).stream()
              .map(listener -> listener.id().text())
              .collect(Collectors.joining(", "));
      throw new Refusal.Conflict(
          ProblemType.POOL_IN_USE, "The pool is the default pool of " + users + ".");
    }
    return with(listeners, pools.stream().filter(pool -> !pool.id().equals(id)).toList());
  }

  LoadBalancer with(List<Listener> listeners, List<Pool> pools) {
    return new LoadBalancer(
        id,
        tenant,
        placement,
        name,
        remark,
        networkType,
        address,
        deletionProtection,
        generation,
        version,
        createTime,
        updateTime,
        deleteTime,
        listeners,
        pools);
  }

  LoadBalancer with(String name, String remark, boolean deletionProtection) {
    return new LoadBalancer(
        id,
        tenant,
        placement,
        name,
        remark,
        networkType,
        address,
        deletionProtection,
        generation,
        version,
        createTime,
        updateTime,
        deleteTime,
        listeners,
        pools);
  }

  /** The tombstone of it: nothing is served any more, the address is still held. */
  LoadBalancer deleted(Instant now) {
    return new LoadBalancer(
        id,
        tenant,
        placement,
        name,
        remark,
        networkType,
        address,
        deletionProtection,
        generation,
        version,
        createTime,
        updateTime,
        now,
        List.of(),
        List.of());
  }

  /**
   * This value as the change of another: the versions of what differs are raised, and the
   * generation if nodes have to act.
   */
  LoadBalancer asChangeOf(LoadBalancer before, Instant now) {
    Map<ListenerId, Listener> oldListeners = byId(before.listeners, Listener::id);
    Map<PoolId, Pool> oldPools = byId(before.pools, Pool::id);
    List<Listener> newListeners =
        listeners.stream()
            .map(listener ->
                listener.equals(oldListeners.get(listener.id()))
                        || !oldListeners.containsKey(listener.id())
                    ? listener
                    : listener.withVersion(listener.version() + 1))
            .toList();
    List<Pool> newPools = new ArrayList<>();
    for (Pool pool : pools) {
      Pool old = oldPools.get(pool.id());
      newPools.add(old == null ? pool : nextOf(pool, old));
    }
    boolean nodesMustAct =
        !spec(0).equals(before.spec(0)) || isBeingDeleted() != before.isBeingDeleted();
    return new LoadBalancer(
        id,
        tenant,
        placement,
        name,
        remark,
        networkType,
        address,
        deletionProtection,
        before.generation + (nodesMustAct ? 1 : 0),
        before.version + 1,
        createTime,
        now,
        deleteTime,
        newListeners,
        newPools);
  }

  private static Pool nextOf(Pool pool, Pool old) {
    Map<MemberId, Member> oldMembers = byId(old.members(), Member::id);
    List<Member> members =
        pool.members().stream()
            .map(member ->
                member.equals(oldMembers.get(member.id())) || !oldMembers.containsKey(member.id())
                    ? member
                    : member.withVersion(member.version() + 1))
            .toList();
    Pool next = pool.withMembers(members, pool.nextMemberNumber());
    boolean same = pool.withMembers(List.of(), 1).equals(old.withMembers(List.of(), 1));
    return same ? next : next.withVersion(old.version() + 1);
  }

  private static <K, V> Map<K, V> byId(List<V> values, Function<V, K> id) {
    return values.stream().collect(Collectors.toMap(id, Function.identity()));
  }

  /** What nodes are told. */
  LoadBalancerSpec spec() {
    return spec(generation);
  }

  private LoadBalancerSpec spec(long generation) {
    return new LoadBalancerSpec(
        id,
        generation,
        List.of(address),
        listeners.stream().map(Listener::spec).toList(),
        pools.stream().map(Pool::spec).toList());
  }

  private static void requireLimits(List<Listener> listeners, List<Pool> pools) {
    if (listeners.size() > MOST_LISTENERS) {
      throw new Refusal.QuotaExceeded("A load balancer may have " + MOST_LISTENERS + " listeners.");
    }
    if (pools.size() > MOST_POOLS) {
      throw new Refusal.QuotaExceeded("A load balancer may have " + MOST_POOLS + " pools.");
    }
    if (pools.stream().mapToInt(pool -> pool.members().size()).sum() > MOST_MEMBERS) {
      throw new Refusal.QuotaExceeded(
          "A load balancer may have " + MOST_MEMBERS + " members in all of its pools.");
    }
  }

  private static void requireOwnPorts(List<Listener> listeners) {
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

  private static void requireFit(Listener listener, @Nullable Pool pool) {
    if (pool == null) {
      throw new Refusal.Invalid(
          "/defaultPoolId",
          ProblemType.VALIDATION_FAILED,
          "The load balancer has no pool " + listener.defaultPool() + ".");
    }
    if (listener.protocol() instanceof Protocol.Tcp
        && pool.healthCheck() instanceof HealthCheck.Http) {
      throw new Refusal.Invalid(
          "/healthCheck/type",
          ProblemType.UNSUPPORTED_FOR_PROTOCOL,
          "The pool '"
              + pool.name()
              + "' is checked by HTTP, but a TCP listener uses it: its check must be PORT.");
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
