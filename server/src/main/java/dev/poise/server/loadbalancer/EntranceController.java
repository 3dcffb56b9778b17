package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.Views.LoadBalancerView;
import dev.poise.server.network.ElasticIpId;
import dev.poise.server.network.ElasticIps.Choice;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.spec.LoadBalancerId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The public entrance of load balancers over HTTP. */
@RestController
@RequestMapping("/api/v1/load-balancers")
@Tag(name = "Load balancers")
final class EntranceController {
  private final Entrances entrances;
  private final Statuses statuses;
  private final Mutations mutations;

  EntranceController(Entrances entrances, Statuses statuses, Mutations mutations) {
    this.entrances = entrances;
    this.statuses = statuses;
    this.mutations = mutations;
  }

  /** Which elastic IP a load balancer shall have from now on. */
  @Schema(name = "ElasticIpChoice")
  @ConsistentBody
  record ElasticIpChoice(
      @Schema(description = "An elastic IP of the tenant that is bound to nothing")
          @Nullable ElasticIpId elasticIpId,
      @Schema(description = "true: any free one of the data centre becomes the tenant's")
          @Nullable Boolean auto)
      implements ConsistentBody.Checked {
    @Override
    public List<Fault> contradictions() {
      return ElasticIpInput.contradictions("/elasticIpId", elasticIpId, auto);
    }

    Choice choice() {
      return new Choice(elasticIpId, "/elasticIpId");
    }
  }

  @PostMapping("/{id}:bindEip")
  @Operation(
      summary = "Give a load balancer an elastic IP",
      description = "While it serves; its listeners stay as they are.",
      operationId = "bindElasticIp")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = LoadBalancerView.class)))
  ResponseEntity<Object> bind(
      Mutation mutation, @PathVariable LoadBalancerId id, @RequestBody ElasticIpChoice body) {
    return changed(
        mutation,
        body,
        () -> entrances.bind(mutation.caller(), id, mutation.conditions(), body.choice()));
  }

  @PostMapping("/{id}:unbindEip")
  @Operation(
      summary = "Take the elastic IP of a load balancer away",
      description =
          "New connections to it are refused, open ones live on; its private address is not"
              + " touched. The elastic IP stays the tenant's.",
      operationId = "unbindElasticIp")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = LoadBalancerView.class)))
  ResponseEntity<Object> unbind(Mutation mutation, @PathVariable LoadBalancerId id) {
    return changed(
        mutation, null, () -> entrances.unbind(mutation.caller(), id, mutation.conditions()));
  }

  @PostMapping("/{id}:swapEip")
  @Operation(
      summary = "Give a load balancer another elastic IP",
      description = "In one step: it is never without.",
      operationId = "swapElasticIp")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = LoadBalancerView.class)))
  ResponseEntity<Object> swap(
      Mutation mutation, @PathVariable LoadBalancerId id, @RequestBody ElasticIpChoice body) {
    return changed(
        mutation,
        body,
        () -> entrances.swap(mutation.caller(), id, mutation.conditions(), body.choice()));
  }

  private ResponseEntity<Object> changed(
      Mutation mutation, @Nullable Object body, Supplier<LoadBalancer> change) {
    return mutations.perform(
        mutation,
        body,
        change,
        statuses::awaitSettled,
        after -> Answer.ok(Views.loadBalancer(after, statuses.of(after)), after.version()));
  }
}
