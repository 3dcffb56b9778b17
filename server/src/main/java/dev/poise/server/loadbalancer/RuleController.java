package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.RuleViews.ExplanationView;
import dev.poise.server.loadbalancer.RuleViews.RuleView;
import dev.poise.server.loadbalancer.Rules.FoundRule;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Line;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.Listing;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.RuleId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

/** Content forwarding over HTTP. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Rules")
final class RuleController {
  /** Behind every domain name, since no name begins with a tilde. */
  private static final String LAST = "~";

  private final Listeners listeners;
  private final Rules rules;
  private final Statuses statuses;
  private final Mutations mutations;

  RuleController(Listeners listeners, Rules rules, Statuses statuses, Mutations mutations) {
    this.listeners = listeners;
    this.rules = rules;
    this.statuses = statuses;
    this.mutations = mutations;
  }

  /** A request to explain. */
  @Schema(name = "ExplanationInput")
  record ExplanationInput(
      @Schema(description = "The Host header", example = "shop.example.com")
          @NotNull(message = "is required")
          @Line(max = 300)
          String host,
      @Schema(description = "Path and query", example = "/api/v1?x=1")
          @NotNull(message = "is required")
          @Size(max = 8192)
          @Pattern(
              regexp = "/[!-~&&[^#]]*",
              message = "must begin with a slash and hold only what a request line can, no #")
          String path,
      @Schema(description = "The client's address") @Nullable IpAddress sourceIp) {}

  @PostMapping("/listeners/{id}/rules")
  @Operation(
      summary = "Add a rule",
      description =
          "For a domain, a path or both. An exact domain goes before the longest wildcard, that"
              + " before no domain; then the longest path decides.",
      operationId = "createRule")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = RuleView.class)))
  ResponseEntity<Object> create(
      Mutation mutation, @PathVariable ListenerId id, @RequestBody RuleInput input) {
    return mutations.perform(
        mutation,
        input,
        () -> rules.create(mutation.caller(), id, input),
        this::settle,
        made ->
            Answer.created(view(made), made.rule().version(), "/api/v1/rules/" + made.rule().id()));
  }

  @GetMapping("/listeners/{id}/rules")
  @Listed(
      sort = {"domain"},
      filter = {"domain", "path", "health"})
  @Operation(
      summary = "List the rules of a listener",
      description = "Grouped by domain and in their order; the default rule is last.",
      operationId = "listRules")
  Page<RuleView> list(Caller caller, @PathVariable ListenerId id, PageRequest request) {
    Listeners.Found found = listeners.get(caller.tenant(), id);
    requireHttp(found.listener());
    Status status = statuses.of(found.loadBalancer());
    List<RuleView> all = new ArrayList<>();
    for (Rule rule : found.listener().rules())
      all.add(RuleViews.rule(found.loadBalancer(), found.listener(), rule, status));
    all.add(RuleViews.defaultRule(found.loadBalancer(), found.listener(), status));
    return Listing.page(
        all,
        request,
        it -> it.id() == null ? LAST : it.id().text(),
        it ->
            it.id() == null
                ? LAST + LAST
                : (it.domain() == null ? LAST : it.domain())
                    + " "
                    + (it.path() == null ? "" : it.path()),
        it -> it.id() + " " + it.domain() + " " + it.path());
  }

  @DeleteMapping("/listeners/{id}/rules")
  @Operation(
      summary = "Delete all rules of a domain",
      description = "An empty domain means the rules without one.",
      operationId = "deleteRulesOfDomain")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> deleteDomain(
      Mutation mutation,
      @PathVariable ListenerId id,
      @RequestParam(name = "domain") String domain) {
    return mutations.perform(
        mutation,
        null,
        () -> rules.deleteDomain(mutation.caller(), id, domain),
        statuses::awaitSettled,
        _ -> Answer.noContent());
  }

  @PostMapping("/listeners/{id}:explain")
  @Operation(
      summary = "Say where a request would go",
      description =
          "Which rule decides and why, which members may get the request and why others may not.",
      operationId = "explainRoute")
  ExplanationView explain(
      Caller caller, @PathVariable ListenerId id, @RequestBody ExplanationInput input) {
    Listeners.Found found = listeners.get(caller.tenant(), id);
    requireHttp(found.listener());
    Status status = statuses.of(found.loadBalancer());
    RouteExplanation why =
        RouteExplanation.of(
            found.loadBalancer(),
            found.listener(),
            new RouteExplanation.Request(
                input.host(), input.path(), Optional.ofNullable(input.sourceIp())),
            status);
    return RuleViews.explanation(found.loadBalancer(), found.listener(), why, status);
  }

  private static void requireHttp(Listener listener) {
    ListenerInput.ProtocolName protocol = ListenerInput.ProtocolName.of(listener.protocol());
    if (!protocol.isHttp()) {
      throw new Refusal.Invalid(
          "",
          ProblemType.UNSUPPORTED_FOR_PROTOCOL,
          "A " + protocol + " listener has no rules: all it gets goes to the default pool.");
    }
  }

  @GetMapping("/rules/{id}")
  @Operation(summary = "Read a rule", operationId = "getRule")
  ResponseEntity<RuleView> get(Caller caller, @PathVariable RuleId id) {
    FoundRule found = rules.get(caller.tenant(), id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.rule().version())).body(view(found));
  }

  @PatchMapping("/rules/{id}")
  @Operation(
      summary = "Change a rule",
      description = "An action is replaced as a whole. New requests see the change.",
      operationId = "updateRule")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = RuleInput.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = RuleView.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable RuleId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> rules.patch(mutation.caller(), id, mutation.conditions(), patch),
        this::settle,
        after -> Answer.ok(view(after), after.rule().version()));
  }

  @DeleteMapping("/rules/{id}")
  @Operation(summary = "Delete a rule", operationId = "deleteRule")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable RuleId id) {
    return mutations.perform(
        mutation,
        null,
        () -> rules.delete(mutation.caller(), id, mutation.conditions()),
        statuses::awaitSettled,
        _ -> Answer.noContent());
  }

  private void settle(FoundRule found, Duration limit) {
    statuses.awaitSettled(found.loadBalancer(), limit);
  }

  private RuleView view(FoundRule found) {
    return RuleViews.rule(
        found.loadBalancer(), found.listener(), found.rule(), statuses.of(found.loadBalancer()));
  }
}
