package dev.poise.server.identity;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.TenantId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tenants over HTTP, for platform administrators. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Tenants")
final class TenantController {
  private final Tenants tenants;
  private final Mutations mutations;

  TenantController(Tenants tenants, Mutations mutations) {
    this.tenants = tenants;
    this.mutations = mutations;
  }

  @Schema(name = "NewTenant")
  record NewTenantView(Tenant tenant, User mainAccount, SetUp setUp) {}

  @PostMapping("/tenants")
  @Operation(
      summary = "Make a tenant with its first administrator",
      description =
          "The answer has the token with which the administrator sets a password. It cannot be read"
              + " again.",
      operationId = "createTenant")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = NewTenantView.class)))
  ResponseEntity<Object> create(Mutation mutation, @RequestBody Tenant.Input input) {
    return mutations.perform(
        mutation.withoutKey(),
        input,
        () -> tenants.create(mutation.caller(), input),
        made ->
            Answer.created(
                new NewTenantView(
                    made.tenant(), made.mainAccount().user(), made.mainAccount().setUp()),
                made.tenant().version(),
                "/api/v1/tenants/" + made.tenant().id()));
  }

  @GetMapping("/tenants")
  @Listed(filter = {"name", "state"})
  @Operation(summary = "List tenants", operationId = "listTenants")
  Page<Tenant> list(Caller caller, PageRequest page) {
    return tenants.list(caller, page);
  }

  @GetMapping("/tenants/{id}")
  @Operation(
      summary = "Read a tenant",
      description = "Deleted ones too.",
      operationId = "getTenant")
  ResponseEntity<Tenant> get(Caller caller, @PathVariable TenantId id) {
    Tenant tenant = tenants.get(caller, id);
    return ResponseEntity.ok().eTag(Conditions.etag(tenant.version())).body(tenant);
  }

  @PatchMapping("/tenants/{id}")
  @Operation(summary = "Change a tenant's name or remark", operationId = "updateTenant")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = Tenant.Description.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = Tenant.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable TenantId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> tenants.patch(mutation.caller(), id, mutation.conditions(), patch),
        TenantController::answer);
  }

  @PostMapping("/tenants/{id}:disable")
  @Operation(
      summary = "Stop all sign-ins and keys of a tenant",
      description = "At once. Its load balancers go on serving.",
      operationId = "disableTenant")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = Tenant.class)))
  ResponseEntity<Object> disable(Mutation mutation, @PathVariable TenantId id) {
    return mutations.perform(
        mutation,
        null,
        () -> tenants.disable(mutation.caller(), id, mutation.conditions()),
        TenantController::answer);
  }

  @PostMapping("/tenants/{id}:enable")
  @Operation(summary = "Let a tenant's users in again", operationId = "enableTenant")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = Tenant.class)))
  ResponseEntity<Object> enable(Mutation mutation, @PathVariable TenantId id) {
    return mutations.perform(
        mutation,
        null,
        () -> tenants.enable(mutation.caller(), id, mutation.conditions()),
        TenantController::answer);
  }

  @DeleteMapping("/tenants/{id}")
  @Operation(
      summary = "Delete a tenant with its users",
      description = "Refused while it has anything else; the problem says what.",
      operationId = "deleteTenant")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable TenantId id) {
    return mutations.perform(
        mutation,
        null,
        () -> tenants.delete(mutation.caller(), id, mutation.conditions()),
        _ -> Answer.noContent());
  }

  private static Answer answer(Tenant tenant) {
    return Answer.ok(tenant, tenant.version());
  }
}
