package dev.poise.server.loadbalancer;

import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.ListenerId;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.PoolId;
import dev.poise.spec.Protocol;
import java.time.Instant;

/**
 * A port of a load balancer.
 *
 * @param version counts its changes
 */
public record Listener(
    ListenerId id,
    String name,
    String remark,
    int port,
    Protocol protocol,
    ConnectionLimit connectionLimit,
    PoolId defaultPool,
    long version,
    Instant createTime) {

  /** Listeners of one family cannot share a port. */
  public enum Family {
    TCP,
    UDP
  }

  public Family family() {
    return switch (protocol) {
      case Protocol.Tcp _, Protocol.Http _ -> Family.TCP;
    };
  }

  Listener withVersion(long version) {
    return new Listener(
        id, name, remark, port, protocol, connectionLimit, defaultPool, version, createTime);
  }

  ListenerSpec spec() {
    return new ListenerSpec(id, port, protocol, connectionLimit, defaultPool);
  }
}
