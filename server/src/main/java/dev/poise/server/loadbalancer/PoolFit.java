package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.ListenerInput.ProtocolName;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.ProblemType;
import dev.poise.spec.Algorithm;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.Persistence;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Whether what a pool does can be done for listeners of a protocol. */
final class PoolFit {
  private PoolFit() {}

  /** The faults of a pool that is to be made with a listener; pointers begin at the pool. */
  static List<Fault> faults(ProtocolName protocol, PoolInput pool) {
    HealthCheckInput check =
        Objects.requireNonNullElse(pool.healthCheck(), HealthCheckInput.DEFAULT);
    PersistenceInput persistence =
        Objects.requireNonNullElse(pool.persistence(), PersistenceInput.OFF);
    return faults(
        protocol,
        Objects.requireNonNullElse(pool.algorithm(), Algorithm.WEIGHTED_ROUND_ROBIN),
        Objects.requireNonNullElse(persistence.type(), PersistenceInput.Type.OFF),
        Objects.requireNonNullElse(check.type(), HealthCheckInput.Type.PORT));
  }

  /** The faults of a pool that a listener uses; pointers begin at the pool. */
  static List<Fault> faults(ProtocolName protocol, Pool pool) {
    return faults(protocol, pool.algorithm(), type(pool.persistence()), type(pool.healthCheck()));
  }

  private static List<Fault> faults(
      ProtocolName protocol,
      Algorithm algorithm,
      PersistenceInput.Type persistence,
      HealthCheckInput.Type check) {
    List<Fault> faults = new ArrayList<>();
    if (protocol == ProtocolName.UDP && algorithm == Algorithm.LEAST_CONNECTIONS) {
      faults.add(
          unsupported(
              "/algorithm",
              "UDP has no connections to count, so a pool of a UDP listener cannot be balanced by"
                  + " LEAST_CONNECTIONS: use WEIGHTED_ROUND_ROBIN or SOURCE_IP."));
    }
    if (persistence == PersistenceInput.Type.COOKIE && !protocol.isHttp()) {
      faults.add(
          unsupported(
              "/persistence/type",
              protocol == ProtocolName.UDP
                  ? "UDP knows no cookies: the persistence of a pool of a UDP listener is OFF or"
                      + " SOURCE_IP."
                  : "TCP knows no cookies: the persistence of a pool of a TCP listener is OFF; the"
                      + " algorithm SOURCE_IP keeps clients with their member."));
    }
    if (persistence == PersistenceInput.Type.SOURCE_IP && protocol != ProtocolName.UDP) {
      faults.add(
          unsupported(
              "/persistence/type",
              "Persistence by SOURCE_IP is for UDP listeners; for "
                  + protocol
                  + " the algorithm SOURCE_IP keeps clients with their member."));
    }
    if (check == HealthCheckInput.Type.HTTP && !protocol.isHttp()) {
      faults.add(
          unsupported(
              "/healthCheck/type",
              "Members of a %s listener are not checked by HTTP.".formatted(protocol)));
    }
    if (check == HealthCheckInput.Type.UDP && protocol != ProtocolName.UDP) {
      faults.add(
          unsupported(
              "/healthCheck/type",
              "Members of a %s listener are not checked by UDP.".formatted(protocol)));
    }
    return faults;
  }

  private static Fault unsupported(String pointer, String detail) {
    return new Fault(pointer, ProblemType.UNSUPPORTED_FOR_PROTOCOL.slug(), detail);
  }

  private static PersistenceInput.Type type(Persistence persistence) {
    return switch (persistence) {
      case Persistence.Off _ -> PersistenceInput.Type.OFF;
      case Persistence.Cookie _ -> PersistenceInput.Type.COOKIE;
      case Persistence.SourceIp _ -> PersistenceInput.Type.SOURCE_IP;
    };
  }

  private static HealthCheckInput.Type type(HealthCheck check) {
    return switch (check) {
      case HealthCheck.Port _ -> HealthCheckInput.Type.PORT;
      case HealthCheck.Http _ -> HealthCheckInput.Type.HTTP;
      case HealthCheck.Udp _ -> HealthCheckInput.Type.UDP;
    };
  }
}
