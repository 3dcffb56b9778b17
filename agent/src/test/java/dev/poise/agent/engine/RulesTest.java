package dev.poise.agent.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.support.Await;
import dev.poise.agent.support.Backend;
import dev.poise.agent.support.Http;
import dev.poise.agent.support.Specs;
import dev.poise.spec.Action;
import dev.poise.spec.ContentType;
import dev.poise.spec.DomainMatch;
import dev.poise.spec.DomainPattern;
import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.MemberMode;
import dev.poise.spec.PathPrefix;
import dev.poise.spec.Protocol;
import dev.poise.spec.RedirectLocation;
import dev.poise.spec.RuleId;
import dev.poise.spec.RuleSpec;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesTest extends EngineTest {
  private static final List<String> DOMAINS =
      List.of(
          "", "a.test", "b.a.test", "*.a.test", "*.b.a.test", "*.test", "c.test", "*.c.b.a.test");
  private static final List<String> HOSTS =
      List.of(
          "a.test",
          "b.a.test",
          "x.a.test",
          "y.x.a.test",
          "x.b.a.test",
          "z.c.b.a.test",
          "c.test",
          "d.test",
          "test",
          "other",
          "B.A.Test",
          "a.test:81",
          "xa.test",
          "10.0.0.1");
  private static final List<String> PATHS =
      List.of(
          "",
          "/",
          "/api",
          "/api/",
          "/api/v1",
          "/api/v1/",
          "/apix",
          "/a%20b",
          "/api?x-1",
          "/api?x",
          "/api/?",
          "/api?");
  private static final List<String> REQUESTS =
      List.of(
          "/",
          "/api",
          "/api/",
          "/api/v1",
          "/api/v1/x",
          "/api/v2",
          "/apix",
          "/apix/y",
          "/a%20b",
          "/a%20b/c",
          "/api?x",
          "/api?x-1",
          "/api?xy",
          "/api/?",
          "/api?",
          "/other",
          "/x//api",
          "/api/v1?x",
          "/" + "y".repeat(7000));

  private static RuleSpec rule(String domain, String path, Action action) {
    DomainMatch match =
        domain.isEmpty()
            ? new DomainMatch.Any()
            : new DomainMatch.Pattern(new DomainPattern(domain));
    return new RuleSpec(RuleId.generate(Instant.EPOCH), match, new PathPrefix(path), action);
  }

  private static Action say(String text) {
    return new Action.FixedResponse(200, new ContentType("text/plain"), text);
  }

  private static Protocol http(List<RuleSpec> rules) {
    return new Protocol.Http(
        Specs.options(rules.toArray(RuleSpec[]::new)), new HttpsRedirect.Off());
  }

  private String get(Http http, String host, String path) throws IOException {
    return http.ask("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").body();
  }

  private String answer(String host, String path) throws IOException {
    return raw("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  }

  /** The precedence as the documentation says it, word by word. */
  private static Optional<RuleSpec> naive(List<RuleSpec> rules, String hostHeader, String target) {
    String host = hostHeader.split(":", -1)[0].toLowerCase(Locale.ROOT);
    return rules.stream()
        .filter(rule -> matches(rule.domain(), host) && matches(rule.path(), target))
        .max(
            Comparator.<RuleSpec>comparingInt(rule -> exactness(rule.domain()))
                .thenComparingInt(rule -> rule.path().text().length()));
  }

  private static boolean matches(DomainMatch domain, String host) {
    return switch (domain) {
      case DomainMatch.Any() -> true;
      case DomainMatch.Pattern(DomainPattern pattern) ->
          pattern.isWildcard()
              ? host.endsWith(pattern.text().substring(1))
              : host.equals(pattern.text());
    };
  }

  private static int exactness(DomainMatch domain) {
    return switch (domain) {
      case DomainMatch.Any() -> 0;
      case DomainMatch.Pattern(DomainPattern pattern) ->
          pattern.isWildcard() ? pattern.text().length() : 1000;
    };
  }

  private static boolean matches(PathPrefix prefix, String target) {
    String wanted = prefix.text();
    if (prefix.hasQuery()) return target.equals(wanted);
    String path = target.split("\\?", -1)[0];
    if (wanted.isEmpty()) return true;
    if (wanted.endsWith("/")) return path.startsWith(wanted);
    return path.equals(wanted) || path.startsWith(wanted + "/");
  }

  @Test
  void everyRequestGoesWhereThePrecedenceSays() throws Exception {
    Random random = new Random(20260303);
    specs.mode(1, MemberMode.DISABLED).http(PORT);
    int decided = 0;
    Set<Long> processes = new HashSet<>();
    List<RuleSpec> rules = randomRules(random);
    for (int round = 0; round < 12; round++) {
      // Every other round changes domains and paths only.
      rules = round % 2 == 0 ? randomRules(random) : moved(rules, random);
      specs.change(0, http(rules));
      applied();
      proven();
      processes.add(pid());
      try (Http http = new Http(specs.vip, PORT)) {
        for (String host : HOSTS) {
          for (String target : REQUESTS) {
            Optional<RuleSpec> expected = naive(rules, host, target);
            if (expected.isPresent()) decided++;
            String text = expected.map(rule -> rule.id().text()).orElse("one");
            assertThat(get(http, host, target)).as(host + target + " in " + rules).isEqualTo(text);
          }
        }
      }
    }
    assertThat(decided).isBetween(500, 12 * HOSTS.size() * REQUESTS.size() - 500);
    assertThat(processes.size()).isLessThan(12);
  }

  private static List<RuleSpec> randomRules(Random random) {
    List<RuleSpec> rules = new ArrayList<>();
    for (String[] place : places(random, 14)) {
      RuleSpec rule = rule(place[0], place[1], say(""));
      rules.add(new RuleSpec(rule.id(), rule.domain(), rule.path(), say(rule.id().text())));
    }
    return rules;
  }

  private static List<RuleSpec> moved(List<RuleSpec> rules, Random random) {
    List<RuleSpec> moved = new ArrayList<>();
    List<String[]> places = places(random, rules.size());
    for (int i = 0; i < rules.size(); i++) {
      RuleSpec old = rules.get(i);
      RuleSpec there = rule(places.get(i)[0], places.get(i)[1], old.action());
      moved.add(new RuleSpec(old.id(), there.domain(), there.path(), old.action()));
    }
    return moved;
  }

  /** A wildcard of each length is always there, so that moving rules needs no other lookups. */
  private static List<String[]> places(Random random, int count) {
    Set<String> places = new LinkedHashSet<>();
    for (String wildcard : List.of("*.test", "*.a.test", "*.b.a.test", "*.c.b.a.test")) {
      places.add(wildcard + " " + PATHS.get(random.nextInt(PATHS.size())));
    }
    while (places.size() < count) {
      String domain = DOMAINS.get(random.nextInt(DOMAINS.size()));
      String path = PATHS.get(random.nextInt(PATHS.size()));
      if (!domain.isEmpty() || !path.isEmpty()) places.add(domain + " " + path);
    }
    return places.stream().map(place -> place.split(" ", -1)).toList();
  }

  @Test
  void anotherDomainOrPathNeedsNoOtherProcess() throws Exception {
    RuleSpec first = rule("a.test", "/api", say("first"));
    specs.http(PORT, first);
    applied();
    proven();
    long pid = pid();
    assertThat(answer("a.test", "/api/x")).endsWith("first");
    RuleSpec other =
        new RuleSpec(
            first.id(),
            new DomainMatch.Pattern(new DomainPattern("b.test")),
            new PathPrefix("/new"),
            first.action());
    specs.change(0, http(List.of(other)));
    applied();
    assertThat(answer("a.test", "/api/x")).doesNotContain("first");
    assertThat(answer("b.test", "/new")).endsWith("first");
    assertThat(pid()).isEqualTo(pid);
    assertThat(haproxy.read().live().orElseThrow().generation()).isEqualTo(2);
  }

  @Test
  void aThousandRulesAreMovedWithoutAnotherProcess() throws Exception {
    List<RuleSpec> rules = new ArrayList<>();
    List<RuleSpec> moved = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      RuleSpec rule = rule("shop-" + i + ".test", "/before", new Action.ToPool(specs.pool));
      rules.add(rule);
      moved.add(new RuleSpec(rule.id(), rule.domain(), new PathPrefix("/after"), rule.action()));
    }
    specs.http(PORT);
    specs.change(0, http(rules));
    applied();
    proven();
    long pid = pid();
    specs.change(0, http(moved));
    applied();
    assertThat(pid()).isEqualTo(pid);
    assertThat(answer("shop-999.test", "/after")).contains("200 OK");
  }

  @Test
  void aRuleSendsToSomeMembersOfThePoolWithoutCheckingThemTwice() throws Exception {
    specs.httpCheck("/check");
    specs.http(PORT, rule("", "/two", new Action.ToMembers(List.of(specs.member(1).id()))));
    applied();
    proven();
    for (int i = 0; i < 6; i++) assertThat(answer("a.test", "/two/x")).endsWith("two");
    two.checkStatus(500);
    Await.until(
        "the rule's member is down",
        () -> {
          haproxy.read();
          return answer("a.test", "/two").contains(" 503 ");
        });
    assertThat(answer("a.test", "/")).endsWith("one");
    two.checkStatus(200);
    Await.until("it is back", () -> answer("a.test", "/two").endsWith("two"));
  }

  @Test
  void aRulesMemberIsDrainedAndDisabledWithThePools() throws Exception {
    specs.http(
        PORT,
        rule(
            "",
            "/both",
            new Action.ToMembers(List.of(specs.member(0).id(), specs.member(1).id()))));
    applied();
    proven();
    long pid = pid();
    specs.mode(1, MemberMode.DRAINING);
    applied();
    for (int i = 0; i < 6; i++) assertThat(answer("a.test", "/both")).endsWith("one");
    specs.mode(1, MemberMode.DISABLED);
    applied();
    for (int i = 0; i < 6; i++) assertThat(answer("a.test", "/both")).endsWith("one");
    assertThat(pid()).isEqualTo(pid);
    specs.mode(1, MemberMode.ENABLED);
    applied();
    proven();
    Await.until("both", () -> answer("a.test", "/both").endsWith("two"));
  }

  @Test
  void aRestartedAgentDoesNotWaitForMembersThatAreNotChecked() throws Exception {
    try (Backend three = Backend.start("three")) {
      specs.member(three).httpCheck("/check");
      three.checkStatus(500);
      specs.http(PORT, rule("", "/x", new Action.ToMembers(List.of(specs.member(2).id()))));
      applied();
      proven();
      haproxy.release();
      haproxy = engine();
      haproxy.adopt(scratch.processes());
      proven();
      assertThat(answer("a.test", "/x")).contains(" 503 ");
    }
  }

  @Test
  void aRuleWithoutMembersAnswers503() throws Exception {
    specs.http(PORT, rule("", "/none", new Action.ToMembers(List.of())));
    applied();
    assertThat(answer("a.test", "/none")).startsWith("HTTP/1.1 503 ");
  }

  @ParameterizedTest
  @CsvSource({
    "/new,                   false, /old/a?b, /new",
    "https://b.test,         true,  /old/a?b, https://b.test/old/a?b",
    "https://b.test/c%20d/,  true,  /old/a?b, https://b.test/c%20d/old/a?b",
    "https://b.test/%24x?a=%25, false, /old,  https://b.test/%24x?a=%25",
  })
  void aRuleRedirects(String location, boolean keepPath, String path, String expected)
      throws Exception {
    specs.http(
        PORT, rule("", "/old", new Action.Redirect(308, new RedirectLocation(location), keepPath)));
    applied();
    assertThat(answer("a.test", path))
        .startsWith("HTTP/1.1 308 ")
        .contains("location: " + expected + "\r\n");
  }

  @Test
  void aRuleAnswersByItselfWhateverTheText() throws Exception {
    String body = "100 % \"${HOME}\" '%[src]'\n\nbackend evil\n\u20ac";
    specs.http(
        PORT,
        rule(
            "",
            "/closed",
            new Action.FixedResponse(503, new ContentType("text/html; charset=utf-8"), body)),
        rule("", "/empty", new Action.FixedResponse(404, new ContentType("text/plain"), "")));
    applied();
    String answer = answer("a.test", "/closed");
    assertThat(answer).startsWith("HTTP/1.1 503 ").contains("text/html; charset=utf-8\r\n");
    assertThat(answer.getBytes(ISO_8859_1)).endsWith(body.getBytes(UTF_8));
    assertThat(answer("a.test", "/empty")).startsWith("HTTP/1.1 404 ").endsWith("\r\n\r\n");
  }
}
