package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.Listeners.Found;
import dev.poise.server.loadbalancer.Views.ListenerView;
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
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
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
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Listeners over HTTP. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Listeners")
final class ListenerController {
  private final LoadBalancers loadBalancers;
  private final Listeners listeners;
  private final Statuses statuses;
  private final Mutations mutations;

  ListenerController(
      LoadBalancers loadBalancers, Listeners listeners, Statuses statuses, Mutations mutations) {
    this.loadBalancers = loadBalancers;
    this.listeners = listeners;
    this.statuses = statuses;
    this.mutations = mutations;
  }

  @PostMapping("/load-balancers/{id}/listeners")
  @Operation(
      summary = "Add a listener",
      description = "Without a pool named it gets an empty one of its own.",
      operationId = "createListener")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = ListenerView.class)))
  ResponseEntity<Object> create(
      Mutation mutation, @PathVariable LoadBalancerId id, @RequestBody ListenerInput input) {
    return mutations.perform(
        mutation,
        input,
        () -> listeners.create(mutation.caller(), id, input),
        this::settle,
        made ->
            Answer.created(
                view(made),
                made.listener().version(),
                "/api/v1/listeners/" + made.listener().id()));
  }

  @GetMapping("/load-balancers/{id}/listeners")
  @Listed(
      sort = {"createTime", "name", "port", "protocol"},
      filter = {"name", "protocol", "port", "health", "defaultPoolId"})
  @Operation(summary = "List the listeners of a load balancer", operationId = "listListeners")
  Page<ListenerView> list(Caller caller, @PathVariable LoadBalancerId id, PageRequest request) {
    LoadBalancer owner = loadBalancers.get(caller.tenant(), id);
    Status status = statuses.of(owner);
    return Listing.page(
        owner.listeners().stream().map(it -> Views.listener(owner, it, status)).toList(),
        request,
        it -> it.id().text(),
        it -> it.id() + " " + it.name() + " " + it.remark() + " " + it.port());
  }

  @GetMapping("/listeners/{id}")
  @Operation(summary = "Read a listener", operationId = "getListener")
  ResponseEntity<ListenerView> get(Caller caller, @PathVariable ListenerId id) {
    Found found = listeners.get(caller.tenant(), id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.listener().version())).body(view(found));
  }

  @PatchMapping("/listeners/{id}")
  @Operation(
      summary = "Change a listener",
      description = "Established connections live on; new ones see the change.",
      operationId = "updateListener")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = ListenerInput.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ListenerView.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable ListenerId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> listeners.patch(mutation.caller(), id, mutation.conditions(), patch),
        this::settle,
        after -> Answer.ok(view(after), after.listener().version()));
  }

  @DeleteMapping("/listeners/{id}")
  @Operation(
      summary = "Delete a listener",
      description = "Refused while its default pool has members, unless removeMembers is true.",
      operationId = "deleteListener")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(
      Mutation mutation,
      @PathVariable ListenerId id,
      @RequestParam(name = "removeMembers", defaultValue = "false") boolean removeMembers) {
    return mutations.perform(
        mutation,
        null,
        () -> listeners.delete(mutation.caller(), id, mutation.conditions(), removeMembers),
        statuses::awaitSettled,
        _ -> Answer.noContent());
  }

  private void settle(Found found, Duration limit) {
    statuses.awaitSettled(found.loadBalancer(), limit);
  }

  private ListenerView view(Found found) {
    return Views.listener(
        found.loadBalancer(), found.listener(), statuses.of(found.loadBalancer()));
  }
}
