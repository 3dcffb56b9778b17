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
import dev.poise.spec.VpcId;
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

/** Data centres, VPCs and subnets over HTTP. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Network")
final class NetworkController {
  private final Networks networks;
  private final Mutations mutations;

  NetworkController(Networks networks, Mutations mutations) {
    this.networks = networks;
    this.mutations = mutations;
  }

  @PostMapping("/data-centers")
  @Operation(summary = "Make a data centre", operationId = "createDataCenter")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = DataCenter.class)))
  ResponseEntity<Object> createDataCenter(Mutation mutation, @RequestBody DataCenter.Input input) {
    return mutations.perform(
        mutation,
        input,
        () -> networks.create(mutation.caller(), input),
        made -> Answer.created(made, made.version(), "/api/v1/data-centers/" + made.id()));
  }

  @GetMapping("/data-centers")
  @Listed(filter = "name")
  @Operation(summary = "List data centres", operationId = "listDataCenters")
  Page<DataCenter> dataCenters(PageRequest page) {
    return networks.dataCenters(page);
  }

  @GetMapping("/data-centers/{id}")
  @Operation(summary = "Read a data centre", operationId = "getDataCenter")
  ResponseEntity<DataCenter> dataCenter(@PathVariable DataCenterId id) {
    DataCenter found = networks.dataCenter(id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.version())).body(found);
  }

  @PatchMapping("/data-centers/{id}")
  @Operation(summary = "Change name or remark of a data centre", operationId = "updateDataCenter")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = DataCenter.Input.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = DataCenter.class)))
  ResponseEntity<Object> patchDataCenter(
      Mutation mutation, @PathVariable DataCenterId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> networks.patch(mutation.caller(), id, mutation.conditions(), patch),
        after -> Answer.ok(after, after.version()));
  }

  @DeleteMapping("/data-centers/{id}")
  @Operation(
      summary = "Delete a data centre",
      description = "Refused while anything is in it.",
      operationId = "deleteDataCenter")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> deleteDataCenter(Mutation mutation, @PathVariable DataCenterId id) {
    return mutations.perform(
        mutation,
        null,
        () -> networks.delete(mutation.caller(), id, mutation.conditions()),
        _ -> Answer.noContent());
  }

  @PostMapping("/vpcs")
  @Operation(summary = "Make a VPC", operationId = "createVpc")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = Vpc.class)))
  ResponseEntity<Object> createVpc(Mutation mutation, @RequestBody Vpc.Input input) {
    return mutations.perform(
        mutation,
        input,
        () -> networks.create(mutation.caller(), input),
        made -> Answer.created(made, made.version(), "/api/v1/vpcs/" + made.id()));
  }

  @GetMapping("/vpcs")
  @Listed(filter = {"name", "dataCenterId"})
  @Operation(summary = "List VPCs", operationId = "listVpcs")
  Page<Vpc> vpcs(Caller caller, PageRequest page) {
    return networks.vpcs(caller, page);
  }

  @GetMapping("/vpcs/{id}")
  @Operation(summary = "Read a VPC", operationId = "getVpc")
  ResponseEntity<Vpc> vpc(Caller caller, @PathVariable VpcId id) {
    Vpc found = networks.vpc(caller, id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.version())).body(found);
  }

  @DeleteMapping("/vpcs/{id}")
  @Operation(
      summary = "Delete a VPC",
      description = "Refused while it has subnets or instances.",
      operationId = "deleteVpc")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> deleteVpc(Mutation mutation, @PathVariable VpcId id) {
    return mutations.perform(
        mutation,
        null,
        () -> networks.delete(mutation.caller(), id, mutation.conditions()),
        _ -> Answer.noContent());
  }

  @PostMapping("/subnets")
  @Operation(summary = "Make a subnet", operationId = "createSubnet")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = Subnet.class)))
  ResponseEntity<Object> createSubnet(Mutation mutation, @RequestBody Subnet.Input input) {
    return mutations.perform(
        mutation,
        input,
        () -> networks.create(mutation.caller(), input),
        made -> Answer.created(made, made.version(), "/api/v1/subnets/" + made.id()));
  }

  @GetMapping("/subnets")
  @Listed(filter = {"name", "vpcId", "dataCenterId", "cidr"})
  @Operation(summary = "List subnets", operationId = "listSubnets")
  Page<Subnet> subnets(Caller caller, PageRequest page) {
    return networks.subnets(caller, page);
  }

  @GetMapping("/subnets/{id}")
  @Operation(summary = "Read a subnet", operationId = "getSubnet")
  ResponseEntity<Subnet> subnet(Caller caller, @PathVariable SubnetId id) {
    Subnet found = networks.subnet(caller, id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.version())).body(found);
  }

  @PatchMapping("/subnets/{id}")
  @Operation(summary = "Change name or remark of a subnet", operationId = "updateSubnet")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = Subnet.Input.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = Subnet.class)))
  ResponseEntity<Object> patchSubnet(
      Mutation mutation, @PathVariable SubnetId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> networks.patch(mutation.caller(), id, mutation.conditions(), patch),
        after -> Answer.ok(after, after.version()));
  }

  @DeleteMapping("/subnets/{id}")
  @Operation(
      summary = "Delete a subnet",
      description = "Refused while load balancers or instances have addresses of it.",
      operationId = "deleteSubnet")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> deleteSubnet(Mutation mutation, @PathVariable SubnetId id) {
    return mutations.perform(
        mutation,
        null,
        () -> networks.delete(mutation.caller(), id, mutation.conditions()),
        _ -> Answer.noContent());
  }
}
