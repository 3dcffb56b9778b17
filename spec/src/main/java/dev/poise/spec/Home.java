package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/** The network in which a load balancer has its addresses and reaches its members. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface Home {
  /** The network the node itself is in. */
  @JsonTypeName("NODE")
  record Node() implements Home {}

  /**
   * A network of its own on the node, see {@link VpcNetwork}.
   *
   * @param atEdge those of the load balancer's addresses that are not in that network but in the
   *     node's own: where the rest of the world comes in
   */
  @JsonTypeName("VPC")
  record Vpc(VpcId vpc, List<IpAddress> atEdge) implements Home {
    public Vpc {
      atEdge = List.copyOf(atEdge);
    }
  }
}
