package dev.poise.server.loadbalancer;

import dev.poise.spec.Action;
import dev.poise.spec.DomainMatch;
import dev.poise.spec.DomainPattern;
import dev.poise.spec.MemberId;
import dev.poise.spec.PathPrefix;
import dev.poise.spec.PoolId;
import dev.poise.spec.RuleId;
import dev.poise.spec.RuleSpec;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Where requests of one domain and path go.
 *
 * @param version counts its changes
 */
public record Rule(
    RuleId id,
    DomainMatch domain,
    PathPrefix path,
    Action action,
    long version,
    Instant createTime) {

  /** The domain as people write it; empty for every domain. */
  String domainText() {
    return switch (domain) {
      case DomainMatch.Any _ -> "";
      case DomainMatch.Pattern(DomainPattern pattern) -> pattern.text();
    };
  }

  static DomainMatch domain(String text) {
    return text.isEmpty()
        ? new DomainMatch.Any()
        : new DomainMatch.Pattern(new DomainPattern(text));
  }

  /** The pool it sends requests to, if it names one. */
  Optional<PoolId> pool() {
    return switch (action) {
      case Action.ToPool(PoolId pool) -> Optional.of(pool);
      case Action.ToMembers _, Action.Redirect _, Action.FixedResponse _ -> Optional.empty();
    };
  }

  /** The same rule without those members, which are gone. */
  Rule without(Set<MemberId> gone) {
    return switch (action) {
      case Action.ToMembers to when to.members().stream().anyMatch(gone::contains) ->
          withAction(
              new Action.ToMembers(
                  to.members().stream().filter(member -> !gone.contains(member)).toList()));
      case Action.ToMembers _, Action.ToPool _, Action.Redirect _, Action.FixedResponse _ -> this;
    };
  }

  private Rule withAction(Action action) {
    return new Rule(id, domain, path, action, version, createTime);
  }

  Rule withVersion(long version) {
    return new Rule(id, domain, path, action, version, createTime);
  }

  RuleSpec spec() {
    return new RuleSpec(id, domain, path, action);
  }

  /** The domain and path for people, such as {@code *.a.test/api}. */
  String place() {
    return domainText() + path.text();
  }
}
