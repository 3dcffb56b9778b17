package dev.poise.agent.kernel;

import dev.poise.spec.IpAddress;

/** The sessions of all clients of a listener's address and port with one member. */
public record Flow(IpAddress vip, int port, IpAddress member, int memberPort) {
  /** The sessions that have no member, because there was none when they began. */
  public static Flow unserved(IpAddress vip, int port) {
    return new Flow(vip, port, vip, port);
  }
}
