package dev.poise.server.loadbalancer;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.network.Addresses;
import dev.poise.server.network.Networks;
import dev.poise.server.network.Segment;
import dev.poise.server.network.Subnet;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Questions.Question;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.VpcId;
import dev.poise.spec.VpcNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What nodes are told of VPCs that are networks of their own.
 *
 * <p>A node that makes an end of a VXLAN needs an address in every subnet it serves, for its checks
 * and connections to members. It is given one when a load balancer is made there, and a node that
 * comes later when it asks for its manifest; it is free again when no load balancer of the node's
 * cluster is in the subnet any more, or the node is gone.
 */
@Component
public final class VpcNetworks {
  private static final Logger LOG = LoggerFactory.getLogger(VpcNetworks.class);

  private final VpcNetworkStore store;
  private final Networks networks;
  private final Addresses addresses;
  private final Clusters clusters;
  private final TransactionTemplate transaction;

  VpcNetworks(
      VpcNetworkStore store,
      Networks networks,
      Addresses addresses,
      Clusters clusters,
      TransactionTemplate transaction) {
    this.store = store;
    this.networks = networks;
    this.addresses = addresses;
    this.clusters = clusters;
    this.transaction = transaction;
  }

  /** Gives all nodes of the cluster what they need to serve in the subnet. */
  void prepare(TenantId tenant, Subnet subnet, Segment segment, ClusterId cluster) {
    if (!(segment instanceof Segment.Vxlan)) return;
    for (Node node : clusters.nodesOf(List.of(cluster))) {
      addresses.takeFor(node.id(), tenant, subnet, cluster);
    }
  }

  /** A VPC that is a network of its own. */
  public record Isolated(VpcId vpc, Segment segment) {}

  /** Asks for those in which the cluster has load balancers. */
  public static Question ofCluster(ClusterId cluster, Consumer<Isolated> answers) {
    return VpcNetworkStore.networks(cluster, answers);
  }

  /** Gives a node the addresses it has not yet; one that cannot have any does without. */
  private void prepare(Node node) {
    List<VpcNetworkStore.Lacking> lacking = store.lacking(node.id(), node.clusterId());
    for (VpcNetworkStore.Lacking each : lacking) {
      try {
        transaction.executeWithoutResult(_ -> {
          Caller system = Caller.system(each.tenant());
          Subnet subnet = networks.subnet(system, each.subnet());
          addresses.takeFor(node.id(), each.tenant(), subnet, node.clusterId());
        });
      } catch (Refusal refusal) {
        LOG.warn(
            "Node {} gets no address in {}: {}", node.id(), each.subnet(), refusal.getMessage());
      }
    }
  }

  /**
   * What the node is told of these networks. It is given the addresses it needs in them, so do not
   * call this in a transaction that only reads.
   *
   * @param nodes of its cluster, itself among them
   */
  public List<VpcNetwork> told(List<Isolated> all, Node node, List<Node> nodes) {
    if (all.stream().anyMatch(one -> one.segment() instanceof Segment.Vxlan)) prepare(node);
    List<VpcNetwork> told = new ArrayList<>();
    for (Isolated each : all) {
      segment(each, node, nodes)
          .ifPresent(segment -> told.add(new VpcNetwork(each.vpc(), segment)));
    }
    return told;
  }

  /** Empty if the node cannot be an end of it, because it has no address for others to send to. */
  private Optional<VpcNetwork.Segment> segment(Isolated network, Node node, List<Node> nodes) {
    return switch (network.segment()) {
      case Segment.Host() -> Optional.empty();
      case Segment.Netns(String name, String networkInterface) ->
          Optional.of(new VpcNetwork.Segment.Netns(name, networkInterface));
      case Segment.Vxlan vxlan ->
          Optional.ofNullable(node.address())
              .map(local ->
                  new VpcNetwork.Segment.Vxlan(
                      vxlan.vni(),
                      vxlan.udpPort(),
                      local,
                      peers(vxlan, local, nodes),
                      store.addressesOf(node.id(), network.vpc())));
    };
  }

  private static List<IpAddress> peers(Segment.Vxlan vxlan, IpAddress local, List<Node> nodes) {
    TreeSet<String> peers = new TreeSet<>();
    nodes.stream()
        .map(Node::address)
        .filter(Objects::nonNull)
        .forEach(address -> peers.add(address.text()));
    vxlan.hosts().forEach(address -> peers.add(address.text()));
    peers.remove(local.text());
    return peers.stream().map(IpAddress::new).toList();
  }

  /** Tells the nodes that serve the VPC of its changed segment. */
  void changed(VpcId vpc) {
    store.clustersOf(vpc).forEach(clusters::raiseRevision);
  }
}
