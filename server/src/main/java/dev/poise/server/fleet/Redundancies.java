package dev.poise.server.fleet;

import dev.poise.server.cluster.Cluster;
import dev.poise.server.cluster.Node;
import dev.poise.server.cluster.VrrpSettings;
import dev.poise.spec.IpAddress;
import dev.poise.spec.Redundancy;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a node is told to share addresses with the others of its cluster. */
final class Redundancies {
  private Redundancies() {}

  /**
   * @param nodes of the cluster, without those that are revoked
   */
  static Redundancy of(Cluster cluster, Node node, List<Node> nodes) {
    @Nullable VrrpSettings vrrp = cluster.vrrp();
    if (vrrp == null) return new Redundancy.None();
    if (node.address() == null)
      throw new IllegalStateException(node.id() + " has no address in a cluster with VRRP");
    List<IpAddress> peers =
        nodes.stream()
            .filter(other -> !other.id().equals(node.id()))
            .sorted(Comparator.comparing(other -> other.id().text()))
            .flatMap(other -> Stream.ofNullable(other.address()))
            .toList();
    return new Redundancy.Vrrp(
        vrrp.routerId(),
        node.priority(),
        vrrp.advertisementMillis(),
        vrrp.networkInterface().text(),
        vrrp.addressInterface().text(),
        node.address(),
        peers,
        node.drained(),
        cluster.handover());
  }
}
