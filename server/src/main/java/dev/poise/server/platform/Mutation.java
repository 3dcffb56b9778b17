package dev.poise.server.platform;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a caller wants a change to be made.
 *
 * @param address method and path, which an idempotency key belongs to
 * @param idempotencyKey makes a repetition of the request answer what the first one did
 * @param dryRun validate all, change nothing
 * @param holdFor how long to hold the answer until the change runs on every live node
 */
public record Mutation(
    Caller caller,
    String address,
    Conditions conditions,
    @Nullable String idempotencyKey,
    boolean dryRun,
    Duration holdFor) {

  /** The same without an idempotency key, for answers with a secret, which must not be stored. */
  public Mutation withoutKey() {
    return new Mutation(caller, address, conditions, null, dryRun, holdFor);
  }
}
