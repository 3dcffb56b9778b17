package dev.poise.server.loadbalancer;

import dev.poise.server.audit.Audit;
import dev.poise.server.certificate.Certificates;
import dev.poise.server.certificate.Material;
import dev.poise.server.certificate.Replaced;
import dev.poise.server.cluster.Cluster;
import dev.poise.server.cluster.Clusters;
import dev.poise.server.loadbalancer.ListenerAssembly.Site;
import dev.poise.server.loadbalancer.ListenerInput.ProtocolName;
import dev.poise.server.network.Addresses;
import dev.poise.server.network.ElasticAddress;
import dev.poise.server.network.ElasticIps;
import dev.poise.server.network.Networks;
import dev.poise.server.network.Segment;
import dev.poise.server.network.Subnet;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Questions;
import dev.poise.server.platform.Questions.Question;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Signals;
import dev.poise.server.platform.TenantId;
import dev.poise.server.quota.Quotas;
import dev.poise.server.securitygroup.SecurityGroup;
import dev.poise.server.securitygroup.SecurityGroupId;
import dev.poise.server.securitygroup.SecurityGroups;
import dev.poise.spec.CertificateId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.PoolId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Everything that is done to load balancers goes through here, and every change of one is the same
 * few steps: lock it, make the changed value, ask the quotas, write what differs, note it in the
 * audit log, raise the cluster's revision if nodes must act. All of it is in the caller's
 * transaction, and the revision comes last because its row stays locked until the end.
 */
@Component
class LoadBalancers {
  private static final String[] FIXED = {
    "dataCenterId", "subnetId", "clusterModel", "networkType", "address"
  };

  private final LoadBalancerStore store;
  private final Networks networks;
  private final Addresses addresses;
  private final ElasticIps elasticIps;
  private final Clusters clusters;
  private final VpcNetworks onNodes;
  private final Abilities abilities;
  private final ListenerAssembly assembly;
  private final Destinations destinations;
  private final Certificates certificates;
  private final SecurityGroups groups;
  private final Quotas quotas;
  private final Bodies bodies;
  private final Audit audit;
  private final Questions questions;
  private final Signals signals;
  private final InstantSource clock;

  LoadBalancers(
      LoadBalancerStore store,
      Networks networks,
      Addresses addresses,
      ElasticIps elasticIps,
      Clusters clusters,
      VpcNetworks onNodes,
      Abilities abilities,
      ListenerAssembly assembly,
      Destinations destinations,
      Certificates certificates,
      SecurityGroups groups,
      Quotas quotas,
      Bodies bodies,
      Audit audit,
      Questions questions,
      Signals signals,
      InstantSource clock) {
    this.store = store;
    this.networks = networks;
    this.addresses = addresses;
    this.elasticIps = elasticIps;
    this.clusters = clusters;
    this.onNodes = onNodes;
    this.abilities = abilities;
    this.assembly = assembly;
    this.destinations = destinations;
    this.certificates = certificates;
    this.groups = groups;
    this.quotas = quotas;
    this.bodies = bodies;
    this.audit = audit;
    this.questions = questions;
    this.signals = signals;
    this.clock = clock;
  }

  /**
   * @throws Refusal.NotFound if the tenant has none with that id
   */
  LoadBalancer get(TenantId tenant, LoadBalancerId id) {
    return get(tenant, Which.of(id));
  }

  /**
   * @throws Refusal.NotFound if the tenant has none like that
   */
  LoadBalancer get(TenantId tenant, Which which) {
    return store.find(tenant, which).orElseThrow(() -> new Refusal.NotFound(which.toString()));
  }

  LoadBalancer create(Caller caller, LoadBalancerInput input) {
    Instant now = clock.instant();
    Subnet subnet = networks.subnet(caller, input.subnetId());
    if (input.dataCenterId() != null && !input.dataCenterId().equals(subnet.dataCenterId())) {
      throw new Refusal.Invalid(
          "/dataCenterId",
          ProblemType.VALIDATION_FAILED,
          "The subnet is in another data centre, " + subnet.dataCenterId() + ".");
    }
    ClusterId cluster = placed(subnet, Optional.ofNullable(input.clusterModel()));
    Segment segment = networks.vpc(caller, subnet.vpcId()).segment();
    abilities.require(cluster, segment, "/subnetId");
    Placement placement =
        new Placement(
            subnet.dataCenterId(), subnet.vpcId(), subnet.id(), cluster, segment.isIsolated());
    Parts parts = parts(caller, placement, input, now);
    Admission admission = admission(caller, placement, input.securityGroupId());
    quotas.require(caller.tenant(), Places.ofNew(parts.listeners(), parts.pools()));
    LoadBalancerId id = LoadBalancerId.generate(now);
    Addresses.Wish wish =
        new Addresses.Wish(caller.tenant(), subnet, cluster, segment.isIsolated(), id);
    onNodes.prepare(caller.tenant(), subnet, segment, cluster);
    IpAddress address =
        input.address() == null ? addresses.takeAny(wish) : addresses.take(wish, input.address());
    @Nullable ElasticAddress elasticIp =
        input.elasticIp() == null
            ? null
            : elasticIps.choose(
                caller, subnet.dataCenterId(), input.elasticIp().choice("/elasticIp"));
    LoadBalancer made =
        new LoadBalancer(
            id,
            caller.tenant(),
            caller.user(),
            placement,
            input.name(),
            Objects.requireNonNullElse(input.remark(), ""),
            Objects.requireNonNullElse(input.type(), LoadBalancerType.MIXED),
            Objects.requireNonNullElse(input.networkType(), NetworkType.INTERNAL),
            address,
            admission,
            elasticIp,
            Objects.requireNonNullElse(input.deletionProtection(), false),
            1,
            1,
            now,
            now,
            null,
            parts.listeners(),
            parts.pools());
    requireServable(made);
    store.insert(made);
    bind(Map.of(), made);
    bind(caller, null, made);
    audit.append(caller, event("create", made), null, made);
    clusters.raiseRevision(cluster);
    return made;
  }

  LoadBalancer patch(Caller caller, LoadBalancerId id, Conditions conditions, MergePatch patch) {
    return edit(
        caller,
        id,
        new Edit("load-balancer.update", id.text()),
        before -> {
          conditions.require(before.version());
          LoadBalancerInput now = LoadBalancerInput.of(before);
          LoadBalancerInput wanted = bodies.patched(now, patch, LoadBalancerInput.class, FIXED);
          refuseParts(before, wanted);
          Admission admission =
              Objects.equals(wanted.securityGroupId(), before.admission().group())
                  ? before.admission()
                  : admission(caller, before.placement(), wanted.securityGroupId());
          return before
              .with(admission)
              .with(
                  wanted.name(),
                  Objects.requireNonNullElse(wanted.remark(), ""),
                  Objects.requireNonNullElse(wanted.type(), LoadBalancerType.MIXED),
                  Objects.requireNonNullElse(wanted.deletionProtection(), false));
        });
  }

  private Admission admission(
      Caller caller, Placement placement, @Nullable SecurityGroupId wanted) {
    if (wanted == null) return new Admission.Everybody();
    SecurityGroup group = groups.use(caller, wanted);
    if (!group.dataCenter().equals(placement.dataCenter())) {
      throw new Refusal.Invalid(
          "/securityGroupId",
          ProblemType.VALIDATION_FAILED,
          "The security group is in another data centre, " + group.dataCenter() + ".");
    }
    return new Admission.ByGroup(wanted, group.rules());
  }

  /** Makes it a tombstone; the row goes when every node let go of it, see {@link Followups}. */
  LoadBalancer delete(Caller caller, LoadBalancerId id, Conditions conditions) {
    LoadBalancer before = locked(caller.tenant(), id);
    caller.requireMayChange(before.creatorId());
    conditions.require(before.version());
    if (before.isBeingDeleted()) return before;
    deletionRefusal(before)
        .ifPresent(refusal -> {
          throw refusal;
        });
    Instant now = clock.instant();
    LoadBalancer tombstone = before.deleted(now).asChangeOf(before, now);
    questions.make(store.changes(before, tombstone));
    bind(before.certificates(), tombstone);
    bind(caller, before.elasticIp(), tombstone);
    audit.append(caller, event("delete", tombstone), before, null);
    long revision = clusters.raiseRevision(before.placement().cluster());
    store.entomb(tombstone, now, revision);
    leave(before, tombstone, revision);
    signals.raise(id.text());
    return tombstone;
  }

  /** Why it cannot be deleted, if so. */
  static Optional<Refusal> deletionRefusal(LoadBalancer before) {
    return before.deletionProtection()
        ? Optional.of(
            new Refusal.Conflict(
                ProblemType.DELETION_PROTECTED,
                "Deletion protection of '" + before.name() + "' is on."))
        : Optional.empty();
  }

  /**
   * What an edit is called in the audit log, and what it is done to.
   *
   * @param part finds one of several resources in the load balancer, where the log is to show them
   *     one by one instead of the whole
   */
  record Edit(
      String action,
      List<String> resources,
      Optional<BiFunction<LoadBalancer, String, Optional<?>>> part) {
    Edit(String action, String resource) {
      this(action, List.of(resource), Optional.empty());
    }

    /** An edit of one part that touches nothing else. */
    static Edit ofPart(String action, String resource) {
      return new Edit(action, List.of(resource), Optional.of(LoadBalancer::partWithId));
    }
  }

  /** The same as {@link #edit(Caller, Which, Edit, UnaryOperator)}. */
  LoadBalancer edit(
      Caller caller, LoadBalancerId id, Edit edit, UnaryOperator<LoadBalancer> change) {
    return edit(caller, Which.of(id), edit, change);
  }

  /**
   * Changes a load balancer.
   *
   * @throws Refusal.NotFound if the tenant has none like that
   * @throws Refusal.Forbidden if somebody else made it and the caller is no administrator
   * @throws Refusal.Conflict if it is being deleted
   */
  LoadBalancer edit(Caller caller, Which which, Edit edit, UnaryOperator<LoadBalancer> change) {
    LoadBalancer before = locked(caller.tenant(), which);
    caller.requireMayChange(before.creatorId());
    if (before.isBeingDeleted()) {
      throw new Refusal.Conflict(
          ProblemType.BEING_DELETED,
          "The load balancer " + before.id() + " is being deleted and takes no more changes.");
    }
    Written written = write(caller, before, edit, change);
    LoadBalancer after = written.after();
    if (after.generation() == before.generation()) questions.make(written.left());
    else leave(before, after, clusters.raiseRevision(after.placement().cluster(), written.left()));
    return after;
  }

  /**
   * A changed load balancer.
   *
   * @param left what is still to be written of the change
   */
  private record Written(LoadBalancer after, List<Question> left) {}

  private Written write(
      Caller caller, LoadBalancer before, Edit edit, UnaryOperator<LoadBalancer> change) {
    LoadBalancer changed = change.apply(before);
    if (changed.equals(before)) return new Written(before, List.of());
    quotas.require(caller.tenant(), Places.added(before, changed));
    Written written = written(before, changed);
    LoadBalancer after = written.after();
    bind(caller, before.elasticIp(), after);
    List<Question> left = new ArrayList<>(written.left());
    left.addAll(notes(caller, before, after, edit));
    return new Written(after, left);
  }

  /** Writes a changed form of it; the log and the cluster's revision are the caller's business. */
  LoadBalancer rewrite(LoadBalancer before, LoadBalancer changed) {
    Written written = written(before, changed);
    questions.make(written.left());
    return written.after();
  }

  /** What is to be bound to parts of it is bound to rows, so they are written before. */
  private Written written(LoadBalancer before, LoadBalancer changed) {
    LoadBalancer after = changed.asChangeOf(before, clock.instant());
    requireServable(after);
    signals.raise(after.id().text());
    List<Question> changes = store.changes(before, after);
    if (before.certificates().equals(after.certificates())) return new Written(after, changes);
    questions.make(changes);
    bind(before.certificates(), after);
    return new Written(after, List.of());
  }

  private static Audit.Event event(String verb, LoadBalancer made) {
    return new Audit.Event("load-balancer." + verb, made.id().text()).making(made.generation());
  }

  private List<Question> notes(Caller caller, LoadBalancer before, LoadBalancer after, Edit edit) {
    String whole = after.id().text();
    List<Question> notes = new ArrayList<>();
    for (String id : edit.resources()) {
      Audit.Event event =
          new Audit.Event(edit.action(), id).partOf(whole).making(after.generation());
      if (edit.part().isEmpty()) {
        notes.addAll(audit.notes(caller, event, before, after));
        continue;
      }
      @Nullable Object was = edit.part().get().apply(before, id).orElse(null);
      @Nullable Object is = edit.part().get().apply(after, id).orElse(null);
      if (!Objects.equals(was, is)) notes.addAll(audit.notes(caller, event, was, is));
    }
    return notes;
  }

  private static void requireServable(LoadBalancer loadBalancer) {
    int ranges = loadBalancer.acceptedRanges();
    if (ranges > LoadBalancer.MOST_RANGES) {
      throw new Refusal.QuotaExceeded(
          ("The security group comes to %d address ranges over all listeners of the load balancer"
               + " %s; at most %d can be served. Fewer holes in large ranges make fewer of them.")
              .formatted(ranges, loadBalancer.id(), LoadBalancer.MOST_RANGES));
    }
  }

  /** Gives nodes the spec as it is written now, if another one is stored. */
  void tellAnew(TenantId tenant, LoadBalancerId id, String storedDigest) {
    Optional<LoadBalancer> found = store.lock(tenant, Which.of(id));
    if (found.isEmpty() || found.get().isBeingDeleted()) return;
    LoadBalancer before = found.get();
    LoadBalancer after = before.toldAnew();
    if (!store.tellAnew(after, storedDigest)) return;
    audit.append(Caller.system(tenant), event("tell-anew", after), null, null);
    signals.raise(id.text());
    clusters.raiseRevision(after.placement().cluster());
  }

  /** New material and the load balancers that have it from now on. */
  record Renewal(Replaced replaced, List<LoadBalancer> loadBalancers) {}

  /**
   * Gives a certificate other material and every load balancer that uses it its new spec.
   *
   * <p>Everybody takes locks in the same order, or two could wait for each other: load balancers by
   * their ids, then the certificate, then clusters by their ids.
   *
   * @throws Refusal.Unavailable if a load balancer began to use it at the same moment
   */
  Renewal replaceMaterial(
      Caller caller, CertificateId id, Conditions conditions, Material material) {
    List<LoadBalancer> users = new ArrayList<>();
    for (LoadBalancerId user : usersOf(caller.tenant(), id))
      users.add(locked(caller.tenant(), user));
    Replaced replaced = certificates.replaceMaterial(caller, id, conditions, material);
    if (!usersOf(caller.tenant(), id)
        .equals(users.stream().map(LoadBalancer::id).collect(Collectors.toSet()))) {
      throw new Refusal.Unavailable(
          "Another change began or ceased to use the certificate at this moment. Try again.");
    }
    List<LoadBalancer> renewed =
        writeEach(
            caller,
            users,
            _ -> new Edit("certificate.replace-material", id.text()),
            before -> before.withMaterial(replaced.usable().bundle()));
    return new Renewal(replaced, renewed);
  }

  /**
   * Changes load balancers that the caller has locked, in the order of their ids, for one reason.
   */
  List<LoadBalancer> writeEach(
      Caller caller,
      List<LoadBalancer> locked,
      Function<LoadBalancer, Edit> edit,
      UnaryOperator<LoadBalancer> change) {
    List<LoadBalancer> written = new ArrayList<>();
    SortedSet<ClusterId> reached = new TreeSet<>(Comparator.comparing(ClusterId::text));
    for (LoadBalancer before : locked) {
      Written made = write(caller, before, edit.apply(before), change);
      questions.make(made.left());
      LoadBalancer after = made.after();
      written.add(after);
      if (after.generation() != before.generation()) reached.add(after.placement().cluster());
    }
    reached.forEach(clusters::raiseRevision);
    return written;
  }

  private SortedSet<LoadBalancerId> usersOf(TenantId tenant, CertificateId id) {
    SortedSet<LoadBalancerId> users = new TreeSet<>(Comparator.comparing(LoadBalancerId::text));
    certificates.usesOf(tenant, id).forEach(use -> users.add(use.loadBalancerId()));
    return users;
  }

  private void bind(Map<ListenerId, Set<CertificateId>> before, LoadBalancer after) {
    if (!before.equals(after.certificates()))
      certificates.setUses(after.tenant(), after.id(), after.certificates());
  }

  private void bind(Caller caller, @Nullable ElasticAddress before, LoadBalancer after) {
    @Nullable ElasticAddress elasticIp = after.elasticIp();
    if (Objects.equals(before, elasticIp)) return;
    if (before != null) elasticIps.unbind(caller, before);
    if (elasticIp != null)
      elasticIps.bind(caller, after.id(), after.placement().cluster(), elasticIp);
  }

  /** Notes an address that it is not reached at any more; nodes learn so with that revision. */
  private void leave(LoadBalancer before, LoadBalancer after, long revision) {
    if (before.elasticIp() == null || before.elasticIp().equals(after.elasticIp())) return;
    addresses.leave(
        after.tenant(), after.id(), before.elasticIp().address(), after.generation(), revision);
  }

  LoadBalancer locked(TenantId tenant, LoadBalancerId id) {
    return locked(tenant, Which.of(id));
  }

  private LoadBalancer locked(TenantId tenant, Which which) {
    return store.lock(tenant, which).orElseThrow(() -> new Refusal.NotFound(which.toString()));
  }

  private ClusterId placed(Subnet subnet, Optional<String> model) {
    List<ClusterId> candidates =
        clusters.in(subnet.dataCenterId(), model).stream().map(Cluster::id).toList();
    if (candidates.isEmpty()) {
      throw new Refusal.Invalid(
          "/clusterModel",
          ProblemType.VALIDATION_FAILED,
          model.isPresent()
              ? "The data centre has no cluster of the model '" + model.get() + "'."
              : "The data centre has no cluster yet; an operator has to make one.");
    }
    return candidates.size() == 1 ? candidates.getFirst() : store.leastLoaded(candidates);
  }

  private record Parts(List<Listener> listeners, List<Pool> pools) {}

  private Parts parts(Caller caller, Placement placement, LoadBalancerInput input, Instant now) {
    List<Pool> pools = new ArrayList<>();
    Map<String, Pool> named = new HashMap<>();
    for (PoolInput given : input.poolsOrNone()) {
      Pool pool =
          given.pool(
              PoolId.generate(now),
              "",
              null,
              destinations.of(caller, placement, "/pools/" + pools.size() + "/members"),
              now);
      pools.add(pool);
      named.put(pool.name(), pool);
    }
    List<Listener> listeners = new ArrayList<>();
    for (ListenerInput given : input.listenersOrNone()) {
      ListenerId id = ListenerId.generate(now);
      Pool shared = given.defaultPoolName() == null ? null : named.get(given.defaultPoolName());
      String members = "/listeners/" + listeners.size() + "/defaultPool/members";
      Pool pool =
          shared == null
              ? ownPool(given, id, destinations.of(caller, placement, members), now)
              : shared;
      if (shared == null) pools.add(pool);
      Site site =
          new Site(
              caller,
              placement,
              name -> Optional.ofNullable(named.get(name)).map(Pool::id),
              "/listeners/" + listeners.size());
      listeners.add(assembly.make(site, id, pool.id(), given, now));
    }
    return new Parts(listeners, pools);
  }

  /** The pool a listener gets that names none. */
  static Pool ownPool(
      ListenerInput listener, ListenerId id, Destination.Finder destinations, Instant now) {
    PoolInput given = listener.defaultPool() == null ? PoolInput.EMPTY : listener.defaultPool();
    return given.pool(PoolId.generate(now), listener.nameOrDefault(), id, destinations, now);
  }

  private static void refuseParts(LoadBalancer before, LoadBalancerInput wanted) {
    List<Fault> faults =
        Stream.of(
                type(before, wanted),
                elasticIp(wanted),
                elsewhere("listeners", wanted.listeners()),
                elsewhere("pools", wanted.pools()))
            .flatMap(Optional::stream)
            .toList();
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
  }

  private static Optional<Fault> elasticIp(LoadBalancerInput wanted) {
    return wanted.elasticIp() == null
        ? Optional.empty()
        : Optional.of(
            new Fault(
                "/elasticIp",
                "invalid",
                "The elastic IP is changed by :bindEip, :unbindEip and :swapEip."));
  }

  /** A fault if a listener does not fit the type that is wanted. */
  private static Optional<Fault> type(LoadBalancer before, LoadBalancerInput wanted) {
    LoadBalancerType type = Objects.requireNonNullElse(wanted.type(), LoadBalancerType.MIXED);
    return before.listeners().stream()
        .map(listener -> ProtocolName.of(listener.protocol()))
        .filter(protocol -> !type.allows(protocol))
        .findFirst()
        .map(protocol -> new Fault("/type", "invalid", type.refusal(protocol)));
  }

  /** A fault if parts are given that are edited at an address of their own. */
  static Optional<Fault> elsewhere(String field, @Nullable Object wanted) {
    return wanted == null
        ? Optional.empty()
        : Optional.of(
            new Fault(
                "/" + field,
                "invalid",
                "The " + field + " are edited one by one, each at its own address."));
  }
}
