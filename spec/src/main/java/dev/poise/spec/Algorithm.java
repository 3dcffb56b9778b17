package dev.poise.spec;

/** How a member is chosen for a connection (TCP) or a request (HTTP). */
public enum Algorithm {
  /** In turn, by weight. */
  WEIGHTED_ROUND_ROBIN,
  /** The one with the fewest open connections for its weight. */
  LEAST_CONNECTIONS,
  /**
   * The same client address reaches the same member while the set of healthy members is the same.
   */
  SOURCE_IP
}
