package dev.poise.agent.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the processes of a load balancer said at one moment.
 *
 * @param live the one that listens
 * @param draining those that are being replaced
 * @param unaskedConnections what draining processes that cannot be asked have open, by {@code
 *     address:port} of the member
 * @param unproven full names of the servers that wait for their first check
 */
public record Reading(
    Optional<Live> live,
    List<OfProcess> draining,
    Map<String, Long> unaskedConnections,
    Set<String> unproven) {
  public Reading {
    draining = List.copyOf(draining);
    unaskedConnections = Map.copyOf(unaskedConnections);
    unproven = Set.copyOf(unproven);
  }

  /** The counters of one process. */
  public record OfProcess(ProcessIdentity process, Statistics statistics) {}

  /** The process that listens. */
  public record Live(OfProcess counters, long generation, Instant since) {}
}
