package dev.poise.server.loadbalancer;

import dev.poise.server.network.Networks;
import dev.poise.server.network.Networks.VpcChange;
import dev.poise.server.network.Vpc;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.spec.VpcId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Changes of VPCs over HTTP: here and not beside the rest, because nodes may have to be told. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Network")
final class VpcController {
  private final Networks networks;
  private final VpcNetworks onNodes;
  private final Mutations mutations;

  VpcController(Networks networks, VpcNetworks onNodes, Mutations mutations) {
    this.networks = networks;
    this.onNodes = onNodes;
    this.mutations = mutations;
  }

  @PatchMapping("/vpcs/{id}")
  @Operation(summary = "Change name, remark or peers of a VPC", operationId = "updateVpc")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = Vpc.Input.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = Vpc.class)))
  ResponseEntity<Object> patchVpc(
      Mutation mutation, @PathVariable VpcId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> changed(mutation, id, patch),
        after -> Answer.ok(after, after.version()));
  }

  private Vpc changed(Mutation mutation, VpcId id, MergePatch patch) {
    VpcChange change = networks.patch(mutation.caller(), id, mutation.conditions(), patch);
    if (!change.before().segment().equals(change.after().segment())) onNodes.changed(id);
    return change.after();
  }
}
