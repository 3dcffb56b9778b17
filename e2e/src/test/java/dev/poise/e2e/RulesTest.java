package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.e2e.HttpConnection.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Content forwarding: where requests really go, and that the explanation says the same. */
@ExtendWith(Worlds.class)
class RulesTest {
  private static final int WEB = 80;

  @Test
  void aDomainAndAPathLeadToAPoolToMembersToARedirectOrToAFixedResponse(World world)
      throws IOException {
    Site site = Site.of(world);
    site.rule("shop.test", "", Map.of("poolId", site.pool("first")));
    site.rule("", "/api", Map.of("memberIds", List.of(site.member("right"))));
    site.rule("", "/old", redirect(301, "https://new.test/here", false));
    site.rule("", "/kept", redirect(308, "https://new.test", true));
    site.rule(
        "",
        "/teapot",
        Map.of(
            "fixedResponse",
            Map.of("status", 418, "contentType", "text/html", "body", "<b>\"tea\" #1</b>\n")));
    site.ready();

    for (int i = 0; i < 6; i++) {
      assertThat(site.get("shop.test", "/any").backend()).isEqualTo("first");
      assertThat(site.get("else.test", "/api/v1").backend()).isEqualTo("right");
      assertThat(site.get("else.test", "/apix").backend()).isIn("left", "right");
      // Its domain decides before any path does.
      assertThat(site.get("shop.test", "/api").backend()).isEqualTo("first");
    }
    Response moved = site.get("else.test", "/old/way?x=1");
    assertThat(moved.status()).isEqualTo(301);
    assertThat(moved.header("Location")).isEqualTo("https://new.test/here");
    Response kept = site.get("else.test", "/kept/way?x=1");
    assertThat(kept.status()).isEqualTo(308);
    assertThat(kept.header("Location")).isEqualTo("https://new.test/kept/way?x=1");
    Response teapot = site.get("else.test", "/teapot");
    assertThat(teapot.status()).isEqualTo(418);
    assertThat(teapot.header("Content-Type")).isEqualTo("text/html");
    assertThat(teapot.body()).isEqualTo("<b>\"tea\" #1</b>\n");
  }

  @Test
  void aDeletedRuleAndADeletedMemberStopCounting(World world) throws IOException {
    Site site = Site.of(world);
    String rule = site.rule("", "/api", Map.of("poolId", site.pool("first")));
    site.rule("", "/right", Map.of("memberIds", List.of(site.member("right"))));
    site.ready();
    assertThat(site.get("a.test", "/api").backend()).isEqualTo("first");
    world.api().delete("/rules/" + rule);
    world.api().delete("/members/" + site.member("right"));
    site.balancer().awaitApplied();
    assertThat(site.get("a.test", "/api").backend()).isEqualTo("left");
    assertThat(site.get("a.test", "/right").status()).as("no member is left").isEqualTo(503);
  }

  @Test
  void aListenerCanSendEverythingToHttps(World world) throws IOException {
    Balancer balancer = world.balancer(Recipe.http(WEB).option("redirectToHttpsPort", 8443));
    try (HttpConnection connection = HttpConnection.open(balancer.at(WEB))) {
      Response answer = connection.getFrom("shop.test", "/a/b?c=d");
      assertThat(answer.status()).isEqualTo(301);
      assertThat(answer.header("Location")).isEqualTo("https://shop.test:8443/a/b?c=d");
    }
  }

  @Test
  void theExplanationAgreesWithWhereRandomRequestsGo(World world) throws IOException {
    Random random = new Random(20_260_101);
    Site site = Site.of(world);
    List<Place> places = new ArrayList<>(Place.all());
    Collections.shuffle(places, random);
    for (int i = 0; i < 15; i++) {
      site.rule(places.get(i).domain(), places.get(i).path(), action(i, random, site));
    }
    site.ready();

    List<String> hosts =
        List.of("a.test", "A.Test", "a.test:80", "b.test", "x.a.test", "y.x.a.test", "z.example");
    List<String> targets =
        List.of(
            "/",
            "/api",
            "/api/",
            "/api/v1",
            "/api/v1/z",
            "/api/v1?x",
            "/api/v1?y",
            "/apix",
            "/img/1.png",
            "/nothing");
    Set<String> decided = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      String host = hosts.get(random.nextInt(hosts.size()));
      String target = targets.get(random.nextInt(targets.size()));
      JsonNode why = site.explain(host, target);
      decided.add(why.path("rule").path("id").asString("default"));
      assertAgrees(site, site.get(host, target), why, host + target);
    }
    assertThat(decided).as("different rules were met").hasSizeGreaterThan(7);
  }

  /** A domain and path that rules can be for. */
  private record Place(String domain, String path) {
    static List<Place> all() {
      List<Place> all = new ArrayList<>();
      for (String domain : List.of("", "a.test", "b.test", "*.test", "*.a.test", "*.x.a.test")) {
        for (String path : List.of("", "/", "/api", "/api/", "/api/v1", "/api/v1?x", "/img")) {
          if (!domain.isEmpty() || !path.isEmpty()) all.add(new Place(domain, path));
        }
      }
      return all;
    }
  }

  private static Map<String, Object> action(int number, Random random, Site site) {
    return switch (number % 5) {
      case 0 -> Map.of("poolId", site.pool("first"));
      case 1 -> Map.of("poolId", site.pool("second"));
      case 2 -> Map.of("memberIds", List.of(site.member(random.nextBoolean() ? "left" : "right")));
      case 3 -> redirect(302, "https://moved.test/" + number, false);
      default -> Map.of("fixedResponse", Map.of("status", 400 + number, "body", "fixed-" + number));
    };
  }

  private static Map<String, Object> redirect(int code, String location, boolean keepPath) {
    return Map.of("redirect", Map.of("code", code, "location", location, "keepPath", keepPath));
  }

  private static void assertAgrees(Site site, Response answer, JsonNode why, String request) {
    String told = request + " -> " + why;
    JsonNode action = why.path("rule").path("action");
    if (action.has("redirect")) {
      assertThat(answer.status()).as(told).isEqualTo(302);
      assertThat(answer.header("Location"))
          .as(told)
          .isEqualTo(action.path("redirect").path("location").asString());
    } else if (action.has("fixedResponse")) {
      JsonNode fixed = action.path("fixedResponse");
      assertThat(answer.status()).as(told).isEqualTo(fixed.path("status").asInt());
      assertThat(answer.body()).as(told).isEqualTo(fixed.path("body").asString());
    } else {
      assertThat(answer.status()).as(told).isEqualTo(200);
      assertThat(site.reachable(why)).as(told).contains(answer.backend());
    }
  }

  /**
   * A listener whose default pool has the members left and right, and the pools first and second
   * with one member each, named as the pool.
   */
  private record Site(
      World world, Balancer balancer, Map<String, String> names, Map<String, String> pools) {
    static Site of(World world) {
      HttpBackend left = world.http("left");
      HttpBackend right = world.http("right");
      Balancer balancer = world.balancer(Recipe.http(WEB).members(left, right));
      Site site = new Site(world, balancer, new HashMap<>(), new HashMap<>());
      for (HttpBackend backend : List.of(left, right)) {
        site.names.put(balancer.member(WEB, backend).path("id").asString(), backend.name());
      }
      for (String name : List.of("first", "second")) site.addPool(world.http(name));
      return site;
    }

    private void addPool(HttpBackend backend) {
      Map<String, Object> check =
          Map.of("type", "PORT", "intervalSeconds", 1, "timeoutSeconds", 1, "rise", 1, "fall", 1);
      String pool =
          world
              .api()
              .post(
                  balancer.path() + "/pools",
                  Map.of(
                      "name",
                      backend.name(),
                      "healthCheck",
                      check,
                      "members",
                      List.of(Recipe.memberBody(backend, 1))))
              .path("id")
              .asString();
      pools.put(backend.name(), pool);
      JsonNode member = world.api().list("/pools/" + pool + "/members").getFirst();
      names.put(member.path("id").asString(), backend.name());
    }

    String pool(String name) {
      return pools.getOrDefault(name, "");
    }

    String member(String name) {
      return names.entrySet().stream()
          .filter(entry -> entry.getValue().equals(name))
          .findFirst()
          .orElseThrow()
          .getKey();
    }

    /** Adds a rule, for every domain or path where the text is empty. */
    String rule(String domain, String path, Map<String, Object> action) {
      Map<String, Object> body = new HashMap<>(Map.of("action", action));
      if (!domain.isEmpty()) body.put("domain", domain);
      if (!path.isEmpty()) body.put("path", path);
      String rules = balancer.listenerPath(WEB) + "/rules";
      return world.api().post(rules, body).path("id").asString();
    }

    /** Waits until the rules are applied and those whom they name are healthy. */
    void ready() {
      balancer.awaitApplied();
      Await.until(
          "every rule's members are healthy",
          Duration.ofSeconds(15),
          () -> world.api().list(balancer.listenerPath(WEB) + "/rules"),
          rules -> rules.stream().allMatch(it -> it.path("health").asString().equals("HEALTHY")));
    }

    Response get(String host, String target) throws IOException {
      try (HttpConnection connection = HttpConnection.open(balancer.at(WEB))) {
        return connection.getFrom(host, target);
      }
    }

    JsonNode explain(String host, String target) {
      return world
          .api()
          .post(balancer.listenerPath(WEB) + ":explain", Map.of("host", host, "path", target));
    }

    /** The names of the members that an explanation says may get the request. */
    List<String> reachable(JsonNode why) {
      List<String> found = new ArrayList<>();
      for (JsonNode member : why.path("members")) {
        if (member.path("reachable").asBoolean()) {
          found.add(names.getOrDefault(member.path("id").asString(), "unknown"));
        }
      }
      return found;
    }
  }
}
