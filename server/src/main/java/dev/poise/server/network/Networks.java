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
import dev.poise.spec.IpAddress;
import dev.poise.spec.VpcId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/** Makes and finds data centres, VPCs and subnets. Changes join the transaction of their caller. */
@Component
public final class Networks {
  private static final int MOST_NAMED = 10;

  private final NetworkStore store;
  private final Addresses addresses;
  private final AddressStore given;
  private final Quotas quotas;
  private final Bodies bodies;
  private final Audit audit;
  private final InstantSource clock;

  Networks(
      NetworkStore store,
      Addresses addresses,
      AddressStore given,
      Quotas quotas,
      Bodies bodies,
      Audit audit,
      InstantSource clock) {
    this.store = store;
    this.addresses = addresses;
    this.given = given;
    this.quotas = quotas;
    this.bodies = bodies;
    this.audit = audit;
    this.clock = clock;
  }

  DataCenter create(Caller caller, DataCenter.Input input) {
    caller.requirePlatformAdmin();
    Instant now = clock.instant();
    DataCenter made =
        new DataCenter(DataCenterId.generate(now), input.name(), input.remarkOrNone(), 1, now);
    if (!store.insert(made)) throw nameInUse("data centre", made.name());
    audit.append(caller, "data-center.create", made.id().text(), null, made);
    return made;
  }

  DataCenter patch(Caller caller, DataCenterId id, Conditions conditions, MergePatch patch) {
    caller.requirePlatformAdmin();
    DataCenter before = lockDataCenter(id);
    conditions.require(before.version());
    DataCenter after =
        before.with(bodies.patched(DataCenter.Input.of(before), patch, DataCenter.Input.class));
    if (!store.update(after)) throw nameInUse("data centre", after.name());
    audit.append(caller, "data-center.update", id.text(), before, after);
    return after;
  }

  DataCenterId delete(Caller caller, DataCenterId id, Conditions conditions) {
    caller.requirePlatformAdmin();
    DataCenter before = lockDataCenter(id);
    conditions.require(before.version());
    requireUnused("data centre", store.contents(id));
    delete("data centre", () -> store.delete(id));
    audit.append(caller, "data-center.delete", id.text(), before, null);
    return id;
  }

  Vpc create(Caller caller, Vpc.Input input) {
    Instant now = clock.instant();
    Segment segment = Objects.requireNonNullElse(input.segment(), new Segment.Host());
    // Whoever names a namespace or a number of the hosts gets into it, whosever it is.
    if (segment.isIsolated()) caller.requirePlatformAdmin();
    DataCenter dataCenter = dataCenter(input.dataCenterId());
    quotas.require(caller.tenant(), Quota.VPCS, 1);
    Vpc made =
        new Vpc(
            VpcId.generate(now),
            caller.user(),
            dataCenter.id(),
            input.name(),
            input.remarkOrNone(),
            segment,
            1,
            now);
    if (!inserted(caller, made)) throw nameInUse("VPC", made.name());
    audit.append(caller, "vpc.create", made.id().text(), null, made);
    return made;
  }

  private boolean inserted(Caller caller, Vpc made) {
    try {
      return store.insert(caller.tenant(), made);
    } catch (DuplicateKeyException _) {
      throw new Refusal.Conflict(
          ProblemType.IN_USE,
          "Another VPC of the data centre has that namespace or number already.");
    }
  }

  /** A VPC before and after it was changed. */
  public record VpcChange(Vpc before, Vpc after) {}

  /** Changes a VPC; whoever calls tells the nodes if its segment is another one. */
  public VpcChange patch(Caller caller, VpcId id, Conditions conditions, MergePatch patch) {
    Vpc before = changeable(caller, id, conditions);
    Vpc after =
        before.with(bodies.patched(Vpc.Input.of(before), patch, Vpc.Input.class, "dataCenterId"));
    if (!after.segment().equals(before.segment())) caller.requirePlatformAdmin();
    if (!store.update(caller.tenant(), after)) throw nameInUse("VPC", after.name());
    audit.append(caller, "vpc.update", id.text(), before, after);
    return new VpcChange(before, after);
  }

  VpcId delete(Caller caller, VpcId id, Conditions conditions) {
    Vpc before = changeable(caller, id, conditions);
    requireUnused("VPC", store.contents(caller.tenant(), id));
    delete("VPC", () -> store.delete(caller.tenant(), id));
    audit.append(caller, "vpc.delete", id.text(), before, null);
    return id;
  }

  private Vpc changeable(Caller caller, VpcId id, Conditions conditions) {
    Vpc found = lockVpc(caller, id);
    caller.requireMayChange(found.creatorId());
    conditions.require(found.version());
    return found;
  }

  private Vpc lockVpc(Caller caller, VpcId id) {
    return store.lock(caller.tenant(), id).orElseThrow(() -> new Refusal.NotFound("VPC " + id));
  }

  Subnet create(Caller caller, Subnet.Input input) {
    Instant now = clock.instant();
    VpcId vpcId = vpc(caller, input.vpcId()).id();
    quotas.require(caller.tenant(), Quota.SUBNETS, 1);
    Vpc vpc = lockVpc(caller, vpcId);
    store
        .overlapping(caller.tenant(), vpc.id(), input.cidr())
        .ifPresent(other -> {
          throw new Refusal.Conflict(
              ProblemType.RANGE_OVERLAPS,
              input.cidr() + " overlaps the subnet " + other + " of this VPC.");
        });
    Subnet made =
        new Subnet(
            SubnetId.generate(now),
            caller.user(),
            vpc.id(),
            vpc.dataCenterId(),
            input.name(),
            input.remarkOrNone(),
            input.cidr(),
            input.gateway(),
            input.cidr().size(),
            input.cidr().size() - (input.gateway() == null ? 0 : 1),
            1,
            now);
    if (made.gateway() != null) Addresses.requireInside(made, made.gateway(), "/gateway");
    if (!store.insert(caller.tenant(), made)) throw nameInUse("subnet", made.name());
    if (made.gateway() != null)
      addresses.take(caller.tenant(), made, made.gateway(), made.id().text());
    audit.append(caller, "subnet.create", made.id().text(), null, made);
    return made;
  }

  Subnet patch(Caller caller, SubnetId id, Conditions conditions, MergePatch patch) {
    Subnet before = changeable(caller, id, conditions);
    Subnet after =
        before.with(
            bodies.patched(
                Subnet.Input.of(before), patch, Subnet.Input.class, "vpcId", "cidr", "gateway"));
    if (!store.update(caller.tenant(), after)) throw nameInUse("subnet", after.name());
    audit.append(caller, "subnet.update", id.text(), before, after);
    return after;
  }

  SubnetId delete(Caller caller, SubnetId id, Conditions conditions) {
    Subnet before = changeable(caller, id, conditions);
    requireUnused("subnet", given.holders(caller.tenant(), id));
    given.release(caller.tenant(), id.text());
    delete("subnet", () -> store.delete(caller.tenant(), id));
    audit.append(caller, "subnet.delete", id.text(), before, null);
    return id;
  }

  private Subnet changeable(Caller caller, SubnetId id, Conditions conditions) {
    Subnet found =
        store.lock(caller.tenant(), id).orElseThrow(() -> new Refusal.NotFound("subnet " + id));
    caller.requireMayChange(found.creatorId());
    conditions.require(found.version());
    return found;
  }

  /**
   * The data centre with that id.
   *
   * @throws Refusal.NotFound if there is none
   */
  public DataCenter dataCenter(DataCenterId id) {
    return store.dataCenter(id).orElseThrow(() -> new Refusal.NotFound("data centre " + id));
  }

  /** The data centre, to which nobody can add anything until the transaction ends. */
  public DataCenter lockDataCenter(DataCenterId id) {
    return store.lock(id).orElseThrow(() -> new Refusal.NotFound("data centre " + id));
  }

  /**
   * The VPC with that id.
   *
   * @throws Refusal.NotFound if the caller's tenant has none
   */
  public Vpc vpc(Caller caller, VpcId id) {
    return store.vpc(caller.tenant(), id).orElseThrow(() -> new Refusal.NotFound("VPC " + id));
  }

  /**
   * The subnet with that id.
   *
   * @throws Refusal.NotFound if the caller's tenant has none
   */
  public Subnet subnet(Caller caller, SubnetId id) {
    return store
        .subnet(caller.tenant(), id)
        .orElseThrow(() -> new Refusal.NotFound("subnet " + id));
  }

  /**
   * The subnet of the VPC that gives out the address.
   *
   * @throws Refusal.Invalid at the pointer, if there is none
   */
  Subnet subnetOf(Caller caller, VpcId vpc, IpAddress address, String pointer) {
    return store
        .subnetOf(caller.tenant(), vpc, address)
        .filter(subnet -> subnet.cidr().gives(address))
        .orElseThrow(() ->
            new Refusal.Invalid(
                pointer,
                ProblemType.VALIDATION_FAILED,
                "No subnet of the VPC has the address " + address + "."));
  }

  Page<DataCenter> dataCenters(PageRequest request) {
    return store.dataCenters(request);
  }

  Page<Vpc> vpcs(Caller caller, PageRequest request) {
    return store.vpcs(caller.tenant(), request);
  }

  Page<Subnet> subnets(Caller caller, PageRequest request) {
    return store.subnets(caller.tenant(), request);
  }

  private static void requireUnused(String kind, List<String> users) {
    if (users.isEmpty()) return;
    String more = users.size() > MOST_NAMED ? " and " + (users.size() - MOST_NAMED) + " more" : "";
    throw new Refusal.Conflict(
        ProblemType.IN_USE,
        "The "
            + kind
            + " is used by "
            + users.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
            + more
            + ".");
  }

  /** What is not looked for above still stands against it in the database. */
  private static void delete(String kind, Runnable deletion) {
    try {
      deletion.run();
    } catch (DataIntegrityViolationException _) {
      throw new Refusal.Conflict(ProblemType.IN_USE, "Something else uses the " + kind + " still.");
    }
  }

  private static Refusal nameInUse(String kind, String name) {
    return new Refusal.Conflict(
        ProblemType.NAME_IN_USE, "There is a " + kind + " named '" + name + "' already.");
  }
}
