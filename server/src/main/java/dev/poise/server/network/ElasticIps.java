package dev.poise.server.network;

import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.quota.Quota;
import dev.poise.server.quota.Quotas;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What is done to elastic IPs. Changes join the transaction of their caller.
 *
 * <p>Who binds one holds the load balancer's row first, the elastic IP's second. The address that a
 * load balancer gives up is not free at that moment, see {@link Addresses}.
 */
@Component
public final class ElasticIps {
  private static final int MOST_TRIES = 100;

  private final ElasticIpStore store;
  private final ElasticIpPoolStore pools;
  private final AddressStore addresses;
  private final Networks networks;
  private final Quotas quotas;
  private final Bodies bodies;
  private final Audit audit;
  private final InstantSource clock;

  ElasticIps(
      ElasticIpStore store,
      ElasticIpPoolStore pools,
      AddressStore addresses,
      Networks networks,
      Quotas quotas,
      Bodies bodies,
      Audit audit,
      InstantSource clock) {
    this.store = store;
    this.pools = pools;
    this.addresses = addresses;
    this.networks = networks;
    this.quotas = quotas;
    this.bodies = bodies;
    this.audit = audit;
    this.clock = clock;
  }

  /** Gives the caller's tenant an address of a pool. */
  ElasticIp allocate(Caller caller, ElasticIp.Input input) {
    List<ElasticIpPool> candidates = candidates(input);
    quotas.require(caller.tenant(), Quota.ELASTIC_IPS, 1);
    return input.address() == null
        ? any(caller, candidates, input)
        : certain(caller, candidates, input.address(), input);
  }

  private List<ElasticIpPool> candidates(ElasticIp.Input input) {
    if (input.poolId() != null) {
      ElasticIpPool pool =
          pools
              .find(input.poolId())
              .orElseThrow(() -> new Refusal.NotFound("pool of elastic IPs " + input.poolId()));
      if (input.dataCenterId() != null && !input.dataCenterId().equals(pool.dataCenterId())) {
        throw new Refusal.Invalid(
            "/poolId",
            ProblemType.VALIDATION_FAILED,
            "The pool is in another data centre, " + pool.dataCenterId() + ".");
      }
      return List.of(pool);
    }
    if (input.dataCenterId() == null) {
      throw new Refusal.Invalid(
          "/dataCenterId",
          ProblemType.VALIDATION_FAILED,
          "Say in which data centre, or of which pool.");
    }
    DataCenterId dataCenter = networks.dataCenter(input.dataCenterId()).id();
    return pools.in(dataCenter);
  }

  private ElasticIp any(Caller caller, List<ElasticIpPool> candidates, ElasticIp.Input input) {
    for (ElasticIpPool pool : candidates) {
      for (int tries = 0; tries < MOST_TRIES; tries++) {
        Optional<IpAddress> free = pools.lowestFree(pool);
        if (free.isEmpty()) break;
        Optional<ElasticIp> made = insert(caller, pool, free.get(), input);
        if (made.isPresent()) return made.get();
      }
    }
    throw new Refusal.Conflict(
        ProblemType.ADDRESS_EXHAUSTED,
        candidates.isEmpty()
            ? "The data centre has no pool of elastic IPs; an operator has to make one."
            : "No elastic IP is free in " + named(candidates) + ".");
  }

  private static String named(List<ElasticIpPool> pools) {
    return pools.size() == 1
        ? "the pool '" + pools.getFirst().name() + "'"
        : "the " + pools.size() + " pools of the data centre";
  }

  private ElasticIp certain(
      Caller caller, List<ElasticIpPool> candidates, IpAddress address, ElasticIp.Input input) {
    ElasticIpPool pool =
        candidates.stream()
            .filter(it -> pools.has(it.id(), address))
            .findFirst()
            .orElseThrow(() ->
                new Refusal.Invalid(
                    "/address",
                    ProblemType.VALIDATION_FAILED,
                    address + " is not an address of " + named(candidates) + "."));
    if (addresses.isServed(pool.dataCenterId(), address)) {
      throw new Refusal.Conflict(
          ProblemType.ADDRESS_IN_USE,
          "The address " + address + " is in use: nodes have not let go of it yet.");
    }
    return insert(caller, pool, address, input)
        .orElseThrow(() ->
            new Refusal.Conflict(
                ProblemType.ADDRESS_IN_USE, "The address " + address + " is in use."));
  }

  private Optional<ElasticIp> insert(
      Caller caller, ElasticIpPool pool, IpAddress address, ElasticIp.Input input) {
    Instant now = clock.instant();
    ElasticIp made =
        new ElasticIp(
            ElasticIpId.generate(now),
            caller.user(),
            pool.dataCenterId(),
            pool.id(),
            address,
            input.nameOrNone(),
            input.remarkOrNone(),
            pool.defaultRoute(),
            null,
            1,
            now);
    if (!store.insert(caller.tenant(), made)) return Optional.empty();
    audit.append(caller, "elastic-ip.allocate", made.id().text(), null, made);
    return Optional.of(made);
  }

  ElasticIp patch(Caller caller, ElasticIpId id, Conditions conditions, MergePatch patch) {
    ElasticIp before = changeable(caller, id);
    conditions.require(before.version());
    ElasticIp.Input wanted =
        bodies.patched(
            ElasticIp.Input.of(before),
            patch,
            ElasticIp.Input.class,
            "dataCenterId",
            "poolId",
            "address");
    ElasticIp after =
        before.with(wanted.nameOrNone(), wanted.remarkOrNone(), before.loadBalancerId());
    store.update(caller.tenant(), after);
    audit.append(caller, "elastic-ip.update", id.text(), before, after);
    return after;
  }

  /** Gives the address back to its pool. */
  ElasticIpId release(Caller caller, ElasticIpId id, Conditions conditions) {
    ElasticIp before = changeable(caller, id);
    conditions.require(before.version());
    if (before.loadBalancerId() != null) throw bound(before, before.loadBalancerId());
    store.delete(caller.tenant(), id);
    audit.append(caller, "elastic-ip.release", id.text(), before, null);
    return id;
  }

  ElasticIp get(Caller caller, ElasticIpId id) {
    return store.find(caller.tenant(), id).orElseThrow(() -> notFound(id));
  }

  Page<ElasticIp> list(Caller caller, PageRequest request) {
    return store.page(caller.tenant(), request);
  }

  /** Which elastic IP a load balancer shall have: a certain one, or any if none is named. */
  public record Choice(@Nullable ElasticIpId id, String pointer) {}

  /**
   * An elastic IP that a load balancer of the data centre can have; nobody else gets it until the
   * transaction ends.
   *
   * @throws Refusal.NotFound if the caller's tenant has none with that id
   * @throws Refusal.Invalid if it is in another data centre or without a default route
   * @throws Refusal.Conflict if it is bound, or none is free
   */
  public ElasticAddress choose(Caller caller, DataCenterId dataCenter, Choice choice) {
    if (choice.id() == null) {
      List<ElasticIpPool> usable =
          pools.in(dataCenter).stream().filter(ElasticIpPool::defaultRoute).toList();
      quotas.require(caller.tenant(), Quota.ELASTIC_IPS, 1);
      ElasticIp made = any(caller, usable, new ElasticIp.Input(null, null, dataCenter, null, null));
      return new ElasticAddress(made.id(), made.address());
    }
    ElasticIp chosen = changeable(caller, choice.id());
    if (!chosen.dataCenterId().equals(dataCenter)) {
      throw new Refusal.Invalid(
          choice.pointer(),
          ProblemType.VALIDATION_FAILED,
          "The elastic IP is in another data centre, " + chosen.dataCenterId() + ".");
    }
    if (!chosen.defaultRoute()) {
      throw new Refusal.Invalid(
          choice.pointer(),
          ProblemType.VALIDATION_FAILED,
          "The elastic IP is of a pool without a default route: the world does not reach it.");
    }
    if (chosen.loadBalancerId() != null) throw bound(chosen, chosen.loadBalancerId());
    return new ElasticAddress(chosen.id(), chosen.address());
  }

  /**
   * Makes an elastic IP the entrance of a load balancer.
   *
   * @throws Refusal.Conflict if nodes still have the address for another one
   */
  public void bind(
      Caller caller, LoadBalancerId loadBalancer, ClusterId cluster, ElasticAddress elasticIp) {
    ElasticIp before =
        store.lock(caller.tenant(), elasticIp.id()).orElseThrow(() -> notFound(elasticIp.id()));
    if (before.loadBalancerId() != null) throw bound(before, before.loadBalancerId());
    boolean mine =
        !addresses.isServedForAnother(before.dataCenterId(), loadBalancer, before.address())
            && addresses.serve(
                caller.tenant(),
                before.dataCenterId(),
                cluster,
                AddressStore.OF_NODES,
                loadBalancer,
                before.address());
    if (!mine) {
      throw new Refusal.Conflict(
          ProblemType.ADDRESS_IN_USE,
          "Nodes have not let go of %s yet; they had it for another load balancer. Try again."
              .formatted(before.address()));
    }
    store.update(caller.tenant(), before.with(before.name(), before.remark(), loadBalancer));
  }

  /** It is nobody's entrance any more; the nodes have the address until they let go of it. */
  public void unbind(Caller caller, ElasticAddress elasticIp) {
    store
        .lock(caller.tenant(), elasticIp.id())
        .ifPresent(before ->
            store.update(caller.tenant(), before.with(before.name(), before.remark(), null)));
  }

  private ElasticIp changeable(Caller caller, ElasticIpId id) {
    ElasticIp found = store.lock(caller.tenant(), id).orElseThrow(() -> notFound(id));
    caller.requireMayChange(found.creatorId());
    return found;
  }

  private static Refusal notFound(ElasticIpId id) {
    return new Refusal.NotFound("elastic IP " + id);
  }

  private static Refusal bound(ElasticIp elasticIp, LoadBalancerId loadBalancer) {
    return new Refusal.Conflict(
        ProblemType.ELASTIC_IP_ALREADY_BOUND,
        "The elastic IP %s is the entrance of %s.".formatted(elasticIp.address(), loadBalancer));
  }
}
