package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.PoolId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What deletions would come to. The deletions themselves ask the same questions. */
@RestController
@RequestMapping("/api/v1")
final class DeletionController {
  private static final String WHAT =
      "What would go, what would be let go of, and what stands in the way.";

  private final LoadBalancers loadBalancers;
  private final Listeners listeners;
  private final Pools pools;
  private final InstantSource clock;

  DeletionController(
      LoadBalancers loadBalancers, Listeners listeners, Pools pools, InstantSource clock) {
    this.loadBalancers = loadBalancers;
    this.listeners = listeners;
    this.pools = pools;
    this.clock = clock;
  }

  @GetMapping("/load-balancers/{id}:deletionPreview")
  @Tag(name = "Load balancers")
  @Operation(
      summary = "See what deleting a load balancer would come to",
      description = WHAT,
      operationId = "previewLoadBalancerDeletion")
  DeletionPreview loadBalancer(Caller caller, @PathVariable LoadBalancerId id) {
    LoadBalancer before = loadBalancers.get(caller.tenant(), id);
    List<Refusal> refusals = forbidden(caller, before);
    LoadBalancers.deletionRefusal(before).ifPresent(refusals::add);
    return DeletionPreview.ofWhole(refusals, before, before.deleted(clock.instant()));
  }

  @GetMapping("/listeners/{id}:deletionPreview")
  @Tag(name = "Listeners")
  @Operation(
      summary = "See what deleting a listener would come to",
      description = WHAT,
      operationId = "previewListenerDeletion")
  DeletionPreview listener(
      Caller caller,
      @PathVariable ListenerId id,
      @RequestParam(name = "removeMembers", defaultValue = "false") boolean removeMembers) {
    LoadBalancer before = listeners.get(caller.tenant(), id).loadBalancer();
    List<Refusal> refusals = forbidden(caller, before);
    Listeners.deletionRefusal(before, id, removeMembers).ifPresent(refusals::add);
    return DeletionPreview.of(refusals, before, before.without(id));
  }

  @GetMapping("/pools/{id}:deletionPreview")
  @Tag(name = "Pools")
  @Operation(
      summary = "See what deleting a pool would come to",
      description = WHAT,
      operationId = "previewPoolDeletion")
  DeletionPreview pool(Caller caller, @PathVariable PoolId id) {
    Pools.FoundPool found = pools.get(caller.tenant(), id);
    List<Refusal> refusals = forbidden(caller, found.loadBalancer());
    refusal(() -> found.loadBalancer().without(id)).ifPresent(refusals::add);
    return DeletionPreview.of(refusals, found.pool());
  }

  private static List<Refusal> forbidden(Caller caller, LoadBalancer loadBalancer) {
    List<Refusal> refusals = new ArrayList<>();
    refusal(() -> caller.requireMayChange(loadBalancer.creatorId())).ifPresent(refusals::add);
    return refusals;
  }

  private static Optional<Refusal> refusal(Runnable attempt) {
    try {
      attempt.run();
      return Optional.empty();
    } catch (Refusal refusal) {
      return Optional.of(refusal);
    }
  }
}
