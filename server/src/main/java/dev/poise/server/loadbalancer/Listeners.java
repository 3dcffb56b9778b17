package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.ListenerAssembly.Site;
import dev.poise.server.loadbalancer.LoadBalancers.Edit;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.PoolId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What is done to listeners. */
@Component
class Listeners {
  private final LoadBalancers loadBalancers;
  private final ListenerAssembly assembly;
  private final Destinations destinations;
  private final Bodies bodies;
  private final InstantSource clock;

  Listeners(
      LoadBalancers loadBalancers,
      ListenerAssembly assembly,
      Destinations destinations,
      Bodies bodies,
      InstantSource clock) {
    this.loadBalancers = loadBalancers;
    this.assembly = assembly;
    this.destinations = destinations;
    this.bodies = bodies;
    this.clock = clock;
  }

  /** A listener inside its load balancer. */
  record Found(LoadBalancer loadBalancer, Listener listener) {}

  /**
   * @throws Refusal.NotFound if the tenant has none with that id
   */
  Found get(TenantId tenant, ListenerId id) {
    return found(loadBalancers.get(tenant, Which.with(id)), id);
  }

  Found create(Caller caller, LoadBalancerId loadBalancer, ListenerInput input) {
    Instant now = clock.instant();
    ListenerId id = ListenerId.generate(now);
    return found(
        loadBalancers.edit(
            caller,
            loadBalancer,
            new Edit("listener.create", id.text()),
            before -> added(caller, before, id, input, now)),
        id);
  }

  private LoadBalancer added(
      Caller caller, LoadBalancer before, ListenerId id, ListenerInput input, Instant now) {
    Site site = site(caller, before);
    Optional<PoolId> named = namedPool(before, input);
    if (named.isPresent())
      return before.with(assembly.make(site, id, named.get(), input, now), Optional.empty());
    Pool own =
        LoadBalancers.ownPool(
            input, id, destinations.of(caller, before.placement(), "/defaultPool/members"), now);
    return before.with(assembly.make(site, id, own.id(), input, now), Optional.of(own));
  }

  private static Site site(Caller caller, LoadBalancer loadBalancer) {
    return new Site(caller, loadBalancer.placement(), loadBalancer::poolNamed, "");
  }

  Found patch(Caller caller, ListenerId id, Conditions conditions, MergePatch patch) {
    return found(
        loadBalancers.edit(
            caller,
            Which.with(id),
            new Edit("listener.update", id.text()),
            before -> {
              Listener listener = before.listener(id);
              conditions.require(listener.version());
              ListenerInput wanted = wanted(listener, patch);
              PoolId pool = namedPool(before, wanted).orElse(listener.defaultPool());
              Listener changed = assembly.changed(site(caller, before), listener, pool, wanted);
              return before.withChanged(id, _ -> changed);
            }),
        id);
  }

  private ListenerInput wanted(Listener listener, MergePatch patch) {
    ListenerInput now = ListenerInput.of(listener);
    MergePatch effective = patch.names("defaultPoolName") ? patch.without("defaultPoolId") : patch;
    ListenerInput wanted = bodies.patched(now, effective, ListenerInput.class, "protocol", "port");
    List<Fault> faults =
        Stream.of(
                LoadBalancers.elsewhere("defaultPool", wanted.defaultPool()),
                LoadBalancers.elsewhere("rules", wanted.rules()))
            .flatMap(Optional::stream)
            .toList();
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
    return wanted;
  }

  /**
   * Deletes a listener and the pool made for it.
   *
   * @param removeMembers whether members of its default pool may go too
   * @throws Refusal.Conflict if its default pool has members that nobody else would serve
   */
  LoadBalancer delete(Caller caller, ListenerId id, Conditions conditions, boolean removeMembers) {
    return loadBalancers.edit(
        caller,
        Which.with(id),
        new Edit("listener.delete", id.text()),
        before -> {
          Listener listener = before.listener(id);
          conditions.require(listener.version());
          deletionRefusal(before, id, removeMembers)
              .ifPresent(refusal -> {
                throw refusal;
              });
          return before.without(id);
        });
  }

  /** Why it cannot be deleted, if so. */
  static Optional<Refusal> deletionRefusal(
      LoadBalancer before, ListenerId id, boolean removeMembers) {
    PoolId pool = before.listener(id).defaultPool();
    int members = before.pool(pool).members().size();
    boolean lastUser = before.listenersOf(pool).size() == 1;
    if (members == 0 || !lastUser || removeMembers) return Optional.empty();
    return Optional.of(
        new Refusal.Conflict(
            ProblemType.LISTENER_HAS_MEMBERS,
            "The default pool of the listener has "
                + members
                + (members == 1 ? " member." : " members.")));
  }

  private static Optional<PoolId> namedPool(LoadBalancer loadBalancer, ListenerInput input) {
    if (input.defaultPoolId() != null) return Optional.of(input.defaultPoolId());
    @Nullable String name = input.defaultPoolName();
    if (name == null) return Optional.empty();
    return Optional.of(
        loadBalancer
            .poolNamed(name)
            .orElseThrow(() ->
                new Refusal.Invalid(
                    "/defaultPoolName",
                    ProblemType.VALIDATION_FAILED,
                    "The load balancer has no pool of that name.")));
  }

  private static Found found(LoadBalancer loadBalancer, ListenerId id) {
    return new Found(loadBalancer, loadBalancer.listener(id));
  }
}
