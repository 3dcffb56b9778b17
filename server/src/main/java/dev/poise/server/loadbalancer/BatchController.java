package dev.poise.server.loadbalancer;

import dev.poise.server.platform.BatchInput;
import dev.poise.server.platform.BatchResults;
import dev.poise.server.platform.Batches;
import dev.poise.server.platform.Batches.Work;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.RuleId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.function.Function;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Many load balancers, listeners, rules or members at once, each with a result of its own. */
@RestController
@RequestMapping("/api/v1")
@ApiResponse(
    responseCode = "200",
    content = @Content(schema = @Schema(implementation = BatchResults.class)))
final class BatchController {
  private static final String EACH = "Each for itself; the answer tells what became of each.";
  private static final String TOGETHER =
      " Members of one load balancer are one change of it, if none of them is refused.";

  private final LoadBalancers loadBalancers;
  private final Listeners listeners;
  private final Pools pools;
  private final Rules rules;
  private final Statuses statuses;
  private final Batches batches;

  BatchController(
      LoadBalancers loadBalancers,
      Listeners listeners,
      Pools pools,
      Rules rules,
      Statuses statuses,
      Batches batches) {
    this.loadBalancers = loadBalancers;
    this.listeners = listeners;
    this.pools = pools;
    this.rules = rules;
    this.statuses = statuses;
    this.batches = batches;
  }

  @PostMapping("/load-balancers:batchDelete")
  @Tag(name = "Load balancers")
  @Operation(
      summary = "Delete load balancers",
      description = EACH,
      operationId = "batchDeleteLoadBalancers")
  ResponseEntity<Object> deleteLoadBalancers(Mutation mutation, @RequestBody BatchInput input) {
    return batches.perform(
        mutation,
        input,
        new Work<>(
            HttpStatus.ACCEPTED,
            ids ->
                loadBalancers.delete(
                    mutation.caller(),
                    id("load balancer", LoadBalancerId::new, ids.getFirst()),
                    Conditions.NONE),
            (_, _) -> {}));
  }

  @PostMapping("/listeners:batchDelete")
  @Tag(name = "Listeners")
  @Operation(
      summary = "Delete listeners",
      description = EACH + " One whose pool has members stays, unless removeMembers is true.",
      operationId = "batchDeleteListeners")
  ResponseEntity<Object> deleteListeners(
      Mutation mutation,
      @RequestBody BatchInput input,
      @RequestParam(name = "removeMembers", defaultValue = "false") boolean removeMembers) {
    return batches.perform(
        mutation,
        input,
        each(ids ->
            listeners.delete(
                mutation.caller(),
                id("listener", ListenerId::new, ids.getFirst()),
                Conditions.NONE,
                removeMembers)));
  }

  @PostMapping("/rules:batchDelete")
  @Tag(name = "Rules")
  @Operation(summary = "Delete rules", description = EACH, operationId = "batchDeleteRules")
  ResponseEntity<Object> deleteRules(Mutation mutation, @RequestBody BatchInput input) {
    return batches.perform(
        mutation,
        input,
        each(ids ->
            rules.delete(
                mutation.caller(), id("rule", RuleId::new, ids.getFirst()), Conditions.NONE)));
  }

  @PostMapping("/members:batchDelete")
  @Tag(name = "Members")
  @Operation(
      summary = "Delete members",
      description = EACH + TOGETHER,
      operationId = "batchDeleteMembers")
  ResponseEntity<Object> deleteMembers(Mutation mutation, @RequestBody BatchInput input) {
    return members(
        mutation, input, HttpStatus.NO_CONTENT, ids -> pools.deleteAll(mutation.caller(), ids));
  }

  @PostMapping("/members:batchEnable")
  @Tag(name = "Members")
  @Operation(
      summary = "Enable members",
      description = EACH + TOGETHER,
      operationId = "batchEnableMembers")
  ResponseEntity<Object> enable(Mutation mutation, @RequestBody BatchInput input) {
    return setModes(mutation, input, MemberMode.ENABLED);
  }

  @PostMapping("/members:batchDisable")
  @Tag(name = "Members")
  @Operation(
      summary = "Disable members",
      description = EACH + TOGETHER,
      operationId = "batchDisableMembers")
  ResponseEntity<Object> disable(Mutation mutation, @RequestBody BatchInput input) {
    return setModes(mutation, input, MemberMode.DISABLED);
  }

  @PostMapping("/members:batchDrain")
  @Tag(name = "Members")
  @Operation(
      summary = "Drain members",
      description = EACH + TOGETHER,
      operationId = "batchDrainMembers")
  ResponseEntity<Object> drain(Mutation mutation, @RequestBody BatchInput input) {
    return setModes(mutation, input, MemberMode.DRAINING);
  }

  private ResponseEntity<Object> setModes(Mutation mutation, BatchInput input, MemberMode mode) {
    return members(
        mutation, input, HttpStatus.OK, ids -> pools.setModes(mutation.caller(), ids, mode));
  }

  private ResponseEntity<Object> members(
      Mutation mutation,
      BatchInput input,
      HttpStatus done,
      Function<List<MemberId>, LoadBalancer> change) {
    return batches.perform(
        mutation,
        input,
        ids -> pools.byLoadBalancer(mutation.caller().tenant(), ids),
        new Work<>(
            done,
            ids ->
                change.apply(ids.stream().map(text -> id("member", MemberId::new, text)).toList()),
            statuses::awaitSettled));
  }

  private Work<LoadBalancer> each(Function<List<String>, LoadBalancer> change) {
    return new Work<>(HttpStatus.NO_CONTENT, change, statuses::awaitSettled);
  }

  private static <I> I id(String noun, Function<String, I> read, String text) {
    try {
      return read.apply(text);
    } catch (IllegalArgumentException _) {
      throw new Refusal.NotFound(noun + " with the id '" + text + "'");
    }
  }
}
