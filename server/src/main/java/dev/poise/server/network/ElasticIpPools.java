package dev.poise.server.network;

import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * What is done to pools of elastic IPs: platform administrators make them, everybody sees them.
 * Changes join the transaction of their caller.
 */
@Component
class ElasticIpPools {
  private final ElasticIpPoolStore store;
  private final Networks networks;
  private final Bodies bodies;
  private final Audit audit;
  private final InstantSource clock;

  ElasticIpPools(
      ElasticIpPoolStore store,
      Networks networks,
      Bodies bodies,
      Audit audit,
      InstantSource clock) {
    this.store = store;
    this.networks = networks;
    this.bodies = bodies;
    this.audit = audit;
    this.clock = clock;
  }

  ElasticIpPool create(Caller caller, ElasticIpPool.Input input) {
    caller.requirePlatformAdmin();
    DataCenterId dataCenter = networks.lockDataCenter(input.dataCenterId()).id();
    requireOwnRanges(dataCenter, input.ranges());
    Instant now = clock.instant();
    ElasticIpPoolId id = ElasticIpPoolId.generate(now);
    ElasticIpPool said =
        new ElasticIpPool(
            id,
            dataCenter,
            input.name(),
            input.remarkOrNone(),
            input.ranges(),
            Objects.requireNonNullElse(input.defaultRoute(), true),
            0,
            0,
            1,
            now);
    if (!store.insert(said)) throw nameInUse(input.name());
    ElasticIpPool made = get(id);
    audit.append(caller, "elastic-ip-pool.create", id.text(), null, made);
    return made;
  }

  private void requireOwnRanges(DataCenterId dataCenter, List<AddressSpan> ranges) {
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i++) {
      AddressSpan range = ranges.get(i);
      Optional<String> other =
          ranges.subList(0, i).stream()
              .filter(range::overlaps)
              .findFirst()
              .map(before -> before + " of this pool")
              .or(() -> store.overlapping(dataCenter, range));
      int index = i;
      other.ifPresent(overlapped ->
          faults.add(
              new Fault(
                  "/ranges/" + index, "range-overlaps", range + " overlaps " + overlapped + ".")));
    }
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
  }

  ElasticIpPool patch(Caller caller, ElasticIpPoolId id, Conditions conditions, MergePatch patch) {
    ElasticIpPool before = changeable(caller, id, conditions);
    ElasticIpPool.Input wanted =
        bodies.patched(
            ElasticIpPool.Input.of(before),
            patch,
            ElasticIpPool.Input.class,
            "dataCenterId",
            "ranges",
            "defaultRoute");
    ElasticIpPool after = before.with(wanted.name(), wanted.remarkOrNone());
    if (!store.update(after)) throw nameInUse(after.name());
    audit.append(caller, "elastic-ip-pool.update", id.text(), before, after);
    return after;
  }

  ElasticIpPoolId delete(Caller caller, ElasticIpPoolId id, Conditions conditions) {
    ElasticIpPool before = changeable(caller, id, conditions);
    long taken = before.addressCount() - before.freeAddressCount();
    if (taken > 0) {
      throw new Refusal.Conflict(
          ProblemType.IN_USE,
          "Tenants have "
              + taken
              + (taken == 1 ? " elastic IP" : " elastic IPs")
              + " of this pool.");
    }
    store.delete(id);
    audit.append(caller, "elastic-ip-pool.delete", id.text(), before, null);
    return id;
  }

  /**
   * @throws Refusal.NotFound if there is none with that id
   */
  ElasticIpPool get(ElasticIpPoolId id) {
    return store.find(id).orElseThrow(() -> notFound(id));
  }

  Page<ElasticIpPool> list(PageRequest request) {
    return store.page(request);
  }

  private ElasticIpPool changeable(Caller caller, ElasticIpPoolId id, Conditions conditions) {
    caller.requirePlatformAdmin();
    ElasticIpPool pool = store.lock(id).orElseThrow(() -> notFound(id));
    conditions.require(pool.version());
    return pool;
  }

  private static Refusal notFound(ElasticIpPoolId id) {
    return new Refusal.NotFound("pool of elastic IPs " + id);
  }

  private static Refusal nameInUse(String name) {
    return new Refusal.Conflict(
        ProblemType.NAME_IN_USE, "There is a pool of elastic IPs named '" + name + "' already.");
  }
}
