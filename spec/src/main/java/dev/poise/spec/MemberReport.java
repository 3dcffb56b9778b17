package dev.poise.spec;

import java.time.Instant;

/**
 * How a member does, seen from one node.
 *
 * @param reason why it is in that health, in words: {@code HTTP 503, expected 200-399} or {@code
 *     connection refused}
 * @param since when it got into that health, to about a second
 * @param activeConnections connections (TCP) or requests (HTTP) it serves now, those of processes
 *     that are being replaced included
 * @param connections how many it was given since the agent began to count
 * @param checkMillis how long the last check took
 */
public record MemberReport(
    MemberId id,
    Health health,
    String reason,
    Instant since,
    long activeConnections,
    long connections,
    long checkMillis) {

  /** The verdict of the checks. */
  public enum Health {
    /** Checks pass; it gets traffic if it is enabled. */
    HEALTHY,
    /** Checks fail. */
    UNHEALTHY,
    /** Not checked yet. */
    UNKNOWN,
    /** Disabled, so not checked. */
    DISABLED
  }
}
