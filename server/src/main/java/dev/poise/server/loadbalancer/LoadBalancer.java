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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
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
    return changed(draft -> {
      draft.listeners = listeners;
      draft.pools = pools;
    });
  }

  LoadBalancer with(String name, String remark, LoadBalancerType type, boolean deletionProtection) {
    return changed(draft -> {
      draft.name = name;
      draft.remark = remark;
      draft.type = type;
      draft.deletionProtection = deletionProtection;
    });
  }

  LoadBalancer with(Admission admission) {
    return changed(draft -> draft.admission = admission);
  }

  LoadBalancer withElasticIp(@Nullable ElasticAddress elasticIp) {
    return changed(draft -> draft.elasticIp = elasticIp);
  }

  /** The tombstone of it: nothing is served any more, the private address is still held. */
  LoadBalancer deleted(Instant now) {
    return changed(draft -> {
      draft.admission = new Admission.Everybody();
      draft.elasticIp = null;
      draft.deleteTime = now;
      draft.listeners = List.of();
      draft.pools = List.of();
    });
  }

  /** The same, to be told to nodes anew. */
  LoadBalancer toldAnew() {
    return changed(draft -> draft.generation++);
  }

  /**
   * This value as the change of another: the versions of what differs are raised, and the
   * generation if nodes have to act.
   */
  LoadBalancer asChangeOf(LoadBalancer before, Instant now) {
    boolean nodesMustAct = tellsOtherThan(before) || isBeingDeleted() != before.isBeingDeleted();
    return changed(draft -> {
      draft.generation = before.generation + (nodesMustAct ? 1 : 0);
      draft.version = before.version + 1;
      draft.updateTime = now;
      draft.listeners = Versions.ofListeners(listeners, before.listeners);
      draft.pools = Versions.ofPools(pools, before.pools);
    });
  }

  private LoadBalancer changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.made(this);
  }

  /** What may be another in a changed form; a change names only what it changes. */
  private static final class Draft {
    private String name;
    private String remark;
    private LoadBalancerType type;
    private Admission admission;
    private @Nullable ElasticAddress elasticIp;
    private boolean deletionProtection;
    private long generation;
    private long version;
    private Instant updateTime;
    private @Nullable Instant deleteTime;
    private List<Listener> listeners;
    private List<Pool> pools;

    Draft(LoadBalancer it) {
      name = it.name;
      remark = it.remark;
      type = it.type;
      admission = it.admission;
      elasticIp = it.elasticIp;
      deletionProtection = it.deletionProtection;
      generation = it.generation;
      version = it.version;
      updateTime = it.updateTime;
      deleteTime = it.deleteTime;
      listeners = it.listeners;
      pools = it.pools;
    }

    LoadBalancer made(LoadBalancer it) {
      return new LoadBalancer(
          it.id,
          it.tenant,
          it.creatorId,
          it.placement,
          name,
          remark,
          type,
          it.networkType,
          it.address,
          admission,
          elasticIp,
          deletionProtection,
          generation,
          version,
          it.createTime,
          updateTime,
          deleteTime,
          listeners,
          pools);
    }
  }

  /** Whether nodes are told something else than by that one. */
  boolean tellsOtherThan(LoadBalancer before) {
    return !spec(0).equals(before.spec(0));
  }

  /** The addresses it is reached at, the private one first. */
  List<IpAddress> vips() {
    return elasticIp == null ? List.of(address) : List.of(address, elasticIp.address());
  }

  /** What nodes are told. */
  LoadBalancerSpec spec() {
    return spec(generation);
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
