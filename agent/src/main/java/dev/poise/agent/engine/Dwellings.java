package dev.poise.agent.engine;

import dev.poise.agent.kernel.Kernels;
import dev.poise.agent.kernel.Namespace;
import dev.poise.agent.network.Ip;
import dev.poise.agent.network.Networks;
import dev.poise.agent.network.Place;
import dev.poise.agent.render.Homes;
import dev.poise.spec.Home;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import java.io.IOException;

/** Where load balancers live: in the node's own network, or in those of VPCs. */
public final class Dwellings {
  private final Namespace own;
  private final HaproxyBinary binary;
  private final KernelAccess access;
  private final Kernels kernels;
  private final Ip ip;
  private final Networks networks;

  /**
   * Dwellings.
   *
   * @param access to the kernel in the node's own network
   */
  public Dwellings(
      HaproxyBinary binary, KernelAccess access, Kernels kernels, Ip ip, Networks networks)
      throws IOException {
    this.own = Namespace.own();
    this.binary = binary;
    this.access = access;
    this.kernels = kernels;
    this.ip = ip;
    this.networks = networks;
  }

  /** Where that home is on this node. */
  Place place(Home home) {
    return switch (home) {
      case Home.Node() -> new Place.In(own);
      case Home.Vpc(var vpc, var atEdge) -> networks.place(vpc);
    };
  }

  /** The program, as it is run there. */
  HaproxyBinary binary(Namespace namespace) {
    return namespace.isOwn() ? binary : binary.in(ip.enter(namespace));
  }

  /** What the kernel does there. */
  KernelAccess access(Namespace namespace) {
    if (namespace.isOwn() || !(access instanceof KernelAccess.Granted here)) return access;
    try {
      return KernelAccess.Granted.inside(
          namespace.name(), kernels.in(namespace), here.kernel(), here.prober());
    } catch (IOException e) {
      return new KernelAccess.Missing(namespace.name() + ": " + e.getMessage());
    }
  }

  /** A load balancer is served with its addresses. */
  void use(LoadBalancerSpec spec) throws IOException {
    if (spec.home() instanceof Home.Vpc home) {
      networks.use(spec.id(), home.vpc(), Homes.atHome(spec));
    }
  }

  /** A load balancer is gone. */
  void leave(LoadBalancerId id) throws IOException {
    networks.leave(id);
  }
}
