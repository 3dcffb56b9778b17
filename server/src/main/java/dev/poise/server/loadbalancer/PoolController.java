package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.Pools.FoundPool;
import dev.poise.server.loadbalancer.Views.PoolView;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.Listing;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.PoolId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Pools over HTTP. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Pools")
final class PoolController {
  private final LoadBalancers loadBalancers;
  private final Pools pools;
  private final Statuses statuses;
  private final Mutations mutations;

  PoolController(LoadBalancers loadBalancers, Pools pools, Statuses statuses, Mutations mutations) {
    this.loadBalancers = loadBalancers;
    this.pools = pools;
    this.statuses = statuses;
    this.mutations = mutations;
  }

  @PostMapping("/load-balancers/{id}/pools")
  @Operation(
      summary = "Add a pool",
      description = "Several listeners can use it.",
      operationId = "createPool")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = PoolView.class)))
  ResponseEntity<Object> create(
      Mutation mutation, @PathVariable LoadBalancerId id, @RequestBody PoolInput input) {
    return mutations.perform(
        mutation,
        input,
        () -> pools.create(mutation.caller(), id, input),
        this::settle,
        made ->
            Answer.created(view(made), made.pool().version(), "/api/v1/pools/" + made.pool().id()));
  }

  @GetMapping("/load-balancers/{id}/pools")
  @Listed(
      sort = {"createTime", "name", "memberCount"},
      filter = {"name", "algorithm", "health", "ownerListenerId"})
  @Operation(summary = "List the pools of a load balancer", operationId = "listPools")
  Page<PoolView> list(Caller caller, @PathVariable LoadBalancerId id, PageRequest request) {
    LoadBalancer owner = loadBalancers.get(caller.tenant(), id);
    Status status = statuses.of(owner);
    return Listing.page(
        owner.pools().stream().map(it -> Views.pool(owner, it, status)).toList(),
        request,
        it -> it.id().text(),
        it -> it.id() + " " + it.name() + " " + it.remark());
  }

  @GetMapping("/pools/{id}")
  @Operation(summary = "Read a pool", operationId = "getPool")
  ResponseEntity<PoolView> get(Caller caller, @PathVariable PoolId id) {
    FoundPool found = pools.get(caller.tenant(), id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.pool().version())).body(view(found));
  }

  @PatchMapping("/pools/{id}")
  @Operation(
      summary = "Change a pool",
      description = "Checking begins anew at once with new settings of the health check.",
      operationId = "updatePool")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = PoolInput.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = PoolView.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable PoolId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> pools.patch(mutation.caller(), id, mutation.conditions(), patch),
        this::settle,
        after -> Answer.ok(view(after), after.pool().version()));
  }

  @DeleteMapping("/pools/{id}")
  @Operation(summary = "Delete a pool with its members", operationId = "deletePool")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable PoolId id) {
    return mutations.perform(
        mutation,
        null,
        () -> pools.delete(mutation.caller(), id, mutation.conditions()),
        statuses::awaitSettled,
        _ -> Answer.noContent());
  }

  private void settle(FoundPool found, Duration limit) {
    statuses.awaitSettled(found.loadBalancer(), limit);
  }

  private PoolView view(FoundPool found) {
    return Views.pool(found.loadBalancer(), found.pool(), statuses.of(found.loadBalancer()));
  }
}
