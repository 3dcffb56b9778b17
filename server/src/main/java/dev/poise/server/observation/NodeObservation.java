package dev.poise.server.observation;

import dev.poise.spec.Capabilities;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a node said last of itself.
 *
 * @param problems what is wrong with the node, in words
 * @param reportTime when the server got it, by the server's clock
 */
public record NodeObservation(
    NodeId node,
    long acceptedRevision,
    Capabilities capabilities,
    HeldRemovals heldRemovals,
    List<String> problems,
    Instant reportTime) {
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
}
