package dev.poise.server.quota;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.platform.TenantId;
import dev.poise.server.quota.QuotaViews.QuotasInput;
import dev.poise.server.quota.QuotaViews.QuotasView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Quotas over HTTP. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Quotas")
final class QuotaController {
  private final Quotas quotas;
  private final Mutations mutations;

  QuotaController(Quotas quotas, Mutations mutations) {
    this.quotas = quotas;
    this.mutations = mutations;
  }

  @GetMapping("/quotas")
  @Operation(summary = "Read how much your tenant may have, and has", operationId = "getQuotas")
  QuotasView mine(Caller caller) {
    return quotas.of(caller.tenant());
  }

  @GetMapping("/tenants/{id}/quotas")
  @Operation(
      summary = "Read how much a tenant may have, and has",
      description = "For platform administrators.",
      operationId = "getTenantQuotas")
  QuotasView get(Caller caller, @PathVariable TenantId id) {
    caller.requirePlatformAdmin();
    return quotas.of(id);
  }

  @PatchMapping("/tenants/{id}/quotas")
  @Operation(
      summary = "Change how much a tenant may have",
      description =
          "For platform administrators. A limit below what there is takes nothing away; it refuses"
              + " more.",
      operationId = "updateTenantQuotas")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = QuotasInput.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = QuotasView.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable TenantId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> quotas.patch(mutation.caller(), id, patch),
        after -> Answer.ok(after, 0));
  }
}
