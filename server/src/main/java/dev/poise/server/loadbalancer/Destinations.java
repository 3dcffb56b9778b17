package dev.poise.server.loadbalancer;

import dev.poise.server.network.Instance;
import dev.poise.server.network.InstanceId;
import dev.poise.server.network.Instances;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.IpAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds out where members are: at an address, or where an instance of their VPC is. */
@Component
class Destinations {
  private final Instances instances;

  Destinations(Instances instances) {
    this.instances = instances;
  }

  /** For the members of a list that stands at the pointer. */
  Destination.Finder of(Caller caller, Placement placement, String pointer) {
    return (member, index) -> find(caller, placement, member, pointer + "/" + index);
  }

  /**
   * @param pointer where the member stands in the body
   * @throws Refusal.NotFound if the caller's tenant has no such instance
   * @throws Refusal.Invalid if the instance is in another VPC, or has not that address
   */
  Destination find(Caller caller, Placement placement, MemberInput said, String pointer) {
    @Nullable InstanceId id = said.instanceId();
    if (id == null) return new Destination(Objects.requireNonNull(said.address()), null);
    Instance instance = instances.use(caller.tenant(), id);
    requireSameVpc(instance, placement, pointer);
    @Nullable IpAddress address = said.address();
    if (address == null)
      return new Destination(instance.primaryAddress(), new InstanceLink(id, true));
    if (!instance.addresses().contains(address)) {
      throw new Refusal.Invalid(
          pointer + "/address",
          ProblemType.VALIDATION_FAILED,
          "The instance '%s' has not the address %s. For a member that is no instance, leave"
                  .formatted(instance.name(), address)
              + " instanceId out.");
    }
    return new Destination(address, new InstanceLink(id, false));
  }

  private static void requireSameVpc(Instance instance, Placement placement, String pointer) {
    if (instance.vpcId().equals(placement.vpc())) return;
    throw new Refusal.Invalid(
        pointer + "/instanceId",
        ProblemType.VALIDATION_FAILED,
        instance.dataCenterId().equals(placement.dataCenter())
            ? "The instance is in another VPC, " + instance.vpcId() + "."
            : "The instance is in another data centre, " + instance.dataCenterId() + ".");
  }
}
