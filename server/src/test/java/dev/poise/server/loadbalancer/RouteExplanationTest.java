package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.loadbalancer.RouteExplanation.Passed;
import dev.poise.server.loadbalancer.RouteExplanation.Reach;
import dev.poise.spec.Action;
import dev.poise.spec.HttpOptions;
import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.Outcome;
import dev.poise.spec.PathPrefix;
import dev.poise.spec.PoolId;
import dev.poise.spec.Protocol;
import dev.poise.spec.RedirectLocation;
import dev.poise.spec.RoleReport.Role;
import dev.poise.spec.RuleId;
import dev.poise.spec.Serving;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteExplanationTest {
  private static final Instant NOW = SampleBalancer.NOW;
  private static final PoolId POOL = PoolId.generate(NOW);
  private static final List<String> PLACES =
      List.of(
          "a.test",
          "a.test/api",
          "a.test/api/v2",
          "a.test/static/",
          "a.test/find?q",
          "*.a.test",
          "*.a.test/api",
          "*.b.a.test/api",
          "/api",
          "/only/here");

  private static Member member(int number, int weight, MemberMode mode) {
    return SampleBalancer.member(MemberId.generate(NOW), number, weight, mode);
  }

  private static Rule rule(String place, Action action) {
    int slash = place.indexOf('/');
    return new Rule(
        RuleId.generate(NOW),
        Rule.domain(slash < 0 ? place : place.substring(0, slash)),
        new PathPrefix(slash < 0 ? "" : place.substring(slash)),
        action,
        1,
        NOW);
  }

  private static List<Rule> rules(List<String> places) {
    Action elsewhere = new Action.Redirect(302, new RedirectLocation("/elsewhere"), false);
    return places.stream().map(place -> rule(place, elsewhere)).toList();
  }

  private static LoadBalancer owner(List<Rule> rules, List<Member> members) {
    return SampleBalancer.of(
        LoadBalancerId.generate(NOW),
        1,
        new Protocol.Http(
            new HttpOptions(60, 60, RequestHeadersInput.DEFAULT.headers(), List.of()),
            new HttpsRedirect.Off()),
        POOL,
        rules,
        members);
  }

  private static RouteExplanation explain(
      LoadBalancer owner, String host, String target, MemberReport... said) {
    LoadBalancerReport report =
        new LoadBalancerReport(
            owner.id(),
            new Outcome.Applied(1),
            new Serving.Running(1, 1, NOW),
            List.of(),
            List.of(),
            List.of(said));
    Status status =
        Status.of(
            owner,
            List.of(
                new Status.Seen(
                    NodeId.generate(NOW),
                    "n",
                    Optional.of(NOW),
                    true,
                    Role.NONE,
                    Optional.of(report))));
    return RouteExplanation.of(
        owner,
        owner.listeners().getFirst(),
        new RouteExplanation.Request(host, target, Optional.empty()),
        status);
  }

  private static String decides(List<Rule> rules, String host, String target) {
    return explain(owner(rules, List.of()), host, target).rule().map(Rule::place).orElse("default");
  }

  @ParameterizedTest
  @CsvSource({
    "a.test,       /,                a.test",
    "a.test,       /api,             a.test/api",
    "a.test,       /api/,            a.test/api",
    "a.test,       /api?x=1,         a.test/api",
    "a.test,       /apix,            a.test",
    "a.test,       /api/v2,          a.test/api/v2",
    "a.test,       /api/v2/x,        a.test/api/v2",
    "a.test,       /api/v22,         a.test/api",
    "a.test,       /API,             a.test",
    "a.test,       /static,          a.test",
    "a.test,       /static/,         a.test/static/",
    "a.test,       /static/a.css,    a.test/static/",
    "a.test,       /find?q,        a.test/find?q",
    "a.test,       /find?qq,       a.test",
    "a.test,       /find,            a.test",
    "A.Test:8080,  /api,             a.test/api",
    "x.a.test,     /,                *.a.test",
    "x.a.test,     /api,             *.a.test/api",
    "y.x.a.test,   /api/1,           *.a.test/api",
    "x.b.a.test,   /api,             *.b.a.test/api",
    "x.b.a.test,   /other,           *.a.test",
    "b.a.test,     /api,             *.a.test/api",
    "xa.test,      /api,             /api",
    "other.test,   /api/x,           /api",
    "other.test,   /,                default",
    "other.test,   /only/here,       /only/here",
    "a.test,       /only/here,       a.test",
    "'',           /api,             /api"
  })
  void decidesByDomainThenByTheLongestPath(String host, String target, String place) {
    assertThat(decides(rules(PLACES), host, target)).isEqualTo(place);
  }

  @Test
  void leavesToTheNextDomainWhatNoPathOfTheExactOneMatches() {
    List<Rule> rules = rules(List.of("a.b.test/x", "*.b.test/y", "*.test/z", "/w"));
    assertThat(decides(rules, "a.b.test", "/x")).isEqualTo("a.b.test/x");
    assertThat(decides(rules, "a.b.test", "/y")).isEqualTo("*.b.test/y");
    assertThat(decides(rules, "a.b.test", "/z")).isEqualTo("*.test/z");
    assertThat(decides(rules, "a.b.test", "/w")).isEqualTo("/w");
    assertThat(decides(rules, "a.b.test", "/v")).isEqualTo("default");
  }

  @Test
  void theOrderOfTheRulesDoesNotMatter() {
    Random random = new Random(7);
    List<String> hosts = List.of("a.test", "x.a.test", "x.b.a.test", "other.test");
    List<String> targets = List.of("/", "/api", "/api/v2/x", "/static/a", "/find?q", "/only/here");
    for (int round = 0; round < 50; round++) {
      List<String> shuffled = new ArrayList<>(PLACES);
      java.util.Collections.shuffle(shuffled, random);
      for (String host : hosts) {
        for (String target : targets) {
          assertThat(decides(rules(shuffled), host, target))
              .isEqualTo(decides(rules(PLACES), host, target));
        }
      }
    }
  }

  @Test
  void saysOfEachRuleOfTheDomainWhyItDoesNotDecide() {
    RouteExplanation why = explain(owner(rules(PLACES), List.of()), "x.a.test", "/api/v2");
    assertThat(why.rule().orElseThrow().place()).isEqualTo("*.a.test/api");
    assertThat(why.reason()).contains("longest wildcard for x.a.test").contains("/api");
    assertThat(why.others().stream().map(it -> it.rule().place()))
        .containsExactly("*.a.test", "/only/here", "/api");
    assertThat(why.others().stream().map(Passed::reason))
        .satisfiesExactly(
            one -> assertThat(one).contains("is longer"),
            two -> assertThat(two).contains("does not begin with the segments of /only/here"),
            three -> assertThat(three).contains("is more exact"));
  }

  @Test
  void saysWhichMembersMayGetItAndWhyOthersMayNot() {
    List<Member> members =
        List.of(
            member(1, 5, MemberMode.ENABLED),
            member(2, 5, MemberMode.ENABLED),
            member(3, 5, MemberMode.DISABLED),
            member(4, 5, MemberMode.DRAINING),
            member(5, 0, MemberMode.ENABLED),
            member(6, 5, MemberMode.ENABLED),
            member(7, 5, MemberMode.ENABLED));
    List<MemberId> named =
        members.stream().map(Member::id).filter(id -> !id.equals(members.get(6).id())).toList();
    List<Rule> rules = List.of(rule("a.test", new Action.ToMembers(named)));
    List<MemberReport> said = new ArrayList<>();
    for (Member member : members) {
      if (member.number() == 6) continue;
      MemberReport.Health health =
          member.number() == 2 ? MemberReport.Health.UNHEALTHY : MemberReport.Health.HEALTHY;
      said.add(new MemberReport(member.id(), health, "connection refused", NOW, 0, 0, 1));
    }
    RouteExplanation why =
        explain(owner(rules, members), "a.test", "/", said.toArray(MemberReport[]::new));
    assertThat(why.members().stream().map(Reach::reachable))
        .containsExactly(true, false, false, false, false, false, false);
    assertThat(why.members().stream().map(Reach::reason))
        .containsExactly(
            "It is enabled and healthy.",
            "It is unhealthy: connection refused.",
            "It is disabled.",
            "It drains, so it gets no new clients.",
            "Its weight is 0, so it gets no new clients.",
            "It is not known to be healthy: not checked yet.",
            "The rule does not name it.");
    assertThat(why.choice()).isEqualTo("Only one member may get it.");
    assertThat(explain(owner(rules, members), "a.test", "/").choice()).contains("503");
  }
}
