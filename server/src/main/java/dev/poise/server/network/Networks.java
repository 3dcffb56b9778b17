package dev.poise.server.network;

import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.quota.Quota;
import dev.poise.server.quota.Quotas;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Makes and finds data centres, VPCs and subnets. Changes join the transaction of their caller. */
@Component
public final class Networks {
  private final NetworkStore store;
  private final Quotas quotas;
  private final Audit audit;
  private final InstantSource clock;

  Networks(NetworkStore store, Quotas quotas, Audit audit, InstantSource clock) {
    this.store = store;
    this.quotas = quotas;
    this.audit = audit;
    this.clock = clock;
  }

  DataCenter create(Caller caller, DataCenter.Input input) {
    caller.requirePlatformAdmin();
    Instant now = clock.instant();
    DataCenter made =
        new DataCenter(DataCenterId.generate(now), input.name(), remark(input.remark()), now);
    if (!store.insert(made)) throw nameInUse("data centre", made.name());
    audit.append(caller, "data-center.create", made.id().text(), null, made);
    return made;
  }

  Vpc create(Caller caller, Vpc.Input input) {
    Instant now = clock.instant();
    DataCenter dataCenter = dataCenter(input.dataCenterId());
    quotas.require(caller.tenant(), Quota.VPCS, 1);
    Vpc made =
        new Vpc(
            VpcId.generate(now),
            caller.user(),
            dataCenter.id(),
            input.name(),
            remark(input.remark()),
            now);
    if (!store.insert(caller.tenant(), made)) throw nameInUse("VPC", made.name());
    audit.append(caller, "vpc.create", made.id().text(), null, made);
    return made;
  }

  Subnet create(Caller caller, Subnet.Input input) {
    Instant now = clock.instant();
    Vpc vpc = vpc(caller, input.vpcId());
    quotas.require(caller.tenant(), Quota.SUBNETS, 1);
    store.lockVpc(caller.tenant(), vpc.id());
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
            remark(input.remark()),
            input.cidr(),
            now);
    if (!store.insert(caller.tenant(), made)) throw nameInUse("subnet", made.name());
    audit.append(caller, "subnet.create", made.id().text(), null, made);
    return made;
  }

  /**
   * The data centre with that id.
   *
   * @throws Refusal.NotFound if there is none
   */
  public DataCenter dataCenter(DataCenterId id) {
    return store.dataCenter(id).orElseThrow(() -> new Refusal.NotFound("data centre " + id));
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

  Page<DataCenter> dataCenters(PageRequest request) {
    return store.dataCenters(request);
  }

  Page<Vpc> vpcs(Caller caller, PageRequest request) {
    return store.vpcs(caller.tenant(), request);
  }

  Page<Subnet> subnets(Caller caller, PageRequest request) {
    return store.subnets(caller.tenant(), request);
  }

  private static String remark(@org.jspecify.annotations.Nullable String given) {
    return Objects.requireNonNullElse(given, "");
  }

  private static Refusal nameInUse(String kind, String name) {
    return new Refusal.Conflict(
        ProblemType.NAME_IN_USE, "There is a " + kind + " named '" + name + "' already.");
  }
}
