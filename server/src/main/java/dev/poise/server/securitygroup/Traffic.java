package dev.poise.server.securitygroup;

/** What a client sends first, as far as a security group looks at it. */
public sealed interface Traffic {
  /** The first packet of a TCP connection or a UDP session. */
  record ToPort(Transport transport, int port) implements Traffic {
    @Override
    public String toString() {
      return transport + " port " + port;
    }
  }

  /** An ICMP echo request. */
  record Ping() implements Traffic {
    @Override
    public String toString() {
      return "ICMP";
    }
  }

  /** The protocols that have ports. */
  enum Transport {
    TCP,
    UDP
  }
}
