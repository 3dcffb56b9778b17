package dev.poise.server.network;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
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

/** Elastic IPs and their pools over HTTP. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Elastic IPs")
final class ElasticIpController {
  private final ElasticIps elasticIps;
  private final ElasticIpPools pools;
  private final Mutations mutations;

  ElasticIpController(ElasticIps elasticIps, ElasticIpPools pools, Mutations mutations) {
    this.elasticIps = elasticIps;
    this.pools = pools;
    this.mutations = mutations;
  }

  @PostMapping("/elastic-ip-pools")
  @Operation(
      summary = "Make a pool of elastic IPs",
      description = "For platform administrators.",
      operationId = "createElasticIpPool")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = ElasticIpPool.class)))
  ResponseEntity<Object> createPool(Mutation mutation, @RequestBody ElasticIpPool.Input input) {
    return mutations.perform(
        mutation,
        input,
        () -> pools.create(mutation.caller(), input),
        made -> Answer.created(made, made.version(), "/api/v1/elastic-ip-pools/" + made.id()));
  }

  @GetMapping("/elastic-ip-pools")
  @Listed(filter = {"name", "dataCenterId", "defaultRoute"})
  @Operation(summary = "List pools of elastic IPs", operationId = "listElasticIpPools")
  Page<ElasticIpPool> pools(PageRequest page) {
    return pools.list(page);
  }

  @GetMapping("/elastic-ip-pools/{id}")
  @Operation(summary = "Read a pool of elastic IPs", operationId = "getElasticIpPool")
  ResponseEntity<ElasticIpPool> pool(@PathVariable ElasticIpPoolId id) {
    ElasticIpPool found = pools.get(id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.version())).body(found);
  }

  @PatchMapping("/elastic-ip-pools/{id}")
  @Operation(
      summary = "Change name or remark of a pool of elastic IPs",
      description = "For platform administrators.",
      operationId = "updateElasticIpPool")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = ElasticIpPool.Input.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ElasticIpPool.class)))
  ResponseEntity<Object> patchPool(
      Mutation mutation, @PathVariable ElasticIpPoolId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> pools.patch(mutation.caller(), id, mutation.conditions(), patch),
        after -> Answer.ok(after, after.version()));
  }

  @DeleteMapping("/elastic-ip-pools/{id}")
  @Operation(
      summary = "Delete a pool of elastic IPs",
      description = "For platform administrators. Refused while tenants have elastic IPs of it.",
      operationId = "deleteElasticIpPool")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> deletePool(Mutation mutation, @PathVariable ElasticIpPoolId id) {
    return mutations.perform(
        mutation,
        null,
        () -> pools.delete(mutation.caller(), id, mutation.conditions()),
        _ -> Answer.noContent());
  }

  @PostMapping("/elastic-ips")
  @Operation(
      summary = "Allocate an elastic IP",
      description = "A free one, or a certain one; it is the tenant's until it is released.",
      operationId = "allocateElasticIp")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = ElasticIp.class)))
  ResponseEntity<Object> allocate(Mutation mutation, @RequestBody ElasticIp.Input input) {
    return mutations.perform(
        mutation,
        input,
        () -> elasticIps.allocate(mutation.caller(), input),
        made -> Answer.created(made, made.version(), "/api/v1/elastic-ips/" + made.id()));
  }

  @GetMapping("/elastic-ips")
  @Listed(
      sort = {"createTime", "name", "address"},
      filter = {"name", "address", "dataCenterId", "poolId", "loadBalancerId"})
  @Operation(summary = "List elastic IPs", operationId = "listElasticIps")
  Page<ElasticIp> elasticIps(Caller caller, PageRequest page) {
    return elasticIps.list(caller, page);
  }

  @GetMapping("/elastic-ips/{id}")
  @Operation(summary = "Read an elastic IP", operationId = "getElasticIp")
  ResponseEntity<ElasticIp> elasticIp(Caller caller, @PathVariable ElasticIpId id) {
    ElasticIp found = elasticIps.get(caller, id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.version())).body(found);
  }

  @PatchMapping("/elastic-ips/{id}")
  @Operation(summary = "Change name or remark of an elastic IP", operationId = "updateElasticIp")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = ElasticIp.Input.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ElasticIp.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable ElasticIpId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> elasticIps.patch(mutation.caller(), id, mutation.conditions(), patch),
        after -> Answer.ok(after, after.version()));
  }

  @DeleteMapping("/elastic-ips/{id}")
  @Operation(
      summary = "Release an elastic IP",
      description =
          "Refused while it is the entrance of a load balancer. Nobody gets the address before"
              + " every node let go of it.",
      operationId = "releaseElasticIp")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> release(Mutation mutation, @PathVariable ElasticIpId id) {
    return mutations.perform(
        mutation,
        null,
        () -> elasticIps.release(mutation.caller(), id, mutation.conditions()),
        _ -> Answer.noContent());
  }
}
