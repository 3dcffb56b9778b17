package dev.poise.server.cluster;

import dev.poise.server.platform.Fault;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The numbers and addresses that nodes of a cluster know each other by, and when they clash. */
final class NodeNumbers {
  private static final int FIRST_PRIORITY = 200;
  private static final int STEP = 10;

  private NodeNumbers() {}

  /**
   * The priority of a node that was given none: steps leave room for those who want one in between.
   *
   * @throws Refusal.QuotaExceeded if the cluster has all that there are
   */
  static int priority(List<Node> others) {
    Set<Integer> taken = others.stream().map(Node::priority).collect(Collectors.toSet());
    for (int step = FIRST_PRIORITY; step > 0; step -= STEP) if (!taken.contains(step)) return step;
    for (int any = Node.MOST_PRIORITY; any > 0; any--) if (!taken.contains(any)) return any;
    throw new Refusal.QuotaExceeded("The cluster has %d nodes already.".formatted(others.size()));
  }

  /** What stands against the node in the cluster; the pointers are of what is said of a node. */
  static List<Fault> faults(Cluster cluster, Node node, List<Node> others) {
    List<Fault> faults = new ArrayList<>();
    if (cluster.vrrp() != null && node.address() == null) {
      faults.add(
          new Fault(
              "/address",
              "required",
              "Nodes of this cluster move addresses between them, so each needs one of its own."));
    }
    for (Node other : others) {
      if (other.name().equals(node.name()))
        faults.add(
            new Fault(
                "/name",
                ProblemType.NAME_IN_USE.slug(),
                "The cluster has a node named '" + node.name() + "' already."));
      if (node.address() != null && !other.isRevoked() && node.address().equals(other.address()))
        faults.add(
            new Fault(
                "/address",
                ProblemType.ADDRESS_IN_USE.slug(),
                "The node " + other.called() + " has the address " + node.address() + "."));
      if (node.priority() > 0 && node.priority() == other.priority())
        faults.add(
            new Fault(
                "/priority",
                ProblemType.NUMBER_IN_USE.slug(),
                "The node " + other.called() + " has the priority " + node.priority() + "."));
    }
    return faults;
  }
}
