package dev.poise.server.loadbalancer;

import dev.poise.server.event.Change;
import dev.poise.server.network.ElasticAddress;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.server.securitygroup.Traffic;
import dev.poise.server.securitygroup.Traffic.Transport;
import dev.poise.spec.BundleRef;
import dev.poise.spec.CertificateId;
import dev.poise.spec.Home;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberId;
import dev.poise.spec.Persistence;
import dev.poise.spec.PoolId;
import dev.poise.spec.RuleId;
import dev.poise.spec.Sources;
import java.time.Instant;
import java.util.ArrayList;
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
 * @param creatorId the user who made it; with the administrators the only one who changes it
 * @param admission a group's rules as they are now
 * @param address its private one, in its subnet
 * @param elasticIp its public one; absent while none is bound
 * @param generation counts the changes that nodes must act on
 * @param version counts all changes
 * @param deleteTime when its deletion was asked for; absent while it lives
 */
public record LoadBalancer(
    LoadBalancerId id,
    TenantId tenant,
    String creatorId,
    Placement placement,
    String name,
    String remark,
    LoadBalancerType type,
    NetworkType networkType,
    IpAddress address,
    Admission admission,
    @Nullable ElasticAddress elasticIp,
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

  /** How many ranges of addresses a security group may come to, over all listeners. */
  static final int MOST_RANGES = 50_000;

  private static final int MOST_NAMED = 10;

  public LoadBalancer {
    listeners = List.copyOf(listeners);
    pools = List.copyOf(pools);
    Invariants.require(type, address, listeners, pools);
    boolean acrossNetworks = placement.isolated() && networkType == NetworkType.INTERNET;
    if (acrossNetworks) Invariants.refuseDatagrams(listeners);
  }

  /** What those who follow are told of it and its parts. */
  Change.About about() {
    return Change.About.loadBalancer(id.text(), generation);
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

  /** How the pool really knows its clients, see {@link Cookies}. */
  Persistence persistenceOf(PoolId pool) {
    return Cookies.of(pools).getOrDefault(pool, new Persistence.Off());
  }

  Optional<PoolId> poolNamed(String name) {
    return pools.stream().filter(pool -> pool.name().equals(name)).map(Pool::id).findFirst();
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

  /**
   * @throws Refusal.NotFound if none of its listeners has it
   */
  Listener listenerOf(RuleId id) {
    return listeners.stream()
        .filter(listener -> listener.rules().stream().anyMatch(rule -> rule.id().equals(id)))
        .findFirst()
        .orElseThrow(() -> new Refusal.NotFound("rule " + id));
  }

  /** The listener, rule, pool or member with that id. */
  Optional<Object> partWithId(String wanted) {
    return Stream.<Stream<Map.Entry<String, Object>>>of(
            listeners.stream().map(it -> Map.entry(it.id().text(), it)),
            listeners.stream()
                .flatMap(it -> it.rules().stream())
                .map(it -> Map.entry(it.id().text(), it)),
            pools.stream().map(it -> Map.entry(it.id().text(), it)),
            pools.stream()
                .flatMap(it -> it.members().stream())
                .map(it -> Map.entry(it.id().text(), it)))
        .flatMap(parts -> parts)
        .filter(part -> part.getKey().equals(wanted))
        .findFirst()
        .map(Map.Entry::getValue);
  }

  /** The listeners that send traffic to the pool, by default or by a rule. */
  List<Listener> listenersOf(PoolId pool) {
    return listeners.stream().filter(listener -> listener.pools().anyMatch(pool::equals)).toList();
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
    Set<PoolId> used = left.stream().flatMap(Listener::pools).collect(Collectors.toSet());
    return with(
        left,
        pools.stream()
            .filter(pool -> !id.equals(pool.owner()) || used.contains(pool.id()))
            .toList());
  }

  LoadBalancer with(Pool pool) {
    return with(listeners, Stream.concat(pools.stream(), Stream.of(pool)).toList());
  }

  /** With another form of a pool; rules forget members that are gone. */
  LoadBalancer withChanged(PoolId id, UnaryOperator<Pool> change) {
    Pool before = pool(id);
    Pool after = change.apply(before);
    Set<MemberId> gone = before.members().stream().map(Member::id).collect(Collectors.toSet());
    after.members().forEach(member -> gone.remove(member.id()));
    return with(
        gone.isEmpty()
            ? listeners
            : listeners.stream()
                .map(it ->
                    it.withRules(it.rules().stream().map(rule -> rule.without(gone)).toList()))
                .toList(),
        pools.stream().map(pool -> pool.id().equals(id) ? after : pool).toList());
  }

  LoadBalancer without(PoolId id) {
    List<String> users =
        listeners.stream()
            .flatMap(listener ->
                Stream.concat(
                    listener.defaultPool().equals(id)
                        ? Stream.of("the default pool of " + listener.id())
                        : Stream.of(),
                    listener.rules().stream()
                        .filter(rule -> rule.pool().filter(id::equals).isPresent())
                        .map(rule -> "the target of " + rule.id() + " (" + rule.place() + ")")))
            .toList();
    if (!users.isEmpty()) {
      throw new Refusal.Conflict(
          ProblemType.POOL_IN_USE,
          "The pool is "
              + users.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
              + (users.size() > MOST_NAMED
                  ? " and " + (users.size() - MOST_NAMED) + " more."
                  : "."));
    }
    return with(listeners, pools.stream().filter(pool -> !pool.id().equals(id)).toList());
  }

  /** Which certificates its listeners use. */
  Map<ListenerId, Set<CertificateId>> certificates() {
    return listeners.stream()
        .filter(listener -> !listener.certificateIds().isEmpty())
        .collect(Collectors.toMap(Listener::id, Listener::certificateIds));
  }

  LoadBalancer withMaterial(BundleRef renewed) {
    return with(listeners.stream().map(listener -> listener.withMaterial(renewed)).toList(), pools);
  }

  LoadBalancer with(List<Listener> listeners, List<Pool> pools) {
    return new LoadBalancer(
        id,
        tenant,
        creatorId,
        placement,
        name,
        remark,
        type,
        networkType,
        address,
        admission,
        elasticIp,
        deletionProtection,
        generation,
        version,
        createTime,
        updateTime,
        deleteTime,
        listeners,
        pools);
  }

  LoadBalancer with(String name, String remark, LoadBalancerType type, boolean deletionProtection) {
    return new LoadBalancer(
        id,
        tenant,
        creatorId,
        placement,
        name,
        remark,
        type,
        networkType,
        address,
        admission,
        elasticIp,
        deletionProtection,
        generation,
        version,
        createTime,
        updateTime,
        deleteTime,
        listeners,
        pools);
  }

  LoadBalancer with(Admission admission) {
    return new LoadBalancer(
        id,
        tenant,
        creatorId,
        placement,
        name,
        remark,
        type,
        networkType,
        address,
        admission,
        elasticIp,
        deletionProtection,
        generation,
        version,
        createTime,
        updateTime,
        deleteTime,
        listeners,
        pools);
  }

  /** The tombstone of it: nothing is served any more, the private address is still held. */
  LoadBalancer deleted(Instant now) {
    return new LoadBalancer(
        id,
        tenant,
        creatorId,
        placement,
        name,
        remark,
        type,
        networkType,
        address,
        new Admission.Everybody(),
        null,
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
            .map(listener -> {
              Listener old = oldListeners.get(listener.id());
              return old == null ? listener : nextOf(listener, old);
            })
            .toList();
    List<Pool> newPools = new ArrayList<>();
    for (Pool pool : pools) {
      Pool old = oldPools.get(pool.id());
      newPools.add(old == null ? pool : nextOf(pool, old));
    }
    boolean nodesMustAct = tellsOtherThan(before) || isBeingDeleted() != before.isBeingDeleted();
    return new LoadBalancer(
        id,
        tenant,
        creatorId,
        placement,
        name,
        remark,
        type,
        networkType,
        address,
        admission,
        elasticIp,
        deletionProtection,
        before.generation + (nodesMustAct ? 1 : 0),
        before.version + 1,
        createTime,
        now,
        deleteTime,
        newListeners,
        newPools);
  }

  private static Listener nextOf(Listener listener, Listener old) {
    Map<RuleId, Rule> oldRules = byId(old.rules(), Rule::id);
    List<Rule> rules =
        listener.rules().stream()
            .map(rule ->
                rule.equals(oldRules.get(rule.id())) || !oldRules.containsKey(rule.id())
                    ? rule
                    : rule.withVersion(rule.version() + 1))
            .toList();
    Listener next = listener.withRules(rules);
    boolean same = listener.withRules(List.of()).equals(old.withRules(List.of()));
    return same ? next : next.withVersion(old.version() + 1);
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

  /** The values by their ids. */
  static <K, V> Map<K, V> byId(List<V> values, Function<V, K> id) {
    return values.stream().collect(Collectors.toMap(id, Function.identity()));
  }

  /** Whether nodes are told something else than by that one. */
  boolean tellsOtherThan(LoadBalancer before) {
    return !spec(0).equals(before.spec(0));
  }

  /** The addresses it is reached at, the private one first. */
  List<IpAddress> vips() {
    return elasticIp == null ? List.of(address) : List.of(address, elasticIp.address());
  }

  LoadBalancer withElasticIp(@Nullable ElasticAddress elasticIp) {
    return new LoadBalancer(
        id,
        tenant,
        creatorId,
        placement,
        name,
        remark,
        type,
        networkType,
        address,
        admission,
        elasticIp,
        deletionProtection,
        generation,
        version,
        createTime,
        updateTime,
        deleteTime,
        listeners,
        pools);
  }

  /** What nodes are told. */
  LoadBalancerSpec spec() {
    return spec(generation);
  }

  /** The same, to be told to nodes anew. */
  LoadBalancer toldAnew() {
    return new LoadBalancer(
        id,
        tenant,
        creatorId,
        placement,
        name,
        remark,
        type,
        networkType,
        address,
        admission,
        elasticIp,
        deletionProtection,
        generation + 1,
        version,
        createTime,
        updateTime,
        deleteTime,
        listeners,
        pools);
  }

  private LoadBalancerSpec spec(long generation) {
    Map<PoolId, Persistence> persistence = Cookies.of(pools);
    return new LoadBalancerSpec(
        id,
        generation,
        home(),
        vips(),
        admission.sources(networkType, new Traffic.Ping()),
        listeners.stream().map(it -> it.spec(sources(it))).toList(),
        pools.stream()
            .map(pool -> pool.spec(persistence.getOrDefault(pool.id(), pool.persistence())))
            .toList());
  }

  private Home home() {
    return placement.isolated()
        ? new Home.Vpc(
            placement.vpc(), elasticIp == null ? List.of() : List.of(elasticIp.address()))
        : new Home.Node();
  }

  int acceptedRanges() {
    return listeners.stream()
        .map(this::sources)
        .mapToInt(sources ->
            switch (sources) {
              case Sources.Anyone() -> 0;
              case Sources.Only(var ranges) -> ranges.size();
            })
        .sum();
  }

  private Sources sources(Listener listener) {
    Transport transport =
        switch (listener.family()) {
          case TCP -> Transport.TCP;
          case UDP -> Transport.UDP;
        };
    return admission.sources(networkType, new Traffic.ToPort(transport, listener.port()));
  }
}
