package dev.poise.server.network;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Listed;
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
import org.springframework.web.bind.annotation.GetMapping;
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
        made -> Answer.created(made, 0, "/api/v1/data-centers/" + made.id()));
  }

  @GetMapping("/data-centers")
  @Listed(filter = "name")
  @Operation(summary = "List data centres", operationId = "listDataCenters")
  Page<DataCenter> dataCenters(PageRequest page) {
    return networks.dataCenters(page);
  }

  @GetMapping("/data-centers/{id}")
  @Operation(summary = "Read a data centre", operationId = "getDataCenter")
  DataCenter dataCenter(@PathVariable DataCenterId id) {
    return networks.dataCenter(id);
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
        made -> Answer.created(made, 0, "/api/v1/vpcs/" + made.id()));
  }

  @GetMapping("/vpcs")
  @Listed(filter = {"name", "dataCenterId"})
  @Operation(summary = "List VPCs", operationId = "listVpcs")
  Page<Vpc> vpcs(Caller caller, PageRequest page) {
    return networks.vpcs(caller, page);
  }

  @GetMapping("/vpcs/{id}")
  @Operation(summary = "Read a VPC", operationId = "getVpc")
  Vpc vpc(Caller caller, @PathVariable VpcId id) {
    return networks.vpc(caller, id);
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
        made -> Answer.created(made, 0, "/api/v1/subnets/" + made.id()));
  }

  @GetMapping("/subnets")
  @Listed(filter = {"name", "vpcId", "dataCenterId", "cidr"})
  @Operation(summary = "List subnets", operationId = "listSubnets")
  Page<Subnet> subnets(Caller caller, PageRequest page) {
    return networks.subnets(caller, page);
  }

  @GetMapping("/subnets/{id}")
  @Operation(summary = "Read a subnet", operationId = "getSubnet")
  Subnet subnet(Caller caller, @PathVariable SubnetId id) {
    return networks.subnet(caller, id);
  }
}
