package dev.poise.server.audit;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Something that was changed, by whom and from where. */
@Schema(name = "AuditEvent")
record AuditEvent(
    String id,
    Instant createTime,
    @Schema(description = "The user, or system for what the server did by itself") String userId,
    @Schema(description = "The API key or session it was done with") String actorId,
    String sourceAddress,
    String requestId,
    @Schema(description = "Noun and verb", example = "member.update") String action,
    String resourceId,
    @Schema(description = "The load balancer that the resource is a part of")
        @Nullable String partOfId,
    @Schema(
            description =
                "What the change changed, as it was; the whole resource if it was deleted. Secrets"
                    + " are hidden, and so is what belongs to somebody else's private certificate")
        @Nullable JsonNode before,
    @Schema(description = "The same as it is since; the whole resource if it was made")
        @Nullable JsonNode after) {}
