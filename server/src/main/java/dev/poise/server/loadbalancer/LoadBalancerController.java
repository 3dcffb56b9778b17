package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.Views.LoadBalancerItem;
import dev.poise.server.loadbalancer.Views.LoadBalancerView;
import dev.poise.server.loadbalancer.Views.StatusTree;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.spec.LoadBalancerId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Load balancers over HTTP. */
@RestController
@RequestMapping("/api/v1/load-balancers")
@Tag(name = "Load balancers")
final class LoadBalancerController {
  private final LoadBalancers loadBalancers;
  private final LoadBalancerLists lists;
  private final Statuses statuses;
  private final Mutations mutations;

  LoadBalancerController(
      LoadBalancers loadBalancers,
      LoadBalancerLists lists,
      Statuses statuses,
      Mutations mutations) {
    this.loadBalancers = loadBalancers;
    this.lists = lists;
    this.statuses = statuses;
    this.mutations = mutations;
  }

  @PostMapping
  @Operation(
      summary = "Make a load balancer",
      description =
          "With its listeners, pools and members in one transaction: all of it or nothing.",
      operationId = "createLoadBalancer")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = LoadBalancerView.class)))
  ResponseEntity<Object> create(Mutation mutation, @RequestBody LoadBalancerInput input) {
    return mutations.perform(
        mutation,
        input,
        () -> loadBalancers.create(mutation.caller(), input),
        statuses::awaitSettled,
        made -> Answer.created(view(made), made.version(), "/api/v1/load-balancers/" + made.id()));
  }

  @GetMapping
  @Operation(
      summary = "List load balancers",
      description = "The text q is looked for in domains of rules and certificates too.",
      operationId = "listLoadBalancers")
  @Listed(
      sort = {
        "createTime",
        "name",
        "address",
        "type",
        "vpcName",
        "subnetName",
        "clusterModel",
        "listenerCount",
        "state",
        "health",
        "updateTime"
      },
      filter = {
        "name",
        "address",
        "type",
        "networkType",
        "state",
        "health",
        "dataCenterId",
        "vpcId",
        "subnetId",
        "clusterId",
        "clusterModel",
        "securityGroupId",
        "creatorId",
        "deletionProtection"
      })
  Page<LoadBalancerItem> list(Caller caller, PageRequest request) {
    return lists.page(caller.tenant(), request);
  }

  @GetMapping("/{id}")
  @Operation(summary = "Read a load balancer", operationId = "getLoadBalancer")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = LoadBalancerView.class)))
  ResponseEntity<LoadBalancerView> get(Caller caller, @PathVariable LoadBalancerId id) {
    LoadBalancer found = loadBalancers.get(caller.tenant(), id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.version())).body(view(found));
  }

  @GetMapping("/{id}/status-tree")
  @Operation(
      summary = "Read all of a load balancer and how it does",
      description = "Its listeners, pools and members with their health and the reason for it.",
      operationId = "getLoadBalancerStatusTree")
  StatusTree statusTree(Caller caller, @PathVariable LoadBalancerId id) {
    LoadBalancer found = loadBalancers.get(caller.tenant(), id);
    return Views.tree(found, statuses.of(found));
  }

  @PatchMapping("/{id}")
  @Operation(summary = "Change a load balancer", operationId = "updateLoadBalancer")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = LoadBalancerInput.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = LoadBalancerView.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable LoadBalancerId id, @RequestBody MergePatch patch) {
    return changed(
        mutation, () -> loadBalancers.patch(mutation.caller(), id, mutation.conditions(), patch));
  }

  @DeleteMapping("/{id}")
  @Operation(
      summary = "Delete a load balancer",
      description =
          "With all that belongs to it. It is DELETING until every node let go of it, then gone.",
      operationId = "deleteLoadBalancer")
  @ApiResponse(
      responseCode = "202",
      content = @Content(schema = @Schema(implementation = LoadBalancerView.class)))
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable LoadBalancerId id) {
    return mutations.perform(
        mutation,
        null,
        () -> loadBalancers.delete(mutation.caller(), id, mutation.conditions()),
        deleted -> new Answer(HttpStatus.ACCEPTED, view(deleted), deleted.version(), null));
  }

  private ResponseEntity<Object> changed(Mutation mutation, Supplier<LoadBalancer> change) {
    return mutations.perform(
        mutation,
        null,
        change,
        statuses::awaitSettled,
        after -> Answer.ok(view(after), after.version()));
  }

  private LoadBalancerView view(LoadBalancer loadBalancer) {
    return Views.loadBalancer(loadBalancer, statuses.of(loadBalancer));
  }
}
