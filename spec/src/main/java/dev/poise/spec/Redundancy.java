package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/** How the nodes of a cluster agree on which of them has the addresses of the load balancers. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface Redundancy {
  /** They do not: the addresses are on the machine already, or somebody else moves them. */
  @JsonTypeName("NONE")
  record None() implements Redundancy {}

  /**
   * By VRRP version 3, one instance for all addresses. Who has them keeps them until it fails or
   * gives way; the priority decides only who of several begins.
   *
   * @param routerId 1 to 255, the same on all nodes of the cluster and on no others near them
   * @param priority 1 to 254, another one on each node
   * @param advertisementMillis how often the primary says that it is there, 100 to 10000
   * @param networkInterface which interface the nodes talk over
   * @param addressInterface which interface the addresses are put on
   * @param source the node's address, as its peers know it
   * @param peers the addresses of the other nodes
   * @param drained the node gives way and does not become primary again until this is false
   */
  @JsonTypeName("VRRP")
  record Vrrp(
      int routerId,
      int priority,
      int advertisementMillis,
      String networkInterface,
      String addressInterface,
      IpAddress source,
      List<IpAddress> peers,
      boolean drained,
      Handover handover)
      implements Redundancy {
    public Vrrp {
      peers = List.copyOf(peers);
    }
  }

  /**
   * The last planned failover. A primary that sees a higher number than any before, and is not the
   * node named, gives way once.
   *
   * @param number 0 if there was none yet
   * @param to the node that should become primary, or nobody in particular
   */
  record Handover(long number, List<NodeId> to) {
    /** There was none yet. */
    public static final Handover NONE = new Handover(0, List.of());

    public Handover {
      to = List.copyOf(to);
    }
  }
}
