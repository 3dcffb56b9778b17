package dev.poise.spec;

import java.util.List;

/**
 * Load balancers that a manifest left out without a tombstone, too many to believe it at once: the
 * node goes on serving them until an operator confirms. Empty when nothing is held.
 *
 * @param revision the manifest that left them out, 0 when nothing is held
 */
public record HeldRemovals(long revision, List<LoadBalancerId> loadBalancers) {
  /** Nothing is held. */
  public static final HeldRemovals NONE = new HeldRemovals(0, List.of());

  public HeldRemovals {
    loadBalancers = List.copyOf(loadBalancers);
  }
}
