package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.ListenerInput.ProtocolName;

/** What a load balancer is for, which decides what its listeners may speak. */
public enum LoadBalancerType {
  /** HTTP and HTTPS. */
  APPLICATION("HTTP and HTTPS"),
  /** TCP and UDP. */
  NETWORK("TCP and UDP"),
  /** All of them. */
  MIXED("TCP, UDP, HTTP and HTTPS");

  private final String protocols;

  LoadBalancerType(String protocols) {
    this.protocols = protocols;
  }

  boolean allows(ProtocolName protocol) {
    return switch (this) {
      case MIXED -> true;
      case APPLICATION -> protocol.isHttp();
      case NETWORK -> !protocol.isHttp();
    };
  }

  /** Why a listener of that protocol does not fit. */
  String refusal(ProtocolName protocol) {
    return "A load balancer of the type "
        + this
        + " has listeners that speak "
        + protocols
        + ", not "
        + protocol
        + ".";
  }
}
