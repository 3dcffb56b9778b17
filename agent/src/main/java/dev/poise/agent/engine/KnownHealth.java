package dev.poise.agent.engine;

import dev.poise.agent.render.ServerLine;
import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberId;
import dev.poise.spec.PoolId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the checks have said about each member, kept from process to process.
 *
 * <p>It is kept by pool, member, address and port: a new listener of a pool starts with what is
 * known of the pool's members, a member that moved to another address starts unknown. When several
 * listeners check the same member the best verdict counts.
 */
final class KnownHealth {
  private final Map<Destination, Boolean> healthy = new HashMap<>();

  private record Destination(PoolId pool, MemberId member, IpAddress address, int port) {
    static Destination of(ServerLine server) {
      return new Destination(
          server.pool(), server.member().id(), server.member().address(), server.member().port());
    }
  }

  boolean isHealthy(ServerLine server) {
    return healthy.getOrDefault(Destination.of(server), false);
  }

  boolean isUnknown(ServerLine server) {
    return !healthy.containsKey(Destination.of(server));
  }

  /** Takes over what a process says about its servers. */
  void learn(Statistics statistics, Collection<ServerLine> servers, Set<String> unproven) {
    Map<String, Statistics.Server> said =
        statistics.servers().stream()
            .collect(Collectors.toMap(Statistics.Server::fullName, Function.identity()));
    Map<Destination, Boolean> learned = new HashMap<>();
    for (ServerLine server : servers) {
      Statistics.Server row = said.get(server.fullName());
      // A disabled server is forgotten: when it is enabled again it starts as unknown.
      if (server.follows() || row == null || row.disabled()) continue;
      Destination destination = Destination.of(server);
      verdict(row, unproven)
          .or(() -> Optional.ofNullable(healthy.get(destination)))
          .ifPresent(verdict -> learned.merge(destination, verdict, Boolean::logicalOr));
    }
    healthy.clear();
    healthy.putAll(learned);
  }

  /** Empty while the process has not checked the server itself. */
  private static Optional<Boolean> verdict(Statistics.Server row, Set<String> unproven) {
    if (row.up()) return Optional.of(true);
    if (row.unchecked() || unproven.contains(row.fullName())) return Optional.empty();
    return Optional.of(false);
  }
}
