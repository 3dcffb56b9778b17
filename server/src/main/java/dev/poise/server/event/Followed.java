package dev.poise.server.event;

import org.jspecify.annotations.Nullable;

/** A thing of which those who follow changes are told more than its id. */
public interface Followed {
  /** What they are told. */
  About about();

  /**
   * What is told of a thing.
   *
   * @param loadBalancerId the load balancer it is, or is a part of
   * @param generation of that load balancer
   * @param privateTo the only user who is told of it; everybody of the tenant if absent
   */
  record About(
      @Nullable String loadBalancerId, @Nullable Long generation, @Nullable String privateTo) {
    /** Nothing but the id, to everybody. */
    public static final About NOTHING = new About(null, null, null);
  }
}
