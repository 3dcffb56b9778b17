package dev.poise.server.loadbalancer;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.network.SubnetId;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Line;
import dev.poise.server.securitygroup.SecurityGroupId;
import dev.poise.spec.IpAddress;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A load balancer as a client says it. Absent fields take their defaults. */
@Schema(name = "LoadBalancerInput")
@ConsistentBody
public record LoadBalancerInput(
    @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
    @Line(max = 512) @Nullable String remark,
    @Schema(description = "The subnet's own if absent; cannot be changed later")
        @Nullable DataCenterId dataCenterId,
    @Schema(description = "Cannot be changed later") @NotNull(message = "is required")
        SubnetId subnetId,
    @Schema(
            description =
                "The kind of nodes, as the operator named it; any if absent; cannot be changed"
                    + " later")
        @Line(max = 64)
        @Nullable String clusterModel,
    @Schema(
            defaultValue = "MIXED",
            description =
                "APPLICATION: HTTP and HTTPS listeners only; NETWORK: TCP only; MIXED: all")
        @Nullable LoadBalancerType type,
    @Schema(defaultValue = "INTERNAL", description = "Cannot be changed later")
        @Nullable NetworkType networkType,
    @Schema(description = "An address of the subnet, a free one if absent; cannot be changed later")
        @Nullable IpAddress address,
    @Schema(description = "Says which clients get in; only for INTERNET; everybody does if absent")
        @Nullable SecurityGroupId securityGroupId,
    @Schema(
            description =
                "The public address of an INTERNET load balancer; none if absent. Later it is"
                    + " changed by :bindEip, :unbindEip and :swapEip")
        @Valid
        @Nullable ElasticIpInput elasticIp,
    @Schema(defaultValue = "false") @Nullable Boolean deletionProtection,
    @Schema(
            description =
                "Only when the load balancer is made; later they are at"
                    + " /load-balancers/{id}/listeners")
        @Size(max = LoadBalancer.MOST_LISTENERS)
        @Nullable List<@NotNull(message = "is required") @Valid ListenerInput> listeners,
    @Schema(
            description =
                "Only when the load balancer is made; later they are at /load-balancers/{id}/pools")
        @Size(max = LoadBalancer.MOST_POOLS)
        @Nullable List<@NotNull(message = "is required") @Valid PoolInput> pools)
    implements ConsistentBody.Checked {

  @Override
  public List<Fault> contradictions() {
    List<Fault> faults = new ArrayList<>();
    portsTakenTwice(faults);
    poolNames(faults);
    protocols(faults);
    securityGroup(faults);
    if (elasticIp != null && networkType != NetworkType.INTERNET) {
      faults.add(new Fault("/elasticIp", "invalid", ElasticIpInput.ONLY_INTERNET));
    }
    return faults;
  }

  private void securityGroup(List<Fault> faults) {
    if (securityGroupId == null || networkType == NetworkType.INTERNET) return;
    faults.add(
        new Fault(
            "/securityGroupId",
            "invalid",
            "Only INTERNET load balancers have a security group: an INTERNAL one is reached from"
                + " its own VPC alone."));
  }

  private void portsTakenTwice(List<Fault> faults) {
    Set<String> taken = new HashSet<>();
    List<ListenerInput> given = listenersOrNone();
    for (int i = 0; i < given.size(); i++) {
      @Nullable ListenerInput listener = given.get(i);
      @Nullable Integer port = listener == null ? null : listener.port();
      if (listener == null || port == null) continue;
      // UDP has ports of its own.
      boolean udp = listener.protocol() == ListenerInput.ProtocolName.UDP;
      if (!taken.add((udp ? "UDP " : "TCP ") + port)) {
        faults.add(
            new Fault(
                "/listeners/" + i + "/port",
                "port-in-use",
                "Another listener of this request has port " + port + "."));
      }
    }
  }

  private void protocols(List<Fault> faults) {
    List<ListenerInput> given = listenersOrNone();
    for (int i = 0; i < given.size(); i++) {
      @Nullable ListenerInput listener = given.get(i);
      ListenerInput.@Nullable ProtocolName protocol = listener == null ? null : listener.protocol();
      if (type != null && protocol != null && !type.allows(protocol)) {
        faults.add(new Fault("/listeners/" + i + "/protocol", "invalid", type.refusal(protocol)));
      }
    }
  }

  private void poolNames(List<Fault> faults) {
    Set<String> names = new HashSet<>();
    List<PoolInput> given = poolsOrNone();
    for (int i = 0; i < given.size(); i++) {
      @Nullable PoolInput pool = given.get(i);
      @Nullable String name = pool == null ? null : pool.name();
      if (name == null) {
        faults.add(
            new Fault(
                "/pools/" + i + "/name",
                "required",
                "A pool by itself needs a name, so that listeners can name it."));
      } else if (!names.add(name)) {
        faults.add(
            new Fault(
                "/pools/" + i + "/name",
                "name-in-use",
                "Another pool of this request has the name '" + name + "'."));
      }
    }
    List<ListenerInput> users = listenersOrNone();
    for (int i = 0; i < users.size(); i++) {
      @Nullable ListenerInput listener = users.get(i);
      if (listener == null) continue;
      if (listener.defaultPoolName() != null && !names.contains(listener.defaultPoolName())) {
        faults.add(
            new Fault(
                "/listeners/" + i + "/defaultPoolName",
                "invalid",
                "No pool of this request has that name."));
      }
      if (listener.defaultPoolId() != null) {
        faults.add(
            new Fault(
                "/listeners/" + i + "/defaultPoolId",
                "invalid",
                "A new load balancer has no pools with ids yet: name the pool by"
                    + " defaultPoolName."));
      }
    }
  }

  List<ListenerInput> listenersOrNone() {
    return listeners == null ? List.of() : listeners;
  }

  List<PoolInput> poolsOrNone() {
    return pools == null ? List.of() : pools;
  }

  static LoadBalancerInput of(LoadBalancer loadBalancer) {
    return new LoadBalancerInput(
        loadBalancer.name(),
        loadBalancer.remark(),
        loadBalancer.placement().dataCenter(),
        loadBalancer.placement().subnet(),
        null,
        loadBalancer.type(),
        loadBalancer.networkType(),
        loadBalancer.address(),
        loadBalancer.admission().group(),
        null,
        loadBalancer.deletionProtection(),
        null,
        null);
  }
}
