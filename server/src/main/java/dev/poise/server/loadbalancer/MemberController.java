package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.Pools.FoundMember;
import dev.poise.server.loadbalancer.Pools.FoundPool;
import dev.poise.server.loadbalancer.Views.ChecksView;
import dev.poise.server.loadbalancer.Views.MemberView;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.Listing;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.PoolId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Members over HTTP. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Members")
final class MemberController {
  private final Pools pools;
  private final Statuses statuses;
  private final Mutations mutations;

  MemberController(Pools pools, Statuses statuses, Mutations mutations) {
    this.pools = pools;
    this.statuses = statuses;
    this.mutations = mutations;
  }

  /** All members a pool shall have. */
  @Schema(name = "MemberSet")
  @ConsistentBody
  record MemberSet(
      @NotNull(message = "is required") @Size(max = LoadBalancer.MOST_MEMBERS)
          List<@NotNull(message = "is required") @Valid MemberInput> members)
      implements ConsistentBody.Checked {
    @Override
    public List<Fault> contradictions() {
      return new PoolInput(null, null, null, null, null, members).contradictions();
    }
  }

  @PostMapping("/pools/{id}/members")
  @Operation(
      summary = "Add a member",
      description = "It gets traffic when it passed its first health check.",
      operationId = "createMember")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = MemberView.class)))
  ResponseEntity<Object> create(
      Mutation mutation, @PathVariable PoolId id, @RequestBody MemberInput input) {
    return mutations.perform(
        mutation,
        input,
        () -> pools.addMember(mutation.caller(), id, input),
        this::settle,
        made ->
            Answer.created(
                view(made), made.member().version(), "/api/v1/members/" + made.member().id()));
  }

  @GetMapping("/pools/{id}/members")
  @Listed(
      sort = {"createTime", "name", "address", "port", "weight", "health", "activeConnections"},
      filter = {"name", "address", "port", "mode", "health"})
  @Operation(summary = "List the members of a pool", operationId = "listMembers")
  Page<MemberView> list(Caller caller, @PathVariable PoolId id, PageRequest request) {
    return Listing.page(
        views(pools.get(caller.tenant(), id)),
        request,
        it -> it.id().text(),
        it -> it.id() + " " + it.name() + " " + it.remark() + " " + it.address() + ":" + it.port());
  }

  @PutMapping("/pools/{id}/members")
  @Operation(
      summary = "Replace the members of a pool",
      description = "A member whose address and port are in the new set stays the same member.",
      operationId = "replaceMembers")
  ResponseEntity<Object> replace(
      Mutation mutation, @PathVariable PoolId id, @RequestBody MemberSet input) {
    return mutations.perform(
        mutation,
        input,
        () -> pools.replaceMembers(mutation.caller(), id, input.members()),
        (found, limit) -> statuses.awaitSettled(found.loadBalancer(), limit),
        found -> {
          List<MemberView> all = views(found);
          return Answer.ok(new Page<>(all, null, all.size()), 0);
        });
  }

  @GetMapping("/members/{id}")
  @Operation(summary = "Read a member", operationId = "getMember")
  ResponseEntity<MemberView> get(Caller caller, @PathVariable MemberId id) {
    FoundMember found = pools.get(caller.tenant(), id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.member().version())).body(view(found));
  }

  @GetMapping("/members/{id}/checks")
  @Operation(
      summary = "Read what health checks of a member found",
      description = "For each node of the cluster the last result, since when it is so, and why.",
      operationId = "getMemberChecks")
  ChecksView checks(Caller caller, @PathVariable MemberId id) {
    FoundMember found = pools.get(caller.tenant(), id);
    return Views.checks(found.pool(), statuses.checks(found.loadBalancer(), id));
  }

  @PatchMapping("/members/{id}")
  @Operation(
      summary = "Change a member",
      description = "Established connections live on; new ones see the change.",
      operationId = "updateMember")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = MemberInput.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = MemberView.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable MemberId id, @RequestBody MergePatch patch) {
    return changed(
        mutation, () -> pools.patch(mutation.caller(), id, mutation.conditions(), patch));
  }

  @PostMapping("/members/{id}:enable")
  @Operation(
      summary = "Enable a member",
      description = "It is checked first and gets traffic when it passes.",
      operationId = "enableMember")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = MemberView.class)))
  ResponseEntity<Object> enable(Mutation mutation, @PathVariable MemberId id) {
    return setMode(mutation, id, MemberMode.ENABLED);
  }

  @PostMapping("/members/{id}:disable")
  @Operation(
      summary = "Disable a member",
      description = "It gets nothing new and is not checked; what it serves goes on.",
      operationId = "disableMember")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = MemberView.class)))
  ResponseEntity<Object> disable(Mutation mutation, @PathVariable MemberId id) {
    return setMode(mutation, id, MemberMode.DISABLED);
  }

  @PostMapping("/members/{id}:drain")
  @Operation(
      summary = "Drain a member",
      description = "It gets nothing new; when what it serves is finished, it is disabled.",
      operationId = "drainMember")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = MemberView.class)))
  ResponseEntity<Object> drain(Mutation mutation, @PathVariable MemberId id) {
    return setMode(mutation, id, MemberMode.DRAINING);
  }

  @DeleteMapping("/members/{id}")
  @Operation(summary = "Delete a member", operationId = "deleteMember")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable MemberId id) {
    return mutations.perform(
        mutation,
        null,
        () -> pools.delete(mutation.caller(), id, mutation.conditions()),
        statuses::awaitSettled,
        _ -> Answer.noContent());
  }

  private ResponseEntity<Object> setMode(Mutation mutation, MemberId id, MemberMode mode) {
    return changed(
        mutation, () -> pools.setMode(mutation.caller(), id, mutation.conditions(), mode));
  }

  private ResponseEntity<Object> changed(Mutation mutation, Supplier<FoundMember> change) {
    return mutations.perform(
        mutation,
        null,
        change,
        this::settle,
        after -> Answer.ok(view(after), after.member().version()));
  }

  private List<MemberView> views(FoundPool found) {
    Status status = statuses.of(found.loadBalancer());
    return found.pool().members().stream()
        .map(member -> Views.member(found.loadBalancer(), found.pool(), member, status))
        .toList();
  }

  private void settle(FoundMember found, Duration limit) {
    statuses.awaitSettled(found.loadBalancer(), limit);
  }

  private MemberView view(FoundMember found) {
    return Views.member(
        found.loadBalancer(), found.pool(), found.member(), statuses.of(found.loadBalancer()));
  }
}
