package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestPeople;
import dev.poise.server.platform.Caller;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Many things with one request, and what a deletion would come to. */
class BatchApiTest extends ApiTest {
  private static final String NOBODYS = "mbr_00000000000000000000000000";

  @Autowired private JdbcClient db;
  private Site site = new Site("", "", "", "", "", "");

  @BeforeEach
  void place() {
    site = site();
  }

  private Answer loadBalancer() {
    return made(
        "/load-balancers",
        """
        {"name":"web","subnetId":"%s","listeners":[{"name":"l","protocol":"HTTP","port":80,
          "rules":[{"domain":"a.test","action":{"fixedResponse":{"status":200}}},
                   {"domain":"b.test","action":{"fixedResponse":{"status":200}}}],
          "defaultPool":{"name":"p","members":[
          {"name":"m1","address":"10.1.0.1","port":8080},{"name":"m2","address":"10.1.0.2","port":8080},
          {"name":"m3","address":"10.1.0.3","port":8080}]}}]}
        """
            .formatted(site.subnet()));
  }

  private List<String> ids(String list) {
    return get(list).body().at("/items").valueStream().map(it -> it.at("/id").asString()).toList();
  }

  private List<String> members(Answer it) {
    return ids("/pools/" + it.body().at("/listeners/0/defaultPoolId").asString() + "/members");
  }

  private static String body(List<String> ids) {
    return JSON.writeValueAsString(Map.of("ids", ids));
  }

  private static List<Integer> statuses(Answer answer) {
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    return answer.body().at("/results").valueStream().map(it -> it.at("/status").asInt()).toList();
  }

  private long generation(Answer it) {
    return get("/load-balancers/" + it.text("/id")).body().at("/generation").asLong();
  }

  private long audited(String action, List<String> ids) {
    return db.sql(
            "SELECT count(*) FROM audit_events WHERE action = :action AND resource_id = ANY(:ids)")
        .param("action", action)
        .param("ids", ids.toArray(String[]::new))
        .query(Long.class)
        .single();
  }

  @Test
  void membersOfOneLoadBalancerAreOneChangeWithALineInTheLogForEach() {
    Answer one = loadBalancer();
    Answer other = loadBalancer();
    List<String> ids = List.of(members(one).get(0), members(other).get(0), members(one).get(1));
    assertThat(statuses(post("/members:batchDisable", body(ids)))).containsExactly(200, 200, 200);
    assertThat(generation(one)).isEqualTo(2);
    assertThat(generation(other)).isEqualTo(2);
    assertThat(audited("member.disable", ids)).isEqualTo(3);
    assertThat(get("/members/" + ids.get(2)).text("/mode")).isEqualTo("DISABLED");

    assertThat(statuses(post("/members:batchDisable", body(ids)))).containsExactly(200, 200, 200);
    assertThat(generation(one)).as("nothing to do").isEqualTo(2);
    assertThat(audited("member.disable", ids)).isEqualTo(3);

    assertThat(statuses(post("/members:batchEnable", body(ids)))).containsExactly(200, 200, 200);
    assertThat(statuses(post("/members:batchDrain", body(ids)))).containsExactly(200, 200, 200);
    assertThat(get("/members/" + ids.get(0)).text("/mode")).isEqualTo("DRAINING");
    assertThat(statuses(post("/members:batchDelete", body(ids)))).containsExactly(204, 204, 204);
    assertThat(members(one)).hasSize(1);
  }

  @Test
  void whatIsRefusedForOneIsDoneForTheOthers() {
    Answer it = loadBalancer();
    List<String> ids = List.of(NOBODYS, members(it).get(0), "nonsense", members(it).get(1));
    Answer answer = post("/members:batchDelete", body(ids));
    assertThat(statuses(answer)).containsExactly(404, 204, 404, 204);
    assertThat(answer.body().at("/results").valueStream().map(r -> r.at("/id").asString()))
        .containsExactlyElementsOf(ids);
    assertThat(answer.text("/results/0/problem/type")).isEqualTo("/problems/not-found");
    assertThat(members(it)).hasSize(1);
  }

  @Test
  void anotherTenantsThingsAreNotFoundAndAnotherUsersStay() {
    Answer it = loadBalancer();
    TestPeople people = new TestPeople(db);
    String stranger = people.userIn(people.tenant(), Caller.Role.TENANT_ADMIN).key();
    String tenant =
        db.sql("SELECT tenant_id FROM load_balancers WHERE id = ?")
            .param(it.text("/id"))
            .query(String.class)
            .single();
    String colleague = people.userIn(tenant, Caller.Role.TENANT_USER).key();
    String body = body(List.of(it.text("/id")));
    String path = "/api/v1/load-balancers:batchDelete";
    assertThat(statuses(send("POST", path, body, Map.of(), stranger))).containsExactly(404);
    assertThat(statuses(send("POST", path, body, Map.of(), colleague))).containsExactly(403);
    assertThat(statuses(post("/load-balancers:batchDelete", body))).containsExactly(202);
  }

  @Test
  void aDryRunChangesNothingAndAKeyRepeatsTheAnswer() {
    Answer it = loadBalancer();
    String body = body(members(it));
    assertThat(statuses(post("/members:batchDelete?dryRun=true", body)))
        .containsExactly(204, 204, 204);
    assertThat(members(it)).hasSize(3);
    Map<String, String> key = Map.of("Idempotency-Key", "batch-" + unique());
    assertThat(statuses(call("POST", "/members:batchDelete", body, key)))
        .containsExactly(204, 204, 204);
    Answer again = call("POST", "/members:batchDelete", body, key);
    assertThat(statuses(again)).containsExactly(204, 204, 204);
    assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
    assertThat(statuses(post("/members:batchDelete", body))).containsExactly(404, 404, 404);
  }

  @Test
  void aKeyWhoseRequestIsUnderWayIsAskedToWait() {
    Answer it = loadBalancer();
    String body = body(members(it));
    String key = "batch-" + unique();
    Map<String, String> header = Map.of("Idempotency-Key", key);
    assertThat(call("POST", "/members:batchDisable", body, header).status()).isEqualTo(200);
    db.sql("UPDATE idempotency_keys SET status = NULL WHERE key = ?").param(key).update();
    assertThat(call("POST", "/members:batchDisable", body, header).status()).isEqualTo(503);
    db.sql("UPDATE idempotency_keys SET create_time = create_time - interval '3 min' WHERE key = ?")
        .param(key)
        .update();
    assertThat(call("POST", "/members:batchDisable", body, header).status()).isEqualTo(200);
  }

  @Test
  void listenersAndRulesGoTheSameWay() {
    Answer it = loadBalancer();
    String listener = it.body().at("/listeners/0/id").asString();
    List<String> rules =
        ids("/listeners/" + listener + "/rules").stream().filter(id -> !id.isEmpty()).toList();
    assertThat(statuses(post("/rules:batchDelete", body(rules)))).containsExactly(204, 204);
    assertThat(statuses(post("/listeners:batchDelete", body(List.of(listener)))))
        .containsExactly(409);
    assertThat(statuses(post("/listeners:batchDelete?removeMembers=true", body(List.of(listener)))))
        .containsExactly(204);
  }

  @Test
  void aBatchHasOneToAHundredThings() {
    assertThat(post("/members:batchDelete", "{\"ids\":[]}").status()).isEqualTo(422);
    List<String> many = java.util.stream.IntStream.range(0, 101).mapToObj(i -> NOBODYS).toList();
    assertThat(post("/members:batchDelete", body(many)).status()).isEqualTo(422);
  }

  @Test
  void aPreviewOfADeletionIsWhatTheDeletionDoes() {
    Answer it = loadBalancer();
    String path = "/load-balancers/" + it.text("/id");
    String listener = it.body().at("/listeners/0/id").asString();
    String pool = it.body().at("/listeners/0/defaultPoolId").asString();

    Answer ofPool = get("/pools/" + pool + ":deletionPreview");
    assertThat(ofPool.body().at("/possible").asBoolean()).isFalse();
    assertThat(ofPool.text("/obstacles/0/type")).isEqualTo("/problems/pool-in-use");
    assertThat(delete("/pools/" + pool).text("/type")).isEqualTo("/problems/pool-in-use");

    Answer ofListener = get("/listeners/" + listener + ":deletionPreview");
    assertThat(ofListener.text("/obstacles/0/type")).isEqualTo("/problems/listener-has-members");
    assertThat(delete("/listeners/" + listener).text("/type"))
        .isEqualTo("/problems/listener-has-members");
    Answer withMembers = get("/listeners/" + listener + ":deletionPreview?removeMembers=true");
    assertThat(withMembers.body().at("/possible").asBoolean()).isTrue();
    assertThat(kinds(withMembers))
        .isEqualTo(Map.of("listener", 1L, "rule", 2L, "pool", 1L, "member", 3L));

    patch(path, "{\"deletionProtection\":true}");
    Answer protectedOne = get(path + ":deletionPreview");
    assertThat(protectedOne.body().at("/possible").asBoolean()).isFalse();
    assertThat(protectedOne.text("/obstacles/0/type")).isEqualTo("/problems/deletion-protected");
    assertThat(delete(path).text("/type")).isEqualTo("/problems/deletion-protected");
    patch(path, "{\"deletionProtection\":false}");
    Answer free = get(path + ":deletionPreview");
    assertThat(free.body().at("/obstacles").size()).isZero();
    assertThat(kinds(free))
        .isEqualTo(
            Map.of("load-balancer", 1L, "listener", 1L, "rule", 2L, "pool", 1L, "member", 3L));
    assertThat(delete(path).status()).isEqualTo(202);
    for (var thing : free.body().at("/deleted")) {
      String kind = thing.at("/kind").asString();
      if (kind.equals("load-balancer")) continue;
      assertThat(get("/" + kind + "s/" + thing.at("/id").asString()).status())
          .as(thing.toString())
          .isEqualTo(404);
    }
    assertThat(get("/listeners/lsn_00000000000000000000000000:deletionPreview").status())
        .isEqualTo(404);
  }

  private static Map<String, Long> kinds(Answer preview) {
    return preview
        .body()
        .at("/deleted")
        .valueStream()
        .collect(Collectors.groupingBy(it -> it.at("/kind").asString(), Collectors.counting()));
  }
}
