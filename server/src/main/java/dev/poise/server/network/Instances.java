package dev.poise.server.network;

import dev.poise.server.audit.Audit;
import dev.poise.server.network.InstanceStore.Hold;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.server.quota.Quota;
import dev.poise.server.quota.Quotas;
import dev.poise.spec.IpAddress;
import dev.poise.spec.VpcId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The inventory of instances. Changes join the transaction of their caller, who brings the members
 * that follow an instance along: whoever names an instance holds a load balancer first and the
 * instance second.
 */
@Component
public final class Instances {
  private final InstanceStore store;
  private final Networks networks;
  private final Quotas quotas;
  private final Addresses addresses;
  private final Audit audit;
  private final InstantSource clock;

  Instances(
      InstanceStore store,
      Networks networks,
      Quotas quotas,
      Addresses addresses,
      Audit audit,
      InstantSource clock) {
    this.store = store;
    this.networks = networks;
    this.quotas = quotas;
    this.addresses = addresses;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * An instance that is made or changed.
   *
   * @param before as it was; absent if it is made
   * @param pointer where it is said, for faults
   */
  public record Change(@Nullable Instance before, Instance after, String pointer) {}

  /** The instance that would be made of what is said. */
  public Instance drafted(Caller caller, Instance.Input said) {
    Instant now = clock.instant();
    Vpc vpc = networks.vpc(caller, said.vpcId());
    return new Instance(
        InstanceId.generate(now),
        caller.user(),
        vpc.id(),
        vpc.dataCenterId(),
        said.name(),
        said.remarkOrNone(),
        said.addresses(),
        1,
        now);
  }

  /** The change of an instance to what is said of it; empty if it says so already. */
  public Optional<Change> change(Instance before, Instance.Input said, String pointer) {
    return before.says(said)
        ? Optional.empty()
        : Optional.of(new Change(before, before.with(said), pointer));
  }

  /**
   * Writes changes of instances that the caller holds alone. What one of them gives up another one
   * may have.
   *
   * @throws Refusal.Forbidden if somebody else made one of them and the caller is no administrator
   * @throws Refusal.Invalid with all that is wrong
   */
  public void write(Caller caller, List<Change> changes) {
    long made = changes.stream().filter(change -> change.before() == null).count();
    quotas.require(caller.tenant(), Quota.INSTANCES, (int) made);
    for (Change change : changes) {
      if (change.before() != null) giveUp(caller, change.before(), change.after());
    }
    List<Fault> faults = new ArrayList<>();
    for (Change change : changes) {
      boolean written =
          change.before() == null
              ? store.insert(caller.tenant(), change.after())
              : store.update(caller.tenant(), change.after());
      if (!written) faults.add(nameInUse(change));
      else take(caller, change, faults);
    }
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
    for (Change change : changes) {
      audit.append(
          caller,
          change.before() == null ? "instance.create" : "instance.update",
          change.after().id().text(),
          change.before(),
          change.after());
    }
  }

  private void giveUp(Caller caller, Instance before, Instance after) {
    caller.requireMayChange(before.creatorId());
    for (IpAddress address : before.addresses()) {
      if (after.addresses().contains(address)) continue;
      Subnet subnet = networks.subnetOf(caller, before.vpcId(), address, "");
      addresses.release(caller.tenant(), subnet.id(), address, before.id().text());
    }
  }

  private void take(Caller caller, Change change, List<Fault> faults) {
    List<IpAddress> wanted = change.after().addresses();
    for (int i = 0; i < wanted.size(); i++) {
      IpAddress address = wanted.get(i);
      String pointer = change.pointer() + "/addresses/" + i;
      if (wanted.indexOf(address) < i) {
        faults.add(new Fault(pointer, "invalid", address + " is named twice."));
      } else if (change.before() == null || !change.before().addresses().contains(address)) {
        take(caller, change.after(), address, pointer).ifPresent(faults::add);
      }
    }
  }

  private Optional<Fault> take(
      Caller caller, Instance instance, IpAddress address, String pointer) {
    try {
      Subnet subnet = networks.subnetOf(caller, instance.vpcId(), address, pointer);
      addresses.take(caller.tenant(), subnet, address, instance.id().text());
      return Optional.empty();
    } catch (Refusal.Invalid outside) {
      return Optional.of(outside.faults().getFirst());
    } catch (Refusal.Conflict taken) {
      return Optional.of(new Fault(pointer, taken.type().slug(), taken.detail()));
    }
  }

  private static Fault nameInUse(Change change) {
    return new Fault(
        change.pointer() + "/name",
        ProblemType.NAME_IN_USE.slug(),
        "The VPC has an instance named '" + change.after().name() + "' already.");
  }

  /** Deletes an instance that the caller holds alone and that no member names. */
  public void delete(Caller caller, Instance instance) {
    caller.requireMayChange(instance.creatorId());
    for (IpAddress address : instance.addresses()) {
      Subnet subnet = networks.subnetOf(caller, instance.vpcId(), address, "");
      addresses.release(caller.tenant(), subnet.id(), address, instance.id().text());
    }
    store.delete(caller.tenant(), instance.id());
    audit.append(caller, "instance.delete", instance.id().text(), instance, null);
  }

  /**
   * An instance that a member will name; it stays as it is until the transaction ends.
   *
   * @throws Refusal.NotFound if the tenant has none with that id
   */
  public Instance use(TenantId tenant, InstanceId id) {
    return store.hold(tenant, List.of(id), Hold.UNCHANGED).stream()
        .findFirst()
        .orElseThrow(() -> notFound(id));
  }

  /**
   * Those of the instances that are there; nobody begins to name one before the transaction ends.
   */
  public List<Instance> holdAlone(TenantId tenant, Collection<InstanceId> ids) {
    return store.hold(tenant, ids, Hold.ALONE);
  }

  /** Those of the VPC that have one of the names. */
  public List<Instance> named(TenantId tenant, VpcId vpc, Collection<String> names) {
    return store.named(tenant, vpc, names);
  }

  /**
   * The instance with that id.
   *
   * @throws Refusal.NotFound if the tenant has none
   */
  public Instance get(TenantId tenant, InstanceId id) {
    return store.find(tenant, id).orElseThrow(() -> notFound(id));
  }

  /** The tenant's instances. */
  public Page<Instance> list(TenantId tenant, PageRequest request) {
    return store.page(tenant, request);
  }

  private static Refusal notFound(InstanceId id) {
    return new Refusal.NotFound("instance " + id);
  }
}
