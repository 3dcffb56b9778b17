package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.GroupRuleChanges.Changed;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.securitygroup.GroupRuleId;
import dev.poise.server.securitygroup.GroupRuleInput;
import dev.poise.server.securitygroup.GroupRuleView;
import dev.poise.server.securitygroup.SecurityGroup;
import dev.poise.server.securitygroup.SecurityGroupId;
import dev.poise.server.securitygroup.SecurityGroups.Ruled;
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
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What is done to the rules of security groups, and so to the load balancers they are bound to. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Security groups")
final class GroupRuleController {
  private static final String LIVE =
      " Every load balancer it is bound to follows at once; connections of clients that are still"
          + " accepted live on, the others end.";

  private final GroupRuleChanges changes;
  private final Statuses statuses;
  private final Mutations mutations;

  GroupRuleController(GroupRuleChanges changes, Statuses statuses, Mutations mutations) {
    this.changes = changes;
    this.statuses = statuses;
    this.mutations = mutations;
  }

  /** All rules of a group. */
  @Schema(name = "SecurityGroupRules")
  record RulesInput(
      @NotNull(message = "is required") @Size(max = 200)
          List<@NotNull(message = "is required") @Valid GroupRuleInput> rules) {}

  /** All rules of a group as they are answered. */
  @Schema(name = "SecurityGroupRuleSet")
  record RulesView(List<GroupRuleView> rules) {}

  @PostMapping("/security-groups/{id}/rules")
  @Operation(
      summary = "Add a rule to a security group",
      description = "The first rule that fits decides, by priority." + LIVE,
      operationId = "createSecurityGroupRule")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = GroupRuleView.class)))
  ResponseEntity<Object> create(
      Mutation mutation, @PathVariable SecurityGroupId id, @RequestBody GroupRuleInput input) {
    return mutations.perform(
        mutation,
        input,
        () -> changes.add(mutation.caller(), id, input),
        this::settle,
        made ->
            Answer.created(
                view(made),
                made.result().rule().version(),
                "/api/v1/security-group-rules/" + made.result().rule().id()));
  }

  @PutMapping("/security-groups/{id}/rules")
  @Operation(
      summary = "Replace the rules of a security group",
      description = "In one step. A rule that says the same as one before keeps its id." + LIVE,
      operationId = "replaceSecurityGroupRules")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = RulesView.class)))
  ResponseEntity<Object> replace(
      Mutation mutation, @PathVariable SecurityGroupId id, @RequestBody RulesInput input) {
    return mutations.perform(
        mutation,
        input,
        () -> changes.replace(mutation.caller(), id, mutation.conditions(), input.rules()),
        this::settle,
        changed -> Answer.ok(view(changed.result()), changed.result().version()));
  }

  @PatchMapping("/security-group-rules/{id}")
  @Operation(
      summary = "Change a rule of a security group",
      description = LIVE,
      operationId = "updateSecurityGroupRule")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = GroupRuleInput.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = GroupRuleView.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable GroupRuleId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> changes.patch(mutation.caller(), id, mutation.conditions(), patch),
        this::settle,
        after -> Answer.ok(view(after), after.result().rule().version()));
  }

  @DeleteMapping("/security-group-rules/{id}")
  @Operation(
      summary = "Delete a rule of a security group",
      description = LIVE,
      operationId = "deleteSecurityGroupRule")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable GroupRuleId id) {
    return mutations.perform(
        mutation,
        null,
        () -> changes.delete(mutation.caller(), id, mutation.conditions()),
        this::settle,
        _ -> Answer.noContent());
  }

  private <T> void settle(Changed<T> changed, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    for (LoadBalancer after : changed.loadBalancers())
      statuses.awaitSettled(after, Duration.ofNanos(end - System.nanoTime()));
  }

  private static GroupRuleView view(Changed<Ruled> changed) {
    return GroupRuleView.of(changed.result().group(), changed.result().rule());
  }

  private static RulesView view(SecurityGroup group) {
    return new RulesView(
        group.rules().rules().stream().map(rule -> GroupRuleView.of(group, rule)).toList());
  }
}
