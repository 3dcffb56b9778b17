package dev.poise.agent.render;

import dev.poise.spec.Action;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberSpec;
import dev.poise.spec.PoolId;
import dev.poise.spec.PoolSpec;
import dev.poise.spec.RedirectLocation;
import dev.poise.spec.RuleSpec;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes the content rules of one listener: the lookups in its frontend, see {@link RuleTable}, and
 * what they lead to.
 *
 * <p>Every action is a backend, redirects and fixed responses too, so that a lookup's result is
 * always the name of a section and choosing costs the same for one rule as for thousands. Backends
 * are named by the rule or the pool and not by what they are for, so another domain or path of a
 * rule changes nothing but maps, which a running process takes over.
 */
final class Rules {
  // A rule's path has 30 characters at most; what is behind these never decides.
  private static final int DECIDING_CHARACTERS = 40;
  private static final String UNDECIDED = " if !{ var(req.rule) -m found }";

  private final ListenerSpec listener;
  private final List<RuleSpec> rules;

  Rules(ListenerSpec listener) {
    this.listener = listener;
    rules =
        HaproxyConfig.rulesOf(listener.protocol()).stream()
            .sorted(Comparator.comparing(rule -> rule.id().text()))
            .toList();
  }

  /** Looks a request up, in the frontend. */
  void lookUp(ConfigText text, RenderedFiles files) throws Unrenderable {
    if (rules.isEmpty()) return;
    refuseDuplicates();
    RuleTable table = RuleTable.of(rules, this::backendOf);
    String exact = files.map("rules/" + listener.id() + "-exact.map", table.exact());
    String wildcard = files.map("rules/" + listener.id() + "-wildcard.map", table.wildcard());
    String any = files.map("rules/" + listener.id() + "-any.map", table.any());

    text.line(Frontends.SET_HOST);
    set(text, "path", "path,bytes(0," + DECIDING_CHARACTERS + ")");
    set(text, "pathq", "pathq,bytes(0," + DECIDING_CHARACTERS + ")");
    set(text, "target", "str(:),concat(,req.path,#),concat(,req.pathq,#)");
    set(text, "rule", "var(req.host),concat(,req.target),map_beg(" + exact + ")");
    if (!table.wildcardLabels().isEmpty()) set(text, "parent", "var(req.host),field(2,.,0)");
    for (int labels : table.wildcardLabels()) {
      String name = "var(req.parent),field(-1,.," + labels + ")";
      setIfUndecided(text, name + ",concat(,req.target),map_beg(" + wildcard + ")");
    }
    setIfUndecided(text, "var(req.target),map_beg(" + any + ")");
  }

  /** Sends a request where its look-up said, behind all that is done to it in the frontend. */
  void choose(ConfigText text) {
    if (rules.isEmpty()) return;
    text.line("use_backend %[var(req.rule)] if { var(req.rule) -m found }");
  }

  private static void set(ConfigText text, String variable, String expression) {
    text.line("http-request set-var(req." + variable + ") '" + expression + "'");
  }

  private static void setIfUndecided(ConfigText text, String expression) {
    text.line("http-request set-var(req.rule) '" + expression + "'" + UNDECIDED);
  }

  private void refuseDuplicates() throws Unrenderable {
    Set<String> seen = new HashSet<>();
    for (RuleSpec rule : rules) {
      if (!seen.add(rule.domain() + " " + rule.path())) {
        throw new Unrenderable(
            "rule " + rule.id() + " has the domain and path of another rule of its listener");
      }
    }
  }

  private String backendOf(RuleSpec rule) {
    return switch (rule.action()) {
      case Action.ToPool(PoolId pool) -> listener.id() + ":" + pool;
      case Action.ToMembers members -> ownBackendOf(rule);
      case Action.Redirect redirect -> ownBackendOf(rule);
      case Action.FixedResponse response -> ownBackendOf(rule);
    };
  }

  private String ownBackendOf(RuleSpec rule) {
    return listener.id() + ":" + rule.id();
  }

  /** The pools that rules send to, besides the default one. */
  Set<PoolId> pools() {
    Set<PoolId> pools = new LinkedHashSet<>();
    for (RuleSpec rule : rules) {
      if (rule.action() instanceof Action.ToPool(PoolId pool)) pools.add(pool);
    }
    pools.remove(listener.defaultPool());
    return pools;
  }

  /** Writes the backends that belong to one rule each. */
  void backends(ConfigText text, RenderedFiles files, PoolSpec defaultPool) throws Unrenderable {
    for (RuleSpec rule : rules) {
      switch (rule.action()) {
        case Action.ToPool pool -> {}
        case Action.ToMembers(List<MemberId> members) ->
            toMembers(text, files, rule, members, defaultPool);
        case Action.Redirect redirect -> {
          text.section("backend " + ownBackendOf(rule) + " from http");
          text.line(redirect(redirect));
        }
        case Action.FixedResponse response -> {
          text.section("backend " + ownBackendOf(rule) + " from http");
          text.line(respond(response, files, rule));
        }
      }
    }
  }

  private void toMembers(
      ConfigText text,
      RenderedFiles files,
      RuleSpec rule,
      List<MemberId> members,
      PoolSpec defaultPool)
      throws Unrenderable {
    String backend = ownBackendOf(rule);
    String checkedIn = listener.id() + ":" + defaultPool.id();
    Backends.writeFollowing(text, backend, listener, defaultPool);
    ServerWeights weights = ServerWeights.of(defaultPool);
    int found = 0;
    for (MemberSpec member : defaultPool.members()) {
      if (!members.contains(member.id())) continue;
      found++;
      ServerLine server =
          new ServerLine(backend, checkedIn, defaultPool.id(), member, weights.of(member));
      text.line(Backends.server(server, listener.protocol(), defaultPool.healthCheck()));
      files.server(server);
    }
    if (found < Set.copyOf(members).size()) {
      throw new Unrenderable(
          "rule " + rule.id() + " sends to a member that is not in " + defaultPool.id());
    }
  }

  private static String redirect(Action.Redirect redirect) throws Unrenderable {
    RedirectLocation location = redirect.location();
    if (!redirect.keepPath()) {
      return "http-request redirect location %s code %d"
          .formatted(HaproxyText.location(location.text()), redirect.code());
    }
    // The path brings its own slash.
    String prefix = location.text().replaceFirst("/$", "");
    return "http-request redirect prefix %s code %d"
        .formatted(HaproxyText.location(prefix.isEmpty() ? "/" : prefix), redirect.code());
  }

  private static String respond(Action.FixedResponse response, RenderedFiles files, RuleSpec rule)
      throws Unrenderable {
    String answer = "http-request return status " + response.status();
    if (response.body().isEmpty()) return answer;
    String body = files.file("bodies/" + rule.id(), response.body());
    return answer
        + (" content-type " + HaproxyText.contentType(response.contentType().text()))
        + (" file " + body);
  }
}
