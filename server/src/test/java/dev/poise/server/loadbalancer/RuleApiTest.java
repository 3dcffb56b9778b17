package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.spec.AgentApi;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.RuleSpec;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class RuleApiTest extends ApiTest {
  private Site site = new Site("", "", "", "", "", "");
  private String loadBalancer = "";
  private String listener = "";
  private List<String> members = List.of();

  @BeforeEach
  void place() {
    site = site();
    Answer made =
        made(
            "/load-balancers",
            """
            {"name":"web","subnetId":"%s","pools":[{"name":"images","members":[{"address":"10.1.0.9","port":9000}]}],
             "listeners":[{"protocol":"HTTP","port":80,"defaultPool":{"members":[
               {"address":"10.1.0.1","port":80},{"address":"10.1.0.2","port":80}]},
               "rules":[{"path":"/images","action":{"poolName":"images"}}]}]}
            """
                .formatted(site.subnet()));
    loadBalancer = made.text("/id");
    listener = made.text("/listeners/0/id");
    members =
        get("/pools/" + made.text("/listeners/0/defaultPoolId") + "/members")
            .body()
            .at("/items")
            .valueStream()
            .map(it -> it.at("/id").asString())
            .toList();
  }

  private String rules() {
    return "/listeners/" + listener + "/rules";
  }

  private Answer rule(String place, String action) {
    return made(rules(), "{%s,\"action\":%s}".formatted(place, action));
  }

  private static String toMembers(List<String> ids) {
    return "{\"memberIds\":["
        + ids.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(","))
        + "]}";
  }

  private List<RuleSpec> spec() throws Exception {
    Answer manifest = agent("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey());
    SpecRequest request = new SpecRequest(List.of(manifest.text("/loadBalancers/0/digest")));
    LoadBalancerSpec spec =
        SpecJson.readSpec(
            agent("POST", AgentApi.SPECS, request, Map.of(), site.nodeKey()).text("/specs/0/json"));
    return ((Protocol.Http) spec.listeners().getFirst().protocol()).options().rules();
  }

  @Test
  void nestedRulesReachTheSpec() throws Exception {
    assertThat(spec().getFirst().path()).hasToString("/images");
    assertThat(get("/listeners/" + listener).body().at("/ruleCount").asInt()).isEqualTo(1);
  }

  @Test
  void aRuleIsMadeReadChangedAndDeleted() throws Exception {
    Answer made = rule("\"domain\":\"*.Shop.Test\",\"path\":\"/api\"", toMembers(members));
    String path = "/rules/" + made.text("/id");
    assertThat(made.text("/domain")).isEqualTo("*.shop.test");
    assertThat(get(path).body().at("/action/memberIds").size()).isEqualTo(2);
    assertThat(made.body().at("/generation").asLong()).isEqualTo(2);
    Answer redirect =
        patch(path, "{\"path\":null,\"action\":{\"redirect\":{\"location\":\"https://b.test\"}}}");
    assertThat(redirect.status()).isEqualTo(200);
    assertThat(redirect.body().has("path")).isFalse();
    assertThat(redirect.body().at("/action/redirect/code").asInt()).isEqualTo(302);
    assertThat(redirect.body().at("/action").has("memberIds")).isFalse();
    assertThat(redirect.text("/health")).as("no node is live").isEqualTo("UNKNOWN");
    assertThat(redirect.etag()).isEqualTo("\"2\"");
    assertThat(get("/listeners/" + listener).etag())
        .as("rules have versions of their own")
        .isEqualTo("\"1\"");
    assertThat(call("PATCH", path, "{\"path\":\"/x\"}", Map.of("If-Match", "\"1\"")).status())
        .isEqualTo(412);
    assertThat(delete(path).status()).isEqualTo(204);
    assertThat(get(path).status()).isEqualTo(404);
    assertThat(spec()).hasSize(1);
  }

  @Test
  void aDomainAndPathIsThereOnce() {
    String first = rule("\"domain\":\"a.test\"", "{\"poolName\":\"images\"}").text("/id");
    Answer refused = post(rules(), "{\"domain\":\"A.TEST\",\"action\":{\"poolName\":\"images\"}}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/rule-exists");
    assertThat(refused.text("/detail")).contains(first).contains("a.test");
    rule("\"domain\":\"a.test\",\"path\":\"/\"", "{\"poolName\":\"images\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"action\":{\"poolName\":\"images\"}} | /domain | needs a domain",
        "{\"domain\":\"\",\"path\":\"\",\"action\":{\"poolName\":\"images\"}} | /domain | needs a"
            + " domain",
        "{\"domain\":\"a b\",\"action\":{\"poolName\":\"images\"}} | /domain | not a domain",
        "{\"domain\":\"*\",\"action\":{\"poolName\":\"images\"}} | /domain | not a domain",
        "{\"path\":\"/a#b\",\"action\":{\"poolName\":\"images\"}} | /path | keep a #",
        "{\"path\":\"a\",\"action\":{\"poolName\":\"images\"}} | /path | begins with a slash",
        "{\"path\":\"/a\"} | /action | required",
        "{\"path\":\"/a\",\"action\":{}} | /action/poolId | exactly one",
        "{\"path\":\"/a\",\"action\":{\"poolName\":\"images\",\"redirect\":{\"location\":\"/\"}}} |"
            + " /action/poolId | exactly one",
        "{\"path\":\"/a\",\"action\":{\"poolName\":\"nobody\"}} | /action/poolName | no pool",
        "{\"path\":\"/a\",\"action\":{\"poolId\":\"pool_01h455vb4pex5vsknk084sn02q\"}} |"
            + " /action/poolId | no pool",
        "{\"path\":\"/a\",\"action\":{\"memberIds\":[\"mbr_01h455vb4pex5vsknk084sn02q\"]}} |"
            + " /action/memberIds | not in the listener's default pool",
        "{\"path\":\"/a\",\"action\":{\"memberIds\":[]}} | /action/memberIds | size",
        "{\"path\":\"/a\",\"action\":{\"redirect\":{\"code\":300,\"location\":\"/\"}}} |"
            + " /action/redirect/code | 301",
        "{\"path\":\"/a\",\"action\":{\"redirect\":{\"location\":\"ftp://a\"}}} |"
            + " /action/redirect/location | not an address",
        "{\"path\":\"/a\",\"action\":{\"redirect\":{\"location\":\"/?a\",\"keepPath\":true}}} |"
            + " /action/redirect/keepPath | query",
        "{\"path\":\"/a\",\"action\":{\"fixedResponse\":{\"status\":199}}} |"
            + " /action/fixedResponse/status | 200",
        "{\"path\":\"/a\",\"action\":{\"fixedResponse\":{\"status\":204,\"body\":\"x\"}}} |"
            + " /action/fixedResponse/body | no body"
      })
  void saysWhatIsWrongAndWhere(String body, String pointer, String detail) {
    Answer refused = post(rules(), body);
    assertThat(refused.status()).as(refused.body().toString()).isEqualTo(422);
    JsonNode error =
        refused
            .body()
            .at("/errors")
            .valueStream()
            .filter(it -> it.at("/pointer").asString().equals(pointer))
            .findFirst()
            .orElseThrow(() -> new AssertionError(refused.body().toString()));
    assertThat(error.at("/detail").asString()).contains(detail);
  }

  @Test
  void aNestedRuleIsNamedByItsWholePointer() {
    Answer refused =
        post(
            "/load-balancers",
            """
            {"name":"x","subnetId":"%s","listeners":[{"protocol":"HTTP","port":80,"rules":[
              {"path":"/a","action":{"redirect":{"location":"/b"}}},{"path":"/b","action":{"poolName":"nobody"}}]}]}
            """
                .formatted(site.subnet()));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/listeners/0/rules/1/action/poolName");
  }

  @Test
  void aTcpListenerHasNoRules() {
    String tcp =
        made("/load-balancers/" + loadBalancer + "/listeners", "{\"protocol\":\"TCP\",\"port\":81}")
            .text("/id");
    String body = "{\"path\":\"/a\",\"action\":{\"poolName\":\"images\"}}";
    Answer refused = post("/listeners/" + tcp + "/rules", body);
    assertThat(refused.text("/type")).isEqualTo("/problems/unsupported-for-protocol");
    assertThat(get("/listeners/" + tcp + "/rules").status()).isEqualTo(422);
    Answer nested =
        post(
            "/load-balancers/" + loadBalancer + "/listeners",
            "{\"protocol\":\"TCP\",\"port\":82,\"rules\":[%s]}".formatted(body));
    assertThat(nested.text("/errors/0/pointer")).isEqualTo("/rules");
  }

  @Test
  void aDeletedMemberLeavesItsRulesAndAnEmptyRuleStays() throws Exception {
    Answer made = rule("\"domain\":\"a.test\"", toMembers(members));
    String path = "/rules/" + made.text("/id");
    assertThat(delete("/members/" + members.getFirst()).status()).isEqualTo(204);
    assertThat(get(path).body().at("/action/memberIds").size()).isEqualTo(1);
    assertThat(get(path).etag()).isEqualTo("\"2\"");
    assertThat(delete("/members/" + members.get(1)).status()).isEqualTo(204);
    assertThat(get(path).body().at("/action/memberIds").size()).isZero();
    assertThat(get(path).text("/health")).isEqualTo("NO_MEMBERS");
    assertThat(spec()).hasSize(2);
    assertThat(patch(path, "{\"path\":\"/a\"}").status())
        .as("the rule is asked to send to no member")
        .isEqualTo(422);
  }

  @Test
  void replacingThePoolsMembersTakesThemOutOfRulesToo() {
    Answer made = rule("\"domain\":\"a.test\"", toMembers(members));
    String pool = get("/listeners/" + listener).text("/defaultPoolId");
    call(
        "PUT",
        "/pools/" + pool + "/members",
        "{\"members\":[{\"address\":\"10.1.0.2\",\"port\":80},{\"address\":\"10.1.0.3\",\"port\":80}]}",
        Map.of());
    assertThat(
            get("/rules/" + made.text("/id"))
                .body()
                .at("/action/memberIds")
                .valueStream()
                .map(JsonNode::asString)
                .toList())
        .containsExactly(members.get(1));
  }

  @Test
  void aPoolThatARuleNamesIsNotDeleted() {
    String pool = get(rules()).text("/items/0/action/poolId");
    String rule = get(rules()).text("/items/0/id");
    Answer refused = delete("/pools/" + pool);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/pool-in-use");
    assertThat(refused.text("/detail")).contains(rule).contains("/images");
    assertThat(get("/pools/" + pool).text("/listenerIds/0")).isEqualTo(listener);
    delete("/rules/" + rule);
    assertThat(delete("/pools/" + pool).status()).isEqualTo(204);
  }

  @Test
  void aDefaultPoolThatRulesTakeMembersOfStaysTheDefault() {
    rule("\"domain\":\"a.test\"", toMembers(members));
    Answer refused = patch("/listeners/" + listener, "{\"defaultPoolName\":\"images\"}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/detail")).contains("a.test").contains(members.getFirst());
  }

  @Test
  void rulesAreListedByDomainWithTheDefaultRuleLast() {
    rule("\"domain\":\"b.test\",\"path\":\"/2\"", "{\"poolName\":\"images\"}");
    rule("\"domain\":\"a.test\"", "{\"poolName\":\"images\"}");
    rule("\"domain\":\"b.test\",\"path\":\"/1\"", "{\"poolName\":\"images\"}");
    Answer all = get(rules());
    assertThat(places(all)).containsExactly("a.test", "b.test/1", "b.test/2", "/images", "");
    assertThat(all.body().at("/items/4").has("id")).isFalse();
    Answer first = get(rules() + "?pageSize=2");
    assertThat(places(first)).containsExactly("a.test", "b.test/1");
    assertThat(places(get(rules() + "?pageSize=9&pageToken=" + first.text("/nextPageToken"))))
        .containsExactly("b.test/2", "/images", "");
    assertThat(places(get(rules() + "?q=B.TEST"))).containsExactly("b.test/1", "b.test/2");
  }

  private static List<String> places(Answer page) {
    return page.body()
        .at("/items")
        .valueStream()
        .map(it -> it.path("domain").asString("") + it.path("path").asString(""))
        .toList();
  }

  @Test
  void aWholeDomainGoesAtOnce() {
    rule("\"domain\":\"b.test\",\"path\":\"/2\"", "{\"poolName\":\"images\"}");
    rule("\"domain\":\"b.test\",\"path\":\"/1\"", "{\"poolName\":\"images\"}");
    assertThat(delete(rules() + "?domain=B.test").status()).isEqualTo(204);
    assertThat(places(get(rules()))).containsExactly("/images", "");
    assertThat(delete(rules() + "?domain=b.test").status()).isEqualTo(404);
    assertThat(delete(rules()).status()).isEqualTo(400);
    assertThat(delete(rules() + "?domain=").status()).isEqualTo(204);
    assertThat(places(get(rules()))).containsExactly("");
  }

  @Test
  void rulesOfAnotherTenantsListenerAreNotFound() {
    assertThat(get("/listeners/lsn_01h455vb4pex5vsknk084sn02q/rules").status()).isEqualTo(404);
    assertThat(get("/rules/rule_01h455vb4pex5vsknk084sn02q").status()).isEqualTo(404);
  }

  @Test
  void aThousandRulesFitAndAnEditIsStillFast() {
    String body =
        IntStream.range(0, 1000)
            .mapToObj(i ->
                "{\"domain\":\"d%d.test\",\"path\":\"/p\",\"action\":{\"redirect\":{\"location\":\"/x\"}}}"
                    .formatted(i))
            .collect(Collectors.joining(",", "[", "]"));
    Answer made =
        made(
            "/load-balancers/" + loadBalancer + "/listeners",
            "{\"protocol\":\"HTTP\",\"port\":8080,\"rules\":%s}".formatted(body));
    assertThat(made.body().at("/ruleCount").asInt()).isEqualTo(1000);
    String many = "/listeners/" + made.text("/id") + "/rules";
    Answer refused = post(many, "{\"path\":\"/a\",\"action\":{\"poolName\":\"images\"}}");
    assertThat(refused.text("/type")).isEqualTo("/problems/quota-exceeded");
    String one = "/rules/" + get(many + "?q=d500.test").text("/items/0/id");
    long fastest = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      long start = System.nanoTime();
      assertThat(patch(one, "{\"path\":\"/q%d\"}".formatted(i)).status()).isEqualTo(200);
      fastest = Math.min(fastest, System.nanoTime() - start);
    }
    assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofMillis(500));
  }

  @Test
  void explainsWhereARequestWouldGo() {
    String exact = rule("\"domain\":\"a.test\",\"path\":\"/api\"", toMembers(members)).text("/id");
    rule("\"domain\":\"*.test\"", "{\"poolName\":\"images\"}");
    Answer why =
        post(
            "/listeners/" + listener + ":explain",
            "{\"host\":\"A.test:80\",\"path\":\"/api/1?x\",\"sourceIp\":\"192.0.2.1\"}");
    assertThat(why.status()).isEqualTo(200);
    assertThat(why.text("/rule/id")).isEqualTo(exact);
    assertThat(why.text("/reason")).contains("exactly a.test");
    assertThat(why.body().at("/others").size()).isEqualTo(2);
    assertThat(why.body().at("/members").size()).isEqualTo(2);
    assertThat(why.body().at("/members/0/reachable").asBoolean()).isFalse();
    Answer byDefault =
        post("/listeners/" + listener + ":explain", "{\"host\":\"\",\"path\":\"/\"}");
    assertThat(byDefault.body().at("/rule").has("id")).isFalse();
    assertThat(byDefault.text("/rule/action/poolId"))
        .isEqualTo(get("/listeners/" + listener).text("/defaultPoolId"));
  }

  @ParameterizedTest
  @CsvSource({
    "443, A.Test:80, https://a.test",
    "8443, a.test, https://a.test:8443",
    "443, '', https://ADDRESS",
  })
  void aListenerThatRedirectsLooksAtNoRuleAndSaysWhither(int port, String host, String location) {
    patch("/listeners/" + listener, "{\"redirectToHttpsPort\":%d}".formatted(port));
    Answer why =
        post(
            "/listeners/" + listener + ":explain",
            "{\"host\":\"%s\",\"path\":\"/images\"}".formatted(host));
    assertThat(why.text("/reason")).contains("redirects every request to port " + port);
    assertThat(why.body().at("/members").size()).isZero();
    JsonNode rule = why.body().at("/rule");
    assertThat(rule.has("id")).isFalse();
    assertThat(rule.at("/action").has("poolId")).isFalse();
    assertThat(rule.at("/action/redirect/code").asInt()).isEqualTo(301);
    assertThat(rule.at("/action/redirect/keepPath").asBoolean()).isTrue();
    String address = get("/load-balancers/" + loadBalancer).text("/address");
    assertThat(rule.at("/action/redirect/location").asString())
        .isEqualTo(location.replace("ADDRESS", address));
  }

  @Test
  void aListenerThatRedirectsCannotLeadToAHostThatIsNone() {
    patch("/listeners/" + listener, "{\"redirectToHttpsPort\":443}");
    Answer why = post("/listeners/" + listener + ":explain", "{\"host\":\"a b\",\"path\":\"/\"}");
    assertThat(why.status()).isEqualTo(422);
    assertThat(why.text("/errors/0/pointer")).isEqualTo("/host");
  }

  @ParameterizedTest
  @CsvSource({
    "'', /old, /old, false, itself",
    "'', /old, /old/er, false, itself",
    "'', /old, http://a.test/old, false, elsewhere",
    "a.test, '', http://a.test, true, itself",
    "a.test, '', http://A.test:80/, true, itself",
    "a.test, /old, http://a.test/old, true, itself",
    "a.test, /old, http://a.test, false, elsewhere",
    "a.test, '', http://a.test, false, itself",
    "a.test, '', https://a.test, true, elsewhere",
    "a.test, '', http://a.test:8080, true, elsewhere",
    "a.test, '', http://b.test, true, elsewhere",
    "*.a.test, '', /, true, itself",
    "*.a.test, '', http://www.a.test, true, elsewhere",
    "*.a.test, /old/, /old/, true, itself",
    "'', /find?x, /find?x, false, itself",
    "'', /find?x, /, true, itself",
    "'', /images/old, /images, false, elsewhere",
  })
  void aRedirectThatLeadsToItselfIsRefused(
      String domain, String path, String location, boolean keepPath, String where) {
    Answer answer =
        post(
            rules(),
            JSON.writeValueAsString(
                Map.of(
                    "domain",
                    domain,
                    "path",
                    path,
                    "action",
                    Map.of("redirect", Map.of("location", location, "keepPath", keepPath)))));
    if (where.equals("elsewhere")) {
      assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
      return;
    }
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(422);
    assertThat(answer.text("/errors/0/pointer")).isEqualTo("/action/redirect/location");
    assertThat(answer.text("/errors/0/detail")).contains("leads to itself");
  }

  @Test
  void aRedirectThatAnotherRuleTakesUpIsNoLoopUntilThatRuleWouldBeIt() {
    rule("\"path\":\"/old/new\"", "{\"poolName\":\"images\"}");
    Answer made = rule("\"path\":\"/old\"", "{\"redirect\":{\"location\":\"/old/new\"}}");
    String path = "/rules/" + made.text("/id");
    Answer loop = patch(path, "{\"action\":{\"redirect\":{\"location\":\"/old/newer\"}}}");
    assertThat(loop.status()).isEqualTo(422);
    assertThat(loop.text("/errors/0/pointer")).isEqualTo("/action/redirect/location");
    assertThat(get(path).text("/action/redirect/location")).isEqualTo("/old/new");
  }

  @Test
  void aNestedRedirectThatLeadsToItselfIsRefusedWhereItStands() {
    Answer refused =
        post(
            "/load-balancers",
            """
            {"name":"loops","subnetId":"%s","listeners":[{"protocol":"HTTP","port":80,"rules":[
              {"path":"/fine","action":{"redirect":{"location":"/"}}},
              {"path":"/old","action":{"redirect":{"location":"/old"}}}]}]}
            """
                .formatted(site.subnet()));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/pointer"))
        .isEqualTo("/listeners/0/rules/1/action/redirect/location");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "api", "/a b", "/a#b", "/\\u0000"})
  void explainsOnlyWhatARequestLineCanHold(String path) {
    Answer refused =
        post(
            "/listeners/" + listener + ":explain",
            "{\"host\":\"a.test\",\"path\":\"%s\"}".formatted(path));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/path");
  }

  @Test
  void aFixedResponseWithoutAStatusIsAFaultOfTheBody() {
    Answer refused =
        post(rules(), "{\"domain\":\"a.test\",\"action\":{\"fixedResponse\":{\"body\":\"x\"}}}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/action/fixedResponse/status");
  }
}
