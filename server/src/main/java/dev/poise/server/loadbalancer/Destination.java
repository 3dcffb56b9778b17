package dev.poise.server.loadbalancer;

import dev.poise.spec.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a member is.
 *
 * @param instance absent for a member that is an address and nothing else
 */
record Destination(IpAddress address, @Nullable InstanceLink instance) {
  /** Finds the destinations of the members of one body. */
  @FunctionalInterface
  interface Finder {
    /**
     * Where the member is.
     *
     * @param index of the member in the list it stands in
     */
    Destination find(MemberInput member, int index);
  }
}
