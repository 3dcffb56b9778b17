package dev.poise.server.loadbalancer;

import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.Action;
import dev.poise.spec.Algorithm;
import dev.poise.spec.DomainMatch;
import dev.poise.spec.DomainPattern;
import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.PathPrefix;
import dev.poise.spec.Persistence;
import dev.poise.spec.PoolId;
import dev.poise.spec.Protocol;
import dev.poise.spec.RedirectLocation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Says where a request would go, and why: which rule decides, why the others that are for its
 * domain do not, and which members may get it.
 *
 * <p>The rules of precedence, which nodes follow by lookups and this class by comparing: an exact
 * domain goes before a wildcard, a longer wildcard before a shorter one, both before no domain; the
 * next is looked at only if no path of the one before matches. Among the rules of one domain the
 * longest path decides. Two rules never tie, since a domain and path are there once.
 *
 * @param rule the rule that decides; the default rule if absent
 * @param reason why it does
 * @param action what is done with the request
 * @param others rules for the request's domain that do not decide
 * @param choice how one of the members is chosen; empty if none is
 * @param members those the action is about
 */
record RouteExplanation(
    Optional<Rule> rule,
    String reason,
    Action action,
    List<Passed> others,
    String choice,
    List<Reach> members) {
  private static final Comparator<Rule> FIRST_TO_DECIDE =
      Comparator.comparingInt(RouteExplanation::precision)
          .reversed()
          .thenComparing(Comparator.comparingInt((Rule it) -> it.path().text().length()).reversed())
          .thenComparing(Rule::place);
  private static final int EXACT = Integer.MAX_VALUE;
  private static final int HTTPS_PORT = 443;

  /** A rule that was passed over. */
  record Passed(Rule rule, String reason) {}

  /** Whether a member may get the request. */
  record Reach(Member member, MemberStatus status, boolean reachable, String reason) {}

  /**
   * A request as far as it matters.
   *
   * @param host the Host header, in any case, a port included
   * @param target path and query
   */
  record Request(String host, String target, Optional<IpAddress> source) {
    String domain() {
      int colon = host.indexOf(':');
      return (colon < 0 ? host : host.substring(0, colon)).toLowerCase(Locale.ROOT);
    }

    String path() {
      int query = target.indexOf('?');
      return query < 0 ? target : target.substring(0, query);
    }
  }

  static RouteExplanation of(LoadBalancer owner, Listener listener, Request request, Status now) {
    return listener.protocol() instanceof Protocol.Http(var _, HttpsRedirect.ToPort(int port))
        ? toHttps(owner, request, port)
        : byRules(owner, listener, request, now);
  }

  private static RouteExplanation toHttps(LoadBalancer owner, Request request, int port) {
    String host = request.domain().isEmpty() ? owner.address().text() : request.domain();
    String location = "https://" + host + (port == HTTPS_PORT ? "" : ":" + port);
    if (!RedirectLocation.isValid(location)) {
      throw new Refusal.Invalid(
          "/host",
          ProblemType.VALIDATION_FAILED,
          "The listener redirects every request to HTTPS, and no address has this host.");
    }
    return new RouteExplanation(
        Optional.empty(),
        "The listener redirects every request to port %d of HTTPS, without a look at the rules."
            .formatted(port),
        new Action.Redirect(301, new RedirectLocation(location), true),
        List.of(),
        "",
        List.of());
  }

  /** The rule that decides; absent if the default rule does. */
  static Optional<Rule> deciding(Listener listener, Request request) {
    return deciding(candidates(listener, request), request);
  }

  private static List<Rule> candidates(Listener listener, Request request) {
    return listener.rules().stream()
        .filter(rule -> matches(rule.domain(), request.domain()))
        .sorted(FIRST_TO_DECIDE)
        .toList();
  }

  private static Optional<Rule> deciding(List<Rule> candidates, Request request) {
    return candidates.stream().filter(rule -> matches(rule.path(), request)).findFirst();
  }

  private static RouteExplanation byRules(
      LoadBalancer owner, Listener listener, Request request, Status now) {
    List<Rule> candidates = candidates(listener, request);
    Optional<Rule> decides = deciding(candidates, request);
    Action action =
        decides.map(Rule::action).orElseGet(() -> new Action.ToPool(listener.defaultPool()));
    List<Reach> members = reach(owner, listener, action, now);
    return new RouteExplanation(
        decides,
        decides
            .map(rule -> reason(rule, request))
            .orElse("No rule is for this domain and path, so the default rule decides."),
        action,
        candidates.stream()
            .filter(rule -> decides.filter(rule::equals).isEmpty())
            .map(rule -> new Passed(rule, whyNot(rule, decides, request)))
            .toList(),
        choice(owner, listener, action, request, members),
        members);
  }

  private static int precision(Rule rule) {
    return switch (rule.domain()) {
      case DomainMatch.Any _ -> 0;
      case DomainMatch.Pattern(DomainPattern domain) ->
          domain.isWildcard() ? domain.text().length() : EXACT;
    };
  }

  private static boolean matches(DomainMatch domain, String host) {
    return switch (domain) {
      case DomainMatch.Any _ -> true;
      case DomainMatch.Pattern(DomainPattern pattern) when pattern.isWildcard() -> {
        String end = pattern.text().substring(1);
        yield host.length() > end.length() && host.endsWith(end);
      }
      case DomainMatch.Pattern(DomainPattern pattern) -> host.equals(pattern.text());
    };
  }

  private static boolean matches(PathPrefix prefix, Request request) {
    String text = prefix.text();
    if (prefix.hasQuery()) return request.target().equals(text);
    if (text.isEmpty() || text.endsWith("/")) return request.path().startsWith(text);
    return request.path().equals(text) || request.path().startsWith(text + "/");
  }

  private static String reason(Rule rule, Request request) {
    String domain =
        switch (rule.domain()) {
          case DomainMatch.Any _ -> "It is for every domain";
          case DomainMatch.Pattern(DomainPattern pattern) when pattern.isWildcard() ->
              "Its domain " + pattern + " is the longest wildcard for " + request.domain();
          case DomainMatch.Pattern(DomainPattern pattern) -> "Its domain is exactly " + pattern;
        };
    String path =
        rule.path().text().isEmpty()
            ? "it is for every path"
            : "its path " + rule.path() + " is the longest that matches";
    return domain + ", and " + path + ".";
  }

  private static String whyNot(Rule rule, Optional<Rule> decides, Request request) {
    if (!matches(rule.path(), request)) {
      return rule.path().hasQuery()
          ? "Path and query are not exactly " + rule.path() + "."
          : "The path does not begin with the segments of " + rule.path() + ".";
    }
    Rule first = decides.orElseThrow();
    if (precision(rule) == precision(first)) {
      return "The path " + first.path() + " of " + first.id() + " is longer.";
    }
    return "The domain of "
        + first.id()
        + (precision(first) == EXACT ? " is the exact one." : " is more exact.");
  }

  private static List<Reach> reach(
      LoadBalancer owner, Listener listener, Action action, Status now) {
    return switch (action) {
      case Action.ToPool(PoolId pool) -> reach(owner.pool(pool).members(), Set.of(), now);
      case Action.ToMembers(List<MemberId> named) -> {
        List<Member> all = owner.pool(listener.defaultPool()).members();
        Set<MemberId> left = new HashSet<>(all.stream().map(Member::id).toList());
        named.forEach(left::remove);
        yield reach(all, left, now);
      }
      case Action.Redirect _, Action.FixedResponse _ -> List.of();
    };
  }

  private static List<Reach> reach(List<Member> members, Set<MemberId> unnamed, Status now) {
    List<Reach> all = new ArrayList<>();
    for (Member member : members) {
      MemberStatus status = now.member(member.id());
      String obstacle =
          unnamed.contains(member.id()) ? "The rule does not name it." : obstacle(member, status);
      all.add(
          new Reach(
              member,
              status,
              obstacle.isEmpty(),
              obstacle.isEmpty() ? "It is enabled and healthy." : obstacle));
    }
    return all;
  }

  private static String obstacle(Member member, MemberStatus status) {
    if (member.mode() == MemberMode.DISABLED) return "It is disabled.";
    if (member.mode() == MemberMode.DRAINING) return "It drains, so it gets no new clients.";
    if (member.weight() == 0) return "Its weight is 0, so it gets no new clients.";
    return switch (status.health()) {
      case HEALTHY -> "";
      case UNHEALTHY -> "It is unhealthy: " + status.reason() + ".";
      case UNKNOWN -> "It is not known to be healthy: " + status.reason() + ".";
      case DISABLED -> "It is disabled.";
    };
  }

  private static String choice(
      LoadBalancer owner, Listener listener, Action action, Request request, List<Reach> members) {
    Pool pool =
        switch (action) {
          case Action.ToPool(PoolId id) -> owner.pool(id);
          case Action.ToMembers _ -> owner.pool(listener.defaultPool());
          case Action.Redirect _, Action.FixedResponse _ -> null;
        };
    if (pool == null) return "";
    long reachable = members.stream().filter(Reach::reachable).count();
    if (reachable == 0) return "No member may get it, so the client gets a 503.";
    if (reachable == 1) return "Only one member may get it.";
    String stays =
        owner.persistenceOf(pool.id()) instanceof Persistence.Cookie(var name)
            ? "A client that shows the cookie " + name + " stays with its member; another gets "
            : "It gets ";
    return stays + byAlgorithm(pool.algorithm(), request.source());
  }

  private static String byAlgorithm(Algorithm algorithm, Optional<IpAddress> source) {
    return switch (algorithm) {
      case WEIGHTED_ROUND_ROBIN -> "the next one of them in turn, by weight.";
      case LEAST_CONNECTIONS -> "the one with the fewest connections for its weight.";
      case SOURCE_IP ->
          source
                  .map(address -> "the one that " + address + " always gets")
                  .orElse("the one that the client's address always gets")
              + " while the healthy members are the same.";
    };
  }
}
