package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.LoadBalancers.Edit;
import dev.poise.server.network.Instance;
import dev.poise.server.network.InstanceId;
import dev.poise.server.network.Instances;
import dev.poise.server.network.Instances.Change;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.VpcId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What is done to instances, with the members that follow them.
 *
 * <p>When the address of an instance changes, every member that follows it has the new one in the
 * same transaction, and every load balancer with such a member its new generation. Everybody takes
 * locks in the same order, or two could wait for each other: load balancers by their ids, then
 * instances by theirs, then clusters. Which load balancers these are is known only when the
 * instances are held; so it is asked twice, and if somebody began to name one of them in between,
 * the change is refused as untimely.
 */
@Component
class InstanceChanges {
  private static final int MOST_NAMED = 10;

  private final Instances instances;
  private final LoadBalancers loadBalancers;
  private final LoadBalancerStore store;
  private final Bodies bodies;

  InstanceChanges(
      Instances instances, LoadBalancers loadBalancers, LoadBalancerStore store, Bodies bodies) {
    this.instances = instances;
    this.loadBalancers = loadBalancers;
    this.store = store;
    this.bodies = bodies;
  }

  /** What was changed, and the load balancers that were changed with it. */
  record Done(List<Instance> instances, List<LoadBalancer> loadBalancers) {}

  /** What became of one row of an import. */
  record Imported(InstanceCsv.Row row, Instance instance, Outcome outcome) {
    enum Outcome {
      CREATED,
      UPDATED,
      UNCHANGED
    }
  }

  /** An import with the load balancers that were changed with it. */
  record Import(List<Imported> rows, List<LoadBalancer> loadBalancers) {}

  Instance create(Caller caller, Instance.Input said) {
    Instance made = instances.drafted(caller, said);
    instances.write(caller, List.of(new Change(null, made, "")));
    return made;
  }

  Done patch(Caller caller, InstanceId id, Conditions conditions, MergePatch patch) {
    Locked locked = lock(caller.tenant(), List.of(id));
    Instance before = found(locked, id);
    caller.requireMayChange(before.creatorId());
    conditions.require(before.version());
    Instance.Input wanted =
        bodies.patched(Instance.Input.of(before), patch, Instance.Input.class, "vpcId");
    Optional<Change> change = instances.change(before, wanted, "");
    List<LoadBalancer> changed = apply(caller, locked, change.stream().toList());
    return new Done(List.of(change.map(Change::after).orElse(before)), changed);
  }

  InstanceId delete(Caller caller, InstanceId id, Conditions conditions) {
    Instance before =
        instances.holdAlone(caller.tenant(), List.of(id)).stream()
            .findFirst()
            .orElseThrow(() -> new Refusal.NotFound("instance " + id));
    conditions.require(before.version());
    List<String> places = store.placesOf(caller.tenant(), id);
    if (!places.isEmpty()) {
      String more =
          places.size() > MOST_NAMED ? " and " + (places.size() - MOST_NAMED) + " more" : "";
      throw new Refusal.Conflict(
          ProblemType.INSTANCE_IN_USE,
          "The instance '%s' is %s%s."
              .formatted(
                  before.name(),
                  places.stream().limit(MOST_NAMED).collect(Collectors.joining(", ")),
                  more));
    }
    instances.delete(caller, before);
    return id;
  }

  /** Makes the instances of a VPC what the rows say, by their names; all of them or none. */
  Import take(Caller caller, VpcId vpc, List<InstanceCsv.Row> rows) {
    List<String> names = rows.stream().map(InstanceCsv.Row::name).toList();
    List<InstanceId> known =
        instances.named(caller.tenant(), vpc, names).stream().map(Instance::id).toList();
    Locked locked = lock(caller.tenant(), known);
    Map<String, Instance> byName =
        locked.instances().stream().collect(Collectors.toMap(Instance::name, Function.identity()));
    List<Change> changes = new ArrayList<>();
    List<Imported> imported = new ArrayList<>();
    for (InstanceCsv.Row row : rows) {
      @Nullable Instance before = byName.get(row.name());
      Instance.Input said = row.input(vpc, before);
      if (before == null) {
        Change change = new Change(null, instances.drafted(caller, said), row.pointer());
        changes.add(change);
        imported.add(new Imported(row, change.after(), Imported.Outcome.CREATED));
        continue;
      }
      Optional<Change> change = instances.change(before, said, row.pointer());
      change.ifPresent(changes::add);
      imported.add(
          change
              .map(it -> new Imported(row, it.after(), Imported.Outcome.UPDATED))
              .orElse(new Imported(row, before, Imported.Outcome.UNCHANGED)));
    }
    return new Import(imported, apply(caller, locked, changes));
  }

  /** Instances that nobody else can name or change, with the load balancers that name them. */
  private record Locked(List<LoadBalancer> users, List<Instance> instances) {}

  private Locked lock(TenantId tenant, Collection<InstanceId> ids) {
    List<LoadBalancer> users = new ArrayList<>();
    for (LoadBalancerId user : store.usersOf(tenant, ids))
      store.lock(tenant, Which.of(user)).ifPresent(users::add);
    List<Instance> held = instances.holdAlone(tenant, ids);
    Set<LoadBalancerId> lockedIds =
        users.stream().map(LoadBalancer::id).collect(Collectors.toSet());
    if (!lockedIds.containsAll(new HashSet<>(store.usersOf(tenant, ids)))) {
      throw new Refusal.Unavailable(
          "Another change began to use the instance at this moment. Try again.");
    }
    return new Locked(users, held);
  }

  private List<LoadBalancer> apply(Caller caller, Locked locked, List<Change> changes) {
    instances.write(caller, changes);
    List<Instance> after = changes.stream().map(Change::after).toList();
    if (changes.stream().noneMatch(InstanceChanges::moves)) return List.of();
    return loadBalancers.writeEach(
        caller,
        locked.users(),
        it -> new Edit("load-balancer.move-members", it.id().text()),
        loadBalancer -> {
          LoadBalancer moved = loadBalancer;
          for (Pool pool : loadBalancer.pools())
            moved = moved.withChanged(pool.id(), it -> following(it, after));
          return moved;
        });
  }

  private static boolean moves(Change change) {
    return change.before() != null
        && !Objects.equals(change.before().addresses(), change.after().addresses());
  }

  private static Pool following(Pool pool, List<Instance> changed) {
    Map<InstanceId, Instance> byId = Versions.byId(changed, Instance::id);
    return pool.withMembers(
        pool.members().stream()
            .map(member -> {
              @Nullable Instance instance =
                  member.instance() == null ? null : byId.get(member.instance().id());
              return instance == null ? member : member.following(instance);
            })
            .toList(),
        pool.nextMemberNumber());
  }

  private static Instance found(Locked locked, InstanceId id) {
    return locked.instances().stream()
        .findFirst()
        .orElseThrow(() -> new Refusal.NotFound("instance " + id));
  }
}
