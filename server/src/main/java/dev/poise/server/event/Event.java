package dev.poise.server.event;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change with its place in the stream of its tenant.
 *
 * @param id counts the events of the tenant
 */
@Schema(name = "Event")
record Event(
    @Schema(description = "Rises from event to event; what Last-Event-ID says") long id,
    Instant time,
    @Schema(example = "member") String kind,
    @Schema(description = "The id of the thing it is about") String resourceId,
    @Schema(description = "The load balancer it is, or is a part of")
        @Nullable String loadBalancerId,
    @Schema(description = "Of that load balancer") @Nullable Long generation,
    What what) {}
