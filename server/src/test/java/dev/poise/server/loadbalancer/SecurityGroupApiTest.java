package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.spec.AddressRange;
import dev.poise.spec.AgentApi;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Sources;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class SecurityGroupApiTest extends ApiTest {
  private static final String WEB =
      """
      {"direction":"INGRESS","protocol":"TCP","ports":"80","cidrs":["198.51.100.0/24"],"action":"ACCEPT","priority":10}
      """;
  private static final String HOLE =
      """
      {"direction":"INGRESS","protocol":"ALL","cidrs":["198.51.100.0/25"],"action":"REJECT","priority":5,
       "description":"half of them"}
      """;

  @Autowired private JdbcClient db;
  private Site site = new Site("", "", "", "", "", "");

  @BeforeEach
  void place() {
    site = site();
  }

  private String group(String rules) {
    return made(
            "/security-groups",
            "{\"name\":\"sg-%d\",\"dataCenterId\":\"%s\",\"rules\":[%s]}"
                .formatted(unique(), site.dataCenter(), rules))
        .text("/id");
  }

  private String loadBalancer(String fields) {
    return made(
            "/load-balancers",
            """
            {"name":"web","subnetId":"%s","networkType":"INTERNET"%s,"listeners":[
              {"protocol":"TCP","port":80},{"protocol":"TCP","port":81}]}
            """
                .formatted(site.subnet(), fields))
        .text("/id");
  }

  private String bound(String group) {
    return loadBalancer(",\"securityGroupId\":\"" + group + "\"");
  }

  private LoadBalancerSpec spec(String loadBalancer) throws Exception {
    Answer manifest = agent("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey());
    String digest =
        manifest
            .body()
            .at("/loadBalancers")
            .valueStream()
            .filter(it -> it.at("/id").asString().equals(loadBalancer))
            .map(it -> it.at("/digest").asString())
            .findFirst()
            .orElseThrow();
    SpecRequest request = new SpecRequest(List.of(digest));
    return SpecJson.readSpec(
        agent("POST", AgentApi.SPECS, request, Map.of(), site.nodeKey()).text("/specs/0/json"));
  }

  private static String only(Sources sources) {
    return ((Sources.Only) sources)
        .ranges().stream().map(AddressRange::text).collect(Collectors.joining(" "));
  }

  private String port80(String loadBalancer) throws Exception {
    return only(spec(loadBalancer).listeners().getFirst().sources());
  }

  @Test
  void aListenerIsToldWhomTheRulesForItsPortAccept() throws Exception {
    String lb = bound(group(WEB + "," + HOLE));
    LoadBalancerSpec spec = spec(lb);
    assertThat(only(spec.listeners().get(0).sources())).isEqualTo("198.51.100.128/25");
    assertThat(only(spec.listeners().get(1).sources())).as("no rule is for port 81").isEmpty();
    assertThat(only(spec.pingSources())).isEmpty();
    Answer seen = get("/load-balancers/" + lb);
    assertThat(seen.text("/securityGroupId")).startsWith("sg_");
    assertThat(seen.text("/admission")).contains(seen.text("/securityGroupId"));
  }

  @Test
  void withoutAGroupThereIsNoFilterAndOnlyInternetOnesAreToldRanges() throws Exception {
    LoadBalancerSpec internet = spec(loadBalancer(""));
    assertThat(only(internet.listeners().getFirst().sources())).isEqualTo("0.0.0.0/0");
    assertThat(only(internet.pingSources())).isEqualTo("0.0.0.0/0");
    String internal =
        made(
                "/load-balancers",
                "{\"name\":\"i\",\"subnetId\":\"%s\",\"listeners\":[{\"protocol\":\"TCP\",\"port\":80}]}"
                    .formatted(site.subnet()))
            .text("/id");
    assertThat(spec(internal).listeners().getFirst().sources()).isEqualTo(new Sources.Anyone());
    assertThat(get("/load-balancers/" + internal).body().has("securityGroupId")).isFalse();
  }

  @Test
  void bindingAndUnbindingAreChangesOfTheLoadBalancer() throws Exception {
    String lb = loadBalancer("");
    String path = "/load-balancers/" + lb;
    Answer bound = patch(path, "{\"securityGroupId\":\"%s\"}".formatted(group("")));
    assertThat(bound.status()).isEqualTo(200);
    assertThat(bound.body().at("/generation").asLong()).isEqualTo(2);
    assertThat(port80(lb)).as("an empty group lets nobody in").isEmpty();
    Answer unbound = patch(path, "{\"securityGroupId\":null}");
    assertThat(unbound.body().at("/generation").asLong()).isEqualTo(3);
    assertThat(unbound.text("/admission")).contains("no filter");
    assertThat(port80(lb)).isEqualTo("0.0.0.0/0");
  }

  @Test
  void aChangeOfRulesReachesEveryLoadBalancerAndIsOneRowOfTheLog() throws Exception {
    String group = group(WEB);
    String one = bound(group);
    String two = bound(group);
    long before = revision();
    Answer added = made("/security-groups/" + group + "/rules", HOLE);
    for (String lb : List.of(one, two)) {
      assertThat(port80(lb)).isEqualTo("198.51.100.128/25");
      assertThat(get("/load-balancers/" + lb).body().at("/generation").asLong()).isEqualTo(2);
      assertThat(events(lb)).as("of its making only").isEqualTo(1);
    }
    assertThat(revision()).as("one raise for all of them").isEqualTo(before + 1);
    assertThat(events(group)).isEqualTo(2);

    String rule = "/security-group-rules/" + added.text("/id");
    assertThat(patch(rule, "{\"cidrs\":[\"198.51.100.128/25\"]}").status()).isEqualTo(200);
    assertThat(port80(one)).isEqualTo("198.51.100.0/25");
    assertThat(call("PATCH", rule, "{\"priority\":6}", Map.of("If-Match", "\"1\"")).status())
        .isEqualTo(412);
    assertThat(delete(rule).status()).isEqualTo(204);
    assertThat(get(rule).status()).isEqualTo(404);
    assertThat(port80(two)).isEqualTo("198.51.100.0/24");
  }

  @Test
  void whatNodesAreNotToldRaisesNothing() {
    String group = group(WEB);
    String lb = bound(group);
    long before = revision();
    made("/security-groups/" + group + "/rules", WEB.replace("INGRESS", "EGRESS"));
    made("/security-groups/" + group + "/rules", WEB.replace("\"80\"", "\"8080-8090\""));
    assertThat(revision()).isEqualTo(before);
    assertThat(get("/load-balancers/" + lb).etag()).isEqualTo("\"1\"");
  }

  private long revision() {
    return agent("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey())
        .body()
        .at("/revision")
        .asLong();
  }

  private int events(String resource) {
    return db.sql("SELECT count(*) FROM audit_events WHERE resource_id = :id")
        .param("id", resource)
        .query(Integer.class)
        .single();
  }

  @Test
  void theLogOfALoadBalancerNamesTheGroupAndNotItsRules() {
    String group = group(WEB);
    String row =
        db.sql("SELECT after::text FROM audit_events WHERE resource_id = :id")
            .param("id", bound(group))
            .query(String.class)
            .single();
    assertThat(row).contains(group).doesNotContain("198.51.100");
  }

  @Test
  void aSetOfRulesIsReplacedAndWhatSaysTheSameStays() throws Exception {
    String group = group(WEB + "," + HOLE);
    String lb = bound(group);
    Answer before = get("/security-groups/" + group);
    assertThat(before.text("/rules/0/action")).as("in their order").isEqualTo("REJECT");
    Answer replaced =
        call(
            "PUT",
            "/security-groups/" + group + "/rules",
            "{\"rules\":[%s]}".formatted(WEB),
            Map.of("If-Match", before.etag()));
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(replaced.body().at("/rules").size()).isEqualTo(1);
    assertThat(replaced.text("/rules/0/id")).isEqualTo(before.text("/rules/1/id"));
    assertThat(port80(lb)).isEqualTo("198.51.100.0/24");
    Answer again =
        call(
            "PUT",
            "/security-groups/" + group + "/rules",
            "{\"rules\":[%s]}".formatted(WEB),
            Map.of());
    assertThat(again.etag()).as("nothing changed").isEqualTo(replaced.etag());
    Answer none = call("PUT", "/security-groups/" + group + "/rules", "{\"rules\":[]}", Map.of());
    assertThat(none.status()).isEqualTo(200);
    assertThat(port80(lb)).isEmpty();
  }

  @Test
  void aDryRunChangesNothing() throws Exception {
    String group = group(WEB);
    String lb = bound(group);
    assertThat(post("/security-groups/" + group + "/rules?dryRun=true", HOLE).status())
        .isEqualTo(200);
    assertThat(get("/security-groups/" + group).body().at("/ruleCount").asInt()).isEqualTo(1);
    assertThat(port80(lb)).isEqualTo("198.51.100.0/24");
  }

  @Test
  void aGroupInUseStaysAndSaysWhoUsesIt() {
    String group = group("");
    String lb = bound(group);
    assertThat(get("/security-groups/" + group).text("/usedBy/0/loadBalancerId")).isEqualTo(lb);
    Answer listed = get("/security-groups?dataCenterId=" + site.dataCenter());
    assertThat(listed.text("/items/0/usedBy/0/loadBalancerName")).isEqualTo("web");
    assertThat(listed.body().at("/items/0").has("rules")).isFalse();
    Answer refused = delete("/security-groups/" + group);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/security-group-in-use");
    assertThat(refused.text("/detail")).contains(lb);
    assertThat(delete("/load-balancers/" + lb).status()).isEqualTo(202);
    assertThat(delete("/security-groups/" + group).status()).isEqualTo(204);
    assertThat(get("/security-groups/" + group).status()).isEqualTo(404);
  }

  @Test
  void onlyInternetOnesHaveAGroupAndOneOfTheirDataCentre() {
    String group = group(WEB);
    Answer internal =
        post(
            "/load-balancers",
            "{\"name\":\"i\",\"subnetId\":\"%s\",\"securityGroupId\":\"%s\"}"
                .formatted(site.subnet(), group));
    assertThat(internal.status()).isEqualTo(422);
    assertThat(internal.text("/errors/0/pointer")).isEqualTo("/securityGroupId");
    assertThat(internal.text("/detail")).contains("INTERNET");

    site = site();
    Answer elsewhere =
        patch(
            "/load-balancers/" + loadBalancer(""), "{\"securityGroupId\":\"%s\"}".formatted(group));
    assertThat(elsewhere.status()).isEqualTo(422);
    assertThat(elsewhere.text("/detail")).contains("another data centre");
    Answer missing =
        patch(
            "/load-balancers/" + loadBalancer(""),
            "{\"securityGroupId\":\"sg_01h455vb4pex5vsknk084sn02q\"}");
    assertThat(missing.status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.200, TCP, 80, ACCEPT, priority 10 accepts TCP port 80",
    "198.51.100.7, TCP, 80, REJECT, priority 5 rejects TCP port 80",
    "198.51.100.200, TCP, 81, REJECT, No ingress rule is for TCP port 81",
    "198.51.100.7, ICMP, , REJECT, priority 5 rejects ICMP",
    "203.0.113.1, UDP, 80, REJECT, what no rule accepts is rejected",
  })
  void aTestSaysWhichRuleDecides(
      String source, String protocol, Integer port, String decision, String why) {
    Answer verdict =
        post(
            "/security-groups/" + group(WEB + "," + HOLE) + ":test",
            "{\"sourceIp\":\"%s\",\"protocol\":\"%s\"%s}"
                .formatted(source, protocol, port == null ? "" : ",\"port\":" + port));
    assertThat(verdict.status()).isEqualTo(200);
    assertThat(verdict.text("/decision")).isEqualTo(decision);
    assertThat(verdict.text("/why")).contains(why);
    assertThat(verdict.body().has("rule")).isEqualTo(why.contains("priority"));
  }

  @Test
  void aTestNeedsAPortExactlyForWhatHasPorts() {
    String path = "/security-groups/" + group("") + ":test";
    assertThat(
            post(path, "{\"sourceIp\":\"10.0.0.1\",\"protocol\":\"TCP\"}").text("/errors/0/code"))
        .isEqualTo("required");
    assertThat(
            post(path, "{\"sourceIp\":\"10.0.0.1\",\"protocol\":\"ICMP\",\"port\":1}")
                .text("/errors/0/code"))
        .isEqualTo("unsupported-for-protocol");
  }

  @Test
  void allFaultsOfARuleAreNamedAtOnce() {
    Answer refused =
        post(
            "/security-groups",
            """
            {"name":"","dataCenterId":"%s","rules":[
              {"direction":"INGRESS","protocol":"ICMP","ports":"80","cidrs":["10.0.0.1/8"],"action":"ACCEPT","priority":0},
              {"direction":"IN","protocol":"TCP","ports":"90-80","cidrs":[],"action":"ACCEPT","priority":1001},
              {"direction":"INGRESS","protocol":"ALL","ports":"1-2","cidrs":["10.0.0.0/8"],"action":"ACCEPT","priority":1,
               "description":"a\\nb"}]}
            """
                .formatted(site.dataCenter()));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(
            refused
                .body()
                .at("/errors")
                .valueStream()
                .map(it -> it.at("/pointer").asString())
                .toList())
        .containsExactlyInAnyOrder(
            "/name",
            "/rules/0/ports",
            "/rules/0/cidrs/0",
            "/rules/0/priority",
            "/rules/1/direction",
            "/rules/1/ports",
            "/rules/1/cidrs",
            "/rules/1/priority",
            "/rules/2/ports",
            "/rules/2/description");
  }

  @Test
  void namesAreUniqueInADataCentreAndAPatchRenames() {
    String group = group("");
    String other = get("/security-groups/" + group("")).text("/name");
    String path = "/security-groups/" + group;
    assertThat(patch(path, "{\"name\":\"%s\"}".formatted(other)).status()).isEqualTo(409);
    Answer renamed = patch(path, "{\"name\":\"mine %d\",\"remark\":\"r\"}".formatted(unique()));
    assertThat(renamed.text("/remark")).isEqualTo("r");
    assertThat(renamed.etag()).isEqualTo("\"2\"");
    assertThat(patch(path, "{\"dataCenterId\":\"%s\"}".formatted(site().dataCenter())).status())
        .isEqualTo(422);
  }

  @Test
  void thereAreLimits() {
    String cidrs =
        IntStream.range(0, 50)
            .mapToObj(i -> "\"10.0.%d.0/24\"".formatted(i))
            .collect(Collectors.joining(","));
    String full = WEB.replace("\"198.51.100.0/24\"", cidrs);
    String twenty = IntStream.range(0, 20).mapToObj(_ -> full).collect(Collectors.joining(","));
    String group = group(twenty);
    Answer refused = post("/security-groups/" + group + "/rules", WEB);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("/type")).isEqualTo("/problems/quota-exceeded");
    assertThat(refused.text("/detail")).contains("1000").contains("1001");
  }
}
