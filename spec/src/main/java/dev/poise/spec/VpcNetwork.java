package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/** What makes a VPC a network of its own on a node: a network namespace of Linux. */
public record VpcNetwork(VpcId vpc, Segment segment) {

  /** Where the namespace comes from. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  public sealed interface Segment {
    /**
     * Somebody else made it, and sees to it that members are reached from it.
     *
     * @param name as {@code ip netns} knows it
     * @param networkInterface which of its interfaces the addresses of load balancers are put on
     */
    @JsonTypeName("NETNS")
    record Netns(String name, String networkInterface) implements Segment {}

    /**
     * The agent makes it, with one VXLAN interface in it.
     *
     * @param vni the number of the VXLAN, 1 to 16777215
     * @param port the UDP port all of its ends use
     * @param local the node's address among the other ends
     * @param peers addresses of the other ends: nodes of the cluster and hosts of members
     * @param addresses what the node is known by in the VPC's subnets, one in each
     */
    @JsonTypeName("VXLAN")
    record Vxlan(
        int vni, int port, IpAddress local, List<IpAddress> peers, List<InterfaceAddress> addresses)
        implements Segment {
      public Vxlan {
        peers = List.copyOf(peers);
        addresses = List.copyOf(addresses);
      }
    }
  }
}
