package dev.poise.server.observation;

import dev.poise.spec.Capabilities;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.NodeId;
import dev.poise.spec.RoleReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a node said last of itself.
 *
 * @param problems what is wrong with the node, in words
 * @param role what it is in its cluster, in its own words and by its own clock
 * @param roleTime when it first said that it is that, by the server's clock
 * @param primaryTime when it last said that it is the primary, by the server's clock
 * @param target a revision of its cluster that it was found behind of, and when; if it keeps up,
 *     the newest one when it last reported
 * @param capturedTime when it said all this, by its own clock
 * @param reportTime when the server got it, by the server's clock
 */
public record NodeObservation(
    NodeId node,
    long acceptedRevision,
    long appliedRevision,
    Capabilities capabilities,
    HeldRemovals heldRemovals,
    List<String> problems,
    RoleReport role,
    Instant roleTime,
    Optional<Instant> primaryTime,
    Target target,
    Instant capturedTime,
    Instant reportTime) {
  /** A revision that a node should come to, and since when it should. */
  public record Target(long revision, Instant since) {}

  /**
   * A node reports at least every 3 s; silent for longer than this, nothing it said is taken for
   * true any more.
   */
  public static final Duration SILENT_AFTER = Duration.ofSeconds(10);

  static boolean isSilent(Instant reportTime, Instant now) {
    return !reportTime.plus(SILENT_AFTER).isAfter(now);
  }

  /** Whether the node was heard of lately. */
  public boolean isLive(Instant now) {
    return !isSilent(reportTime, now);
  }

  /** Whether it was heard of lately and says that it has the addresses of its cluster. */
  public boolean isPrimary(Instant now) {
    return isLive(now) && role.role() == RoleReport.Role.PRIMARY;
  }
}
