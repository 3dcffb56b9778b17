package dev.poise.server.network;

import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.NodeId;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Gives out the addresses of subnets, and keeps the book of those that nodes serve.
 *
 * <p>What keeps an address from being given out twice are primary keys: of (subnet, address) for
 * what is given out, of (cluster, address) for what nodes serve. Two callers may find the same
 * address free, one of them inserts the row, the other one waits for that transaction to end and
 * looks again.
 *
 * <p>The second key is needed because subnets of different VPCs may overlap, while the nodes of a
 * cluster are in one network: two VPCs without a network of their own may both have 10.0.0.7, but
 * not two load balancers of one cluster. (The key names the network too: in that of a VPC addresses
 * are as many as in the VPC.) So automatic choice steps over such an address, and asking for it is
 * refused. An address that a load balancer gives up stays in the book, as leaving, until every node
 * of the cluster says that it serves a newer generation of it, or nothing: nobody gets an address
 * that still answers for somebody else.
 */
@Component
public final class Addresses {
  private static final int MOST_TRIES = 100;

  private final AddressStore store;

  Addresses(AddressStore store) {
    this.store = store;
  }

  /**
   * A load balancer that wants an address of a subnet, served by the nodes of a cluster.
   *
   * @param isolated whether the VPC is a network of its own
   */
  public record Wish(
      TenantId tenant,
      Subnet subnet,
      ClusterId cluster,
      boolean isolated,
      LoadBalancerId loadBalancer) {
    /** In which network of the nodes the address is, see {@link AddressStore}. */
    String network() {
      return isolated ? subnet.vpcId().text() : AddressStore.OF_NODES;
    }
  }

  /**
   * Takes the lowest free address.
   *
   * @throws Refusal.Conflict if none is free
   */
  public IpAddress takeAny(Wish wish) {
    Subnet subnet = wish.subnet();
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      IpAddress free =
          store
              .lowestFree(wish.tenant(), subnet, wish.cluster(), wish.network())
              .orElseThrow(() -> exhausted(subnet));
      if (!store.take(wish.tenant(), subnet.id(), free, wish.loadBalancer().text())) continue;
      if (serve(wish, free)) return free;
      store.release(wish.tenant(), subnet.id(), free, wish.loadBalancer().text());
    }
    throw new Refusal.Unavailable(
        "Too many want an address of " + subnet.cidr() + " at once; try again.");
  }

  private static Refusal exhausted(Subnet subnet) {
    return new Refusal.Conflict(
        ProblemType.ADDRESS_EXHAUSTED, "Every address of " + subnet.cidr() + " is given out.");
  }

  /**
   * Sees to it that a node has an address in a subnet whose VPC is a network of its own.
   *
   * @throws Refusal.Conflict if none is free
   */
  public void takeFor(NodeId node, TenantId tenant, Subnet subnet, ClusterId cluster) {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      if (store.addressOf(subnet.id(), node).isPresent()) return;
      IpAddress free =
          store
              .lowestFree(tenant, subnet, cluster, subnet.vpcId().text())
              .orElseThrow(() -> exhausted(subnet));
      if (store.take(tenant, subnet.id(), free, node.text())) return;
    }
  }

  /** Frees the addresses of nodes in subnets that they serve nobody in any more. */
  public void releaseNodes() {
    store.releaseNodes();
  }

  /**
   * Takes a certain address.
   *
   * @throws Refusal.Invalid if it is not one of the subnet's
   * @throws Refusal.Conflict if somebody has it
   */
  public IpAddress take(Wish wish, IpAddress address) {
    requireInside(wish.subnet(), address, "/address");
    take(wish.tenant(), wish.subnet(), address, wish.loadBalancer().text());
    if (!serve(wish, address)) {
      throw new Refusal.Conflict(
          ProblemType.ADDRESS_IN_USE,
          "The nodes serve "
              + address
              + " for another network already. VPCs with the segment HOST share the network of the"
              + " nodes: their subnets may overlap, the addresses of their load balancers may"
              + " not.");
    }
    return address;
  }

  private boolean serve(Wish wish, IpAddress address) {
    return store.serve(
        wish.tenant(),
        wish.subnet().dataCenterId(),
        wish.cluster(),
        wish.network(),
        wish.loadBalancer(),
        address);
  }

  /**
   * Takes a certain address for a holder that nodes do not serve.
   *
   * @throws Refusal.Conflict if somebody has it
   */
  void take(TenantId tenant, Subnet subnet, IpAddress address, String holder) {
    if (store.take(tenant, subnet.id(), address, holder)) return;
    Optional<String> owner = store.holder(tenant, subnet.id(), address);
    String user =
        owner
            .map(it ->
                it.equals(subnet.id().text()) ? "; it is the gateway of the subnet" : " by " + it)
            .orElse("");
    throw new Refusal.Conflict(
        ProblemType.ADDRESS_IN_USE, "The address " + address + " is in use" + user + ".");
  }

  static void requireInside(Subnet subnet, IpAddress address, String pointer) {
    if (subnet.cidr().gives(address)) return;
    throw new Refusal.Invalid(
        pointer,
        ProblemType.VALIDATION_FAILED,
        "%s is not an address for use in %s (%s to %s)."
            .formatted(address, subnet.cidr(), subnet.cidr().lowest(), subnet.cidr().highest()));
  }

  /** Frees one of the addresses that the holder has. */
  void release(TenantId tenant, SubnetId subnet, IpAddress address, String holder) {
    store.release(tenant, subnet, address, holder);
  }

  /** Frees all that a load balancer has, when no node serves it any more. */
  public void release(TenantId tenant, LoadBalancerId holder) {
    store.release(tenant, holder.text());
    store.stopServing(tenant, holder);
  }

  /**
   * Notes that a load balancer gives an address up.
   *
   * @param generation the first one of it that is without the address
   * @param revision the first one of its cluster that holds that generation
   */
  public void leave(
      TenantId tenant,
      LoadBalancerId loadBalancer,
      IpAddress address,
      long generation,
      long revision) {
    store.leave(tenant, loadBalancer, address, generation, revision);
  }

  /**
   * Frees the addresses of the cluster that load balancers gave up and that every node let go of.
   */
  public void forgetLeft(ClusterId cluster) {
    store.forgetLeft(cluster);
  }
}
