package dev.poise.server.securitygroup;

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
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Security groups over HTTP. What changes their rules changes load balancers too, and is therefore
 * not in this package.
 */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Security groups")
final class SecurityGroupController {
  private final SecurityGroups groups;
  private final Mutations mutations;

  SecurityGroupController(SecurityGroups groups, Mutations mutations) {
    this.groups = groups;
    this.mutations = mutations;
  }

  @PostMapping("/security-groups")
  @Operation(
      summary = "Make a security group",
      description = "With its rules. What no ingress rule accepts is rejected.",
      operationId = "createSecurityGroup")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = SecurityGroupView.class)))
  ResponseEntity<Object> create(Mutation mutation, @RequestBody SecurityGroupInput input) {
    return mutations.perform(
        mutation,
        input,
        () -> groups.create(mutation.caller(), input),
        made ->
            Answer.created(
                SecurityGroupView.of(made, List.of()),
                made.version(),
                "/api/v1/security-groups/" + made.id()));
  }

  @GetMapping("/security-groups")
  @Listed(filter = {"name", "dataCenterId", "creatorId"})
  @Operation(summary = "List security groups", operationId = "listSecurityGroups")
  Page<SecurityGroupView> list(Caller caller, PageRequest page) {
    Page<SecurityGroup> found = groups.list(caller, page);
    Map<SecurityGroupId, List<GroupUse>> uses = groups.usesOf(caller.tenant(), found.items());
    return found.map(
        group -> SecurityGroupView.inList(group, uses.getOrDefault(group.id(), List.of())));
  }

  @GetMapping("/security-groups/{id}")
  @Operation(summary = "Read a security group", operationId = "getSecurityGroup")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = SecurityGroupView.class)))
  ResponseEntity<SecurityGroupView> get(Caller caller, @PathVariable SecurityGroupId id) {
    SecurityGroup found = groups.get(caller.tenant(), id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.version())).body(view(found));
  }

  @PatchMapping("/security-groups/{id}")
  @Operation(summary = "Change name or remark", operationId = "updateSecurityGroup")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = SecurityGroupInput.Description.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = SecurityGroupView.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable SecurityGroupId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> groups.patch(mutation.caller(), id, mutation.conditions(), patch),
        after -> Answer.ok(view(after), after.version()));
  }

  @DeleteMapping("/security-groups/{id}")
  @Operation(
      summary = "Delete a security group",
      description = "Refused while it is bound to a load balancer.",
      operationId = "deleteSecurityGroup")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable SecurityGroupId id) {
    return mutations.perform(
        mutation,
        null,
        () -> groups.delete(mutation.caller(), id, mutation.conditions()),
        _ -> Answer.noContent());
  }

  @GetMapping("/security-groups/{id}/rules")
  @Listed(
      sort = {"priority"},
      filter = {"direction", "protocol", "action"})
  @Operation(
      summary = "List the rules of a security group",
      description = "In the order in which they decide.",
      operationId = "listSecurityGroupRules")
  Page<GroupRuleView> rules(Caller caller, @PathVariable SecurityGroupId id, PageRequest request) {
    SecurityGroup group = groups.get(caller.tenant(), id);
    return Listing.page(
        group.rules().rules().stream().map(rule -> GroupRuleView.of(group, rule)).toList(),
        request,
        rule -> rule.id().text(),
        rule ->
            "%04d %d"
                .formatted(rule.priority(), rule.action() == GroupRule.Decision.REJECT ? 0 : 1),
        rule -> rule.id() + " " + rule.description() + " " + rule.ports() + " " + rule.cidrs());
  }

  @GetMapping("/security-group-rules/{id}")
  @Operation(summary = "Read a rule of a security group", operationId = "getSecurityGroupRule")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = GroupRuleView.class)))
  ResponseEntity<GroupRuleView> rule(Caller caller, @PathVariable GroupRuleId id) {
    SecurityGroup group = groups.get(caller.tenant(), groups.groupOf(caller.tenant(), id));
    GroupRule rule = group.rule(id);
    return ResponseEntity.ok()
        .eTag(Conditions.etag(rule.version()))
        .body(GroupRuleView.of(group, rule));
  }

  @PostMapping("/security-groups/{id}:test")
  @Operation(
      summary = "See what becomes of a client",
      description = "Says which rule decides, and changes nothing.",
      operationId = "testSecurityGroup")
  GroupProbe.Verdict test(
      Caller caller, @PathVariable SecurityGroupId id, @RequestBody GroupProbe input) {
    return input.verdict(groups.get(caller.tenant(), id));
  }

  private SecurityGroupView view(SecurityGroup group) {
    return SecurityGroupView.of(group, groups.usesOf(group.tenant(), group.id()));
  }
}
