package dev.poise.server.loadbalancer;

/** Where a load balancer is in its life. Computed whenever it is asked for, never stored. */
public enum State {
  /** No node serves it yet. */
  CREATING,
  /** Every live node says that it serves what is asked. */
  ACTIVE,
  /** A live node still serves something older. */
  UPDATING,
  /** A live node refuses what is asked, and serves what it served before. */
  FAILED,
  /** No node has been heard of lately: it probably serves as before, but nobody can tell. */
  STALE,
  /** It is being removed from the nodes. */
  DELETING
}
