package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.LoadBalancers.Edit;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.PoolId;
import dev.poise.spec.TypeId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** What is done to pools and their members. */
@Component
class Pools {
  private final LoadBalancers loadBalancers;
  private final LoadBalancerStore store;
  private final Destinations destinations;
  private final Bodies bodies;
  private final InstantSource clock;

  Pools(
      LoadBalancers loadBalancers,
      LoadBalancerStore store,
      Destinations destinations,
      Bodies bodies,
      InstantSource clock) {
    this.loadBalancers = loadBalancers;
    this.store = store;
    this.destinations = destinations;
    this.bodies = bodies;
    this.clock = clock;
  }

  /** A pool inside its load balancer. */
  record FoundPool(LoadBalancer loadBalancer, Pool pool) {}

  /** A member inside its load balancer. */
  record FoundMember(LoadBalancer loadBalancer, Pool pool, Member member) {}

  /**
   * @throws Refusal.NotFound if the tenant has none with that id
   */
  FoundPool get(TenantId tenant, PoolId id) {
    return found(loadBalancers.get(tenant, Which.with(id)), id);
  }

  /**
   * @throws Refusal.NotFound if the tenant has none with that id
   */
  FoundMember get(TenantId tenant, MemberId id) {
    return found(loadBalancers.get(tenant, Which.with(id)), id);
  }

  FoundPool create(Caller caller, LoadBalancerId loadBalancer, PoolInput input) {
    if (input.name() == null) {
      throw new Refusal.Invalid(
          List.of(new Fault("/name", "required", "A pool by itself needs a name.")));
    }
    Instant now = clock.instant();
    PoolId id = PoolId.generate(now);
    return found(
        loadBalancers.edit(
            caller,
            loadBalancer,
            new Edit("pool.create", id.text()),
            before ->
                before.with(
                    input.pool(
                        id,
                        "",
                        null,
                        destinations.of(caller, before.placement(), "/members"),
                        now))),
        id);
  }

  FoundPool patch(Caller caller, PoolId id, Conditions conditions, MergePatch patch) {
    return found(
        loadBalancers.edit(
            caller,
            Which.with(id),
            new Edit("pool.update", id.text()),
            before -> {
              Pool pool = before.pool(id);
              conditions.require(pool.version());
              PoolInput wanted = bodies.patched(PoolInput.of(pool), patch, PoolInput.class);
              LoadBalancers.elsewhere("members", wanted.members())
                  .ifPresent(fault -> {
                    throw new Refusal.Invalid(List.of(fault));
                  });
              return before.withChanged(id, wanted::changed);
            }),
        id);
  }

  LoadBalancer delete(Caller caller, PoolId id, Conditions conditions) {
    return loadBalancers.edit(
        caller,
        Which.with(id),
        new Edit("pool.delete", id.text()),
        before -> {
          conditions.require(before.pool(id).version());
          return before.without(id);
        });
  }

  FoundMember addMember(Caller caller, PoolId pool, MemberInput input) {
    Instant now = clock.instant();
    MemberId id = MemberId.generate(now);
    return found(
        loadBalancers.edit(
            caller,
            Which.with(pool),
            Edit.ofPart("member.create", id.text()),
            before -> {
              Destination destination = destinations.find(caller, before.placement(), input, "");
              return before.withChanged(
                  pool,
                  old ->
                      old.withMember(input.member(id, old.nextMemberNumber(), destination, now)));
            }),
        id);
  }

  /**
   * Makes these the members of the pool. One whose address and port are there already stays the
   * same member, so that its clients stay too.
   */
  FoundPool replaceMembers(Caller caller, PoolId id, List<MemberInput> inputs) {
    Instant now = clock.instant();
    return found(
        loadBalancers.edit(
            caller,
            Which.with(id),
            new Edit("pool.replace-members", id.text()),
            before -> {
              Destination.Finder found = destinations.of(caller, before.placement(), "/members");
              return before.withChanged(id, pool -> replaced(pool, inputs, found, now));
            }),
        id);
  }

  private static Pool replaced(
      Pool pool, List<MemberInput> inputs, Destination.Finder destinations, Instant now) {
    var old =
        pool.members().stream()
            .collect(
                Collectors.toMap(
                    member -> member.address() + ":" + member.port(), Function.identity()));
    List<Member> members = new ArrayList<>();
    int next = pool.nextMemberNumber();
    for (MemberInput input : inputs) {
      Destination destination = destinations.find(input, members.size());
      Member known = old.get(destination.address() + ":" + input.port());
      members.add(
          known != null
              ? input.changed(known, destination)
              : input.member(MemberId.generate(now), next++, destination, now));
    }
    return pool.withMembers(members, next);
  }

  FoundMember patch(Caller caller, MemberId id, Conditions conditions, MergePatch patch) {
    return editMember(
        caller,
        id,
        "member.update",
        conditions,
        (placement, member) -> {
          // Who names another instance does not mean the address of the one before.
          MergePatch effective =
              patch.names("instanceId") && !patch.names("address") && !patch.isNull("instanceId")
                  ? patch.without("address")
                  : patch;
          MemberInput wanted = bodies.patched(MemberInput.of(member), effective, MemberInput.class);
          return wanted.changed(member, destinations.find(caller, placement, wanted, ""));
        });
  }

  /** Enables, disables or drains a member; doing so again changes nothing. */
  FoundMember setMode(Caller caller, MemberId id, Conditions conditions, MemberMode mode) {
    return editMember(caller, id, action(mode), conditions, (_, member) -> inMode(member, mode));
  }

  private static String action(MemberMode mode) {
    return switch (mode) {
      case ENABLED -> "member.enable";
      case DISABLED -> "member.disable";
      case DRAINING -> "member.drain";
    };
  }

  private static Member inMode(Member member, MemberMode mode) {
    // There is nothing to drain where nothing new has been given for long.
    return mode == MemberMode.DRAINING && member.mode() == MemberMode.DISABLED
        ? member
        : member.withMode(mode);
  }

  LoadBalancer delete(Caller caller, MemberId id, Conditions conditions) {
    return loadBalancers.edit(
        caller,
        Which.with(id),
        Edit.ofPart("member.delete", id.text()),
        before -> {
          conditions.require(before.member(id).version());
          return before.withChanged(before.poolOf(id).id(), pool -> pool.withoutMember(id));
        });
  }

  /**
   * The same for several members of one load balancer, as one change of it.
   *
   * @throws Refusal.NotFound if one of them is not a member of that load balancer
   */
  LoadBalancer setModes(Caller caller, List<MemberId> ids, MemberMode mode) {
    return editMembers(
        caller,
        ids,
        action(mode),
        (before, id) ->
            before.withChanged(
                before.poolOf(id).id(),
                pool -> pool.withChangedMember(id, member -> inMode(member, mode))));
  }

  /** Deletes several members of one load balancer, as one change of it. */
  LoadBalancer deleteAll(Caller caller, List<MemberId> ids) {
    return editMembers(
        caller,
        ids,
        "member.delete",
        (before, id) -> before.withChanged(before.poolOf(id).id(), pool -> pool.withoutMember(id)));
  }

  private LoadBalancer editMembers(
      Caller caller,
      List<MemberId> ids,
      String action,
      BiFunction<LoadBalancer, MemberId, LoadBalancer> change) {
    return loadBalancers.edit(
        caller,
        Which.with(ids.getFirst()),
        new Edit(
            action,
            ids.stream().map(MemberId::text).toList(),
            Optional.of(LoadBalancer::partWithId)),
        before -> {
          LoadBalancer after = before;
          for (MemberId id : ids) after = change.apply(after, id);
          return after;
        });
  }

  /** Groups ids of members by load balancer; one that is nobody's is a group by itself. */
  List<List<String>> byLoadBalancer(TenantId tenant, List<String> ids) {
    return List.copyOf(
        ids.stream()
            .collect(
                Collectors.groupingBy(
                    id ->
                        TypeId.isValid(MemberId.PREFIX, id)
                            ? store
                                .idOf(tenant, Which.with(new MemberId(id)))
                                .map(Object::toString)
                                .orElse(id)
                            : id,
                    LinkedHashMap::new,
                    Collectors.toList()))
            .values());
  }

  private FoundMember editMember(
      Caller caller,
      MemberId id,
      String action,
      Conditions conditions,
      BiFunction<Placement, Member, Member> change) {
    return found(
        loadBalancers.edit(
            caller,
            Which.with(id),
            Edit.ofPart(action, id.text()),
            before -> {
              conditions.require(before.member(id).version());
              return before.withChanged(
                  before.poolOf(id).id(),
                  pool ->
                      pool.withChangedMember(
                          id, member -> change.apply(before.placement(), member)));
            }),
        id);
  }

  private static FoundPool found(LoadBalancer loadBalancer, PoolId id) {
    return new FoundPool(loadBalancer, loadBalancer.pool(id));
  }

  private static FoundMember found(LoadBalancer loadBalancer, MemberId id) {
    return new FoundMember(loadBalancer, loadBalancer.poolOf(id), loadBalancer.member(id));
  }
}
