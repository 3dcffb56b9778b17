package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.RouteExplanation.Passed;
import dev.poise.server.loadbalancer.RouteExplanation.Reach;
import dev.poise.spec.Action;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.MemberId;
import dev.poise.spec.PoolId;
import dev.poise.spec.RuleId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rules as the API shows them, and what they come to for a request. */
final class RuleViews {
  private RuleViews() {}

  @Schema(name = "Rule")
  record RuleView(
      @Schema(description = "Absent for the default rule, which is always there and last")
          @Nullable RuleId id,
      ListenerId listenerId,
      LoadBalancerId loadBalancerId,
      @Schema(description = "Every domain if absent") @Nullable String domain,
      @Schema(description = "Every path if absent") @Nullable String path,
      ActionInput action,
      @Schema(description = "Of the members it sends requests to") Health health,
      long generation,
      long appliedGeneration,
      @Nullable Instant createTime) {}

  /** Where a request would go. */
  @Schema(name = "Explanation")
  record ExplanationView(
      @Schema(
              description =
                  "The rule that decides; its action is what is done with this request, also if the"
                      + " listener redirects every request to HTTPS")
          RuleView rule,
      @Schema(description = "Why it does") String reason,
      @Schema(description = "Rules for the same domain that do not decide") List<PassedView> others,
      @Schema(description = "How one of the members is chosen") @Nullable String choice,
      List<ReachView> members) {}

  @Schema(name = "PassedRule")
  record PassedView(RuleId id, @Nullable String domain, @Nullable String path, String reason) {}

  @Schema(name = "ReachableMember")
  record ReachView(
      MemberId id,
      IpAddress address,
      int port,
      MemberStatus.Health health,
      @Schema(description = "Whether it may get the request") boolean reachable,
      String reason) {}

  static RuleView rule(LoadBalancer owner, Listener listener, Rule it, Status status) {
    return new RuleView(
        it.id(),
        listener.id(),
        owner.id(),
        said(it.domainText()),
        said(it.path().text()),
        ActionInput.of(it.action()),
        health(owner, it.action(), status),
        owner.generation(),
        status.appliedGeneration(),
        it.createTime());
  }

  /** The rule for all that no other is for. */
  static RuleView defaultRule(LoadBalancer owner, Listener listener, Status status) {
    return defaultRule(owner, listener, new Action.ToPool(listener.defaultPool()), status);
  }

  private static RuleView defaultRule(
      LoadBalancer owner, Listener listener, Action action, Status status) {
    return new RuleView(
        null,
        listener.id(),
        owner.id(),
        null,
        null,
        ActionInput.of(action),
        health(owner, action, status),
        owner.generation(),
        status.appliedGeneration(),
        null);
  }

  private static Health health(LoadBalancer owner, Action action, Status status) {
    return switch (action) {
      case Action.ToPool(PoolId pool) ->
          Health.ofMembers(
              owner.pool(pool).members().stream().map(it -> status.member(it.id())).toList());
      case Action.ToMembers(List<MemberId> members) ->
          Health.ofMembers(members.stream().map(status::member).toList());
      case Action.Redirect _, Action.FixedResponse _ ->
          status.nodes().stream().anyMatch(Status.NodeStatus::live)
              ? Health.HEALTHY
              : Health.UNKNOWN;
    };
  }

  static ExplanationView explanation(
      LoadBalancer owner, Listener listener, RouteExplanation it, Status status) {
    return new ExplanationView(
        it.rule()
            .map(rule -> rule(owner, listener, rule, status))
            .orElseGet(() -> defaultRule(owner, listener, it.action(), status)),
        it.reason(),
        it.others().stream().map(RuleViews::passed).toList(),
        said(it.choice()),
        it.members().stream().map(RuleViews::reach).toList());
  }

  private static PassedView passed(Passed it) {
    return new PassedView(
        it.rule().id(), said(it.rule().domainText()), said(it.rule().path().text()), it.reason());
  }

  private static ReachView reach(Reach it) {
    return new ReachView(
        it.member().id(),
        it.member().address(),
        it.member().port(),
        it.status().health(),
        it.reachable(),
        it.reason());
  }

  private static @Nullable String said(String text) {
    return Optional.of(text).filter(it -> !it.isEmpty()).orElse(null);
  }
}
