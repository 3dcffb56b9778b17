package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.RouteExplanation.Request;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.Action;
import dev.poise.spec.DomainMatch;
import dev.poise.spec.DomainPattern;
import dev.poise.spec.Protocol;
import dev.poise.spec.RuleId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds redirects that lead to themselves, by following one as a browser would.
 *
 * <p>Only what is certain counts: a location with another scheme, port or name than the rule is for
 * may lead anywhere, and where another rule of the listener takes over there is no loop. That is
 * looked at when a rule is made or changed and is no invariant: a rule that ends a loop may be
 * deleted.
 */
final class RedirectLoop {
  private static final Pattern ABSOLUTE =
      Pattern.compile("(?<scheme>https?)://(?<host>[^/:]+)(:(?<port>\\d+))?(?<path>/.*)?");
  // Where browsers give up.
  private static final int MOST_STEPS = 20;

  private final Listener listener;
  private final Rule rule;
  private final Action.Redirect redirect;

  private RedirectLoop(Listener listener, Rule rule, Action.Redirect redirect) {
    this.listener = listener;
    this.rule = rule;
    this.redirect = redirect;
  }

  /**
   * Refuses a rule that redirects to itself.
   *
   * @param pointer where the rule stands in the body
   * @throws Refusal.Invalid if it certainly does
   */
  static void refuse(Listener listener, RuleId id, String pointer) {
    for (Rule rule : listener.rules()) {
      if (!rule.id().equals(id) || !(rule.action() instanceof Action.Redirect redirect)) continue;
      RedirectLoop loop = new RedirectLoop(listener, rule, redirect);
      loop.next(loop.request())
          .filter(loop::neverEnds)
          .ifPresent(next -> {
            throw new Refusal.Invalid(
                pointer + "/action/redirect/location",
                ProblemType.VALIDATION_FAILED,
                "The redirect leads to itself: a request for %s is sent to %s, which this rule redirects again."
                    .formatted(shown(loop.request()), shown(next)));
          });
    }
  }

  private static String shown(Request request) {
    return request.host() + request.target();
  }

  /** One that the rule is for. */
  private Request request() {
    String path = rule.path().text().isEmpty() ? "/" : rule.path().text();
    String host =
        switch (rule.domain()) {
          case DomainMatch.Any _ -> "any-name.invalid";
          case DomainMatch.Pattern(DomainPattern domain) when domain.isWildcard() ->
              "any-name" + domain.text().substring(1);
          case DomainMatch.Pattern(DomainPattern domain) -> domain.text();
        };
    return new Request(host, path, Optional.empty());
  }

  private boolean neverEnds(Request first) {
    Request request = first;
    for (int step = 0; step < MOST_STEPS; step++) {
      boolean again = RouteExplanation.deciding(listener, request).filter(rule::equals).isPresent();
      if (!again) return false;
      // It led here before, and only the path has changed.
      request = next(request).orElseThrow();
    }
    return true;
  }

  /** Where the client of a request goes; absent if that may be elsewhere. */
  private Optional<Request> next(Request request) {
    String location = redirect.location().text();
    if (location.startsWith("/")) return Optional.of(at(request, location));
    Matcher absolute = ABSOLUTE.matcher(location);
    if (!absolute.matches() || !leadsHere(absolute)) return Optional.empty();
    return Optional.of(at(request, Optional.ofNullable(absolute.group("path")).orElse("")));
  }

  private boolean leadsHere(Matcher absolute) {
    boolean https = absolute.group("scheme").equals("https");
    String port = Optional.ofNullable(absolute.group("port")).orElse(https ? "443" : "80");
    return https == listener.protocol() instanceof Protocol.Https
        && port.equals(String.valueOf(listener.port()))
        && rule.domainText().equals(RuleInput.lowerCase(absolute.group("host")));
  }

  private Request at(Request request, String path) {
    String target =
        redirect.keepPath()
            ? path.replaceFirst("/$", "") + request.target()
            : path.isEmpty() ? "/" : path;
    return new Request(request.host(), target, Optional.empty());
  }
}
