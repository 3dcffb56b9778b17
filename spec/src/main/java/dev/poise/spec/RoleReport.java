package dev.poise.spec;

import java.time.Instant;

/**
 * What a node is in its cluster.
 *
 * @param since when it became that
 * @param why it became that, in words
 */
public record RoleReport(Role role, Instant since, String why) {

  /** What a node can be. */
  public enum Role {
    /** It has the addresses. */
    PRIMARY,
    /** It is ready to take them. */
    BACKUP,
    /** It cannot take them, or was told not to. */
    FAULT,
    /** Nodes of this cluster do not move addresses, see {@link Redundancy.None}. */
    NONE,
    /** It was not asked yet, or does not know. */
    UNKNOWN
  }
}
