package dev.poise.server.network;

import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.IpAddress;
import org.springframework.stereotype.Component;

/**
 * Gives out the addresses of subnets. What keeps an address from being given out twice is the
 * primary key of its row: two callers may find the same address free, one of them inserts it, the
 * other one looks again.
 */
@Component
public final class Addresses {
  private static final int MOST_TRIES = 50;

  private final NetworkStore store;

  Addresses(NetworkStore store) {
    this.store = store;
  }

  /**
   * Takes the lowest free address for a holder.
   *
   * @throws Refusal.Conflict if none is free
   */
  public IpAddress takeAny(TenantId tenant, Subnet subnet, String holder) {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      IpAddress free =
          store
              .lowestFree(tenant, subnet)
              .orElseThrow(() ->
                  new Refusal.Conflict(
                      ProblemType.ADDRESS_EXHAUSTED,
                      "Every address of " + subnet.cidr() + " is given out."));
      if (store.take(tenant, subnet.id(), free, holder)) return free;
    }
    throw new Refusal.Unavailable(
        "Too many want an address of " + subnet.cidr() + " at once; try again.");
  }

  /**
   * Takes a certain address for a holder.
   *
   * @throws Refusal.Invalid if it is not one of the subnet's
   * @throws Refusal.Conflict if somebody has it
   */
  public IpAddress take(TenantId tenant, Subnet subnet, IpAddress address, String holder) {
    if (!subnet.cidr().gives(address)) {
      throw new Refusal.Invalid(
          "/address",
          ProblemType.VALIDATION_FAILED,
          "%s is not an address for use in %s (%s to %s)."
              .formatted(address, subnet.cidr(), subnet.cidr().lowest(), subnet.cidr().highest()));
    }
    if (!store.take(tenant, subnet.id(), address, holder)) {
      throw new Refusal.Conflict(
          ProblemType.ADDRESS_IN_USE, "The address " + address + " is in use.");
    }
    return address;
  }

  /** Frees what the holder has. */
  public void release(TenantId tenant, String holder) {
    store.release(tenant, holder);
  }
}
