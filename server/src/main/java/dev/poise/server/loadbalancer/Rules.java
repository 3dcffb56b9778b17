package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.LoadBalancers.Edit;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.ListenerId;
import dev.poise.spec.RuleId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** What is done to rules. */
@Component
class Rules {
  private final LoadBalancers loadBalancers;
  private final Bodies bodies;
  private final InstantSource clock;

  Rules(LoadBalancers loadBalancers, Bodies bodies, InstantSource clock) {
    this.loadBalancers = loadBalancers;
    this.bodies = bodies;
    this.clock = clock;
  }

  /** A rule inside its listener. */
  record FoundRule(LoadBalancer loadBalancer, Listener listener, Rule rule) {}

  /**
   * @throws Refusal.NotFound if the tenant has none with that id
   */
  FoundRule get(TenantId tenant, RuleId id) {
    return found(loadBalancers.get(tenant, Which.with(id)), id);
  }

  FoundRule create(Caller caller, ListenerId listener, RuleInput input) {
    Instant now = clock.instant();
    RuleId id = RuleId.generate(now);
    return found(
        loadBalancers.edit(
            caller,
            Which.with(listener),
            new Edit("rule.create", id.text()),
            before -> {
              Rule rule = input.rule(id, before::poolNamed, "", now);
              LoadBalancer after =
                  before.withChanged(
                      listener,
                      it ->
                          it.withRules(
                              Stream.concat(it.rules().stream(), Stream.of(rule)).toList()));
              RedirectLoop.refuse(after.listener(listener), id, "");
              return after;
            }),
        id);
  }

  FoundRule patch(Caller caller, RuleId id, Conditions conditions, MergePatch patch) {
    return found(
        loadBalancers.edit(
            caller,
            Which.with(id),
            new Edit("rule.update", id.text()),
            before -> {
              Rule rule = rule(before.listenerOf(id), id);
              conditions.require(rule.version());
              RuleInput now =
                  patch.names("action") ? RuleInput.withoutAction(rule) : RuleInput.of(rule);
              Rule wanted =
                  bodies
                      .patched(now, patch, RuleInput.class)
                      .rule(id, before::poolNamed, "", rule.createTime())
                      .withVersion(rule.version());
              LoadBalancer after = replaced(before, id, List.of(wanted));
              RedirectLoop.refuse(after.listenerOf(id), id, "");
              return after;
            }),
        id);
  }

  LoadBalancer delete(Caller caller, RuleId id, Conditions conditions) {
    return loadBalancers.edit(
        caller,
        Which.with(id),
        new Edit("rule.delete", id.text()),
        before -> {
          conditions.require(rule(before.listenerOf(id), id).version());
          return replaced(before, id, List.of());
        });
  }

  /**
   * Deletes all rules of a domain.
   *
   * @param domain in any case; empty for the rules without one
   * @throws Refusal.NotFound if there is none
   */
  LoadBalancer deleteDomain(Caller caller, ListenerId listener, String domain) {
    String wanted = RuleInput.lowerCase(domain);
    return loadBalancers.edit(
        caller,
        Which.with(listener),
        new Edit("listener.delete-rules", listener.text()),
        before -> {
          List<Rule> rules = before.listener(listener).rules();
          List<Rule> left = rules.stream().filter(it -> !it.domainText().equals(wanted)).toList();
          if (left.size() == rules.size()) {
            throw new Refusal.NotFound(
                wanted.isEmpty() ? "rule without a domain" : "rule for the domain " + wanted);
          }
          return before.withChanged(listener, it -> it.withRules(left));
        });
  }

  private static LoadBalancer replaced(LoadBalancer before, RuleId id, List<Rule> instead) {
    return before.withChanged(
        before.listenerOf(id).id(),
        listener ->
            listener.withRules(
                listener.rules().stream()
                    .flatMap(rule -> rule.id().equals(id) ? instead.stream() : Stream.of(rule))
                    .toList()));
  }

  private static Rule rule(Listener listener, RuleId id) {
    return listener.rules().stream().filter(rule -> rule.id().equals(id)).findFirst().orElseThrow();
  }

  private static FoundRule found(LoadBalancer loadBalancer, RuleId id) {
    Listener listener = loadBalancer.listenerOf(id);
    return new FoundRule(loadBalancer, listener, rule(listener, id));
  }
}
