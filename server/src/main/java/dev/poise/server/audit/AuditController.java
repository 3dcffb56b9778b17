package dev.poise.server.audit;

import dev.poise.server.audit.AuditStore.Filter;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The audit log over HTTP. It can only be read. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Audit")
final class AuditController {
  private final AuditStore store;

  AuditController(AuditStore store) {
    this.store = store;
  }

  @GetMapping("/audit-events")
  @Listed(
      sort = {"createTime"},
      filter = {"userId", "actorId", "action", "requestId", "sourceAddress"})
  @Operation(
      summary = "List what was changed",
      description =
          "Administrators see every change in their tenant. A user sees what it did itself and what"
              + " was done to the things that the whole tenant sees. What a private certificate is"
              + " like is shown to its creator alone. For the newest first ask with"
              + " orderBy=createTime desc.",
      operationId = "listAuditEvents")
  Page<AuditEvent> list(
      Caller caller,
      PageRequest page,
      @Parameter(description = "The resource, or what it is a part of")
          @RequestParam(name = "resourceId", required = false)
          @Nullable String resource,
      @Parameter(description = "From this time on", example = "2026-01-31T12:00:00Z")
          @RequestParam(name = "since", required = false)
          @Nullable String since,
      @Parameter(description = "Before this time") @RequestParam(name = "until", required = false)
          @Nullable String until) {
    return store.page(
        caller, new Filter(resource, time("since", since), time("until", until)), page);
  }

  private static @Nullable Instant time(String name, @Nullable String text) {
    if (text == null) return null;
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException _) {
      throw new Refusal.Unreadable(
          ProblemType.BAD_REQUEST, name + " must be a time such as 2026-01-31T12:00:00Z.");
    }
  }
}
