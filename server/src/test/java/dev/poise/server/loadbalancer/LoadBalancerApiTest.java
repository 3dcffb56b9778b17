package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class LoadBalancerApiTest extends ApiTest {
  private static final String FULL =
      """
      {"name":"web","remark":"the \\"shop\\" & <more>","subnetId":"%s",
       "pools":[{"name":"shared","algorithm":"LEAST_CONNECTIONS","members":[{"address":"10.1.0.9","port":9000}]}],
       "listeners":[
         {"protocol":"HTTP","port":80,"connectionLimit":500,"requestHeaders":{"xForwardedFor":"APPEND","host":"a.test"},
          "defaultPool":{"algorithm":"SOURCE_IP","healthCheck":{"type":"HTTP","path":"/healthz","domain":"a.test"},
            "members":[{"address":"10.1.0.1","port":8080,"weight":5},{"address":"10.1.0.1","port":8081}]}},
         {"protocol":"TCP","port":2222,"idleTimeoutSeconds":3600,"defaultPoolName":"shared"},
         {"protocol":"TCP","port":2223,"name":"other","defaultPoolName":"shared"}]}
      """;

  private Site site = new Site("", "", "", "", "", "");

  @BeforeEach
  void place() {
    site = site();
  }

  private Answer full() {
    return made("/load-balancers", FULL.formatted(site.subnet()));
  }

  private Answer plain() {
    return made(
        "/load-balancers", "{\"name\":\"plain\",\"subnetId\":\"%s\"}".formatted(site.subnet()));
  }

  private static JsonNode pool(Answer tree, String name) {
    return tree.body()
        .at("/pools")
        .valueStream()
        .filter(it -> it.at("/pool/name").asString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void makesAllThatIsNestedInOneGo() {
    Answer made = full();
    assertThat(made.headers().firstValue("Location"))
        .contains("/api/v1/load-balancers/" + made.text("/id"));
    assertThat(made.etag()).isEqualTo("\"1\"");
    assertThat(made.text("/remark")).isEqualTo("the \"shop\" & <more>");
    Answer tree = get("/load-balancers/" + made.text("/id") + "/status-tree");
    assertThat(tree.body().at("/loadBalancer/listeners").size()).isEqualTo(3);
    assertThat(pool(tree, "http-80").at("/members").size()).isEqualTo(2);
    assertThat(pool(tree, "http-80").at("/pool/healthCheck/domain").asString()).isEqualTo("a.test");
    assertThat(pool(tree, "shared").at("/pool/listenerIds").size()).isEqualTo(2);
    assertThat(pool(tree, "shared").at("/members/0/weight").asInt()).isEqualTo(1);
  }

  @Test
  void makesNothingOfARequestWithAFaultAnywhere() {
    Answer refused =
        post("/load-balancers", FULL.formatted(site.subnet()).replace("10.1.0.9", "224.0.0.1"));
    assertThat(refused.status()).isEqualTo(422);
    String here = "/load-balancers?subnetId=" + site.subnet();
    assertThat(get(here).body().at("/totalSize").asLong()).isZero();
    assertThat(plain().text("/address")).as("its address was not kept").isEqualTo("10.0.0.1");
  }

  @Test
  void namesEveryFaultOfABodyAtOnce() {
    Answer refused =
        post(
            "/load-balancers",
            """
            {"name":"two\\nlines","subnetId":7,"colour":"red","listeners":[
              {"protocol":"QUIC","port":"80"}, {"protocol":"TCP","port":0,"idleTimeoutSeconds":86401},
              {"protocol":"TCP","port":9105,"responseTimeoutSeconds":3}, {"protocol":"HTTP","port":70000,
               "defaultPool":{"healthCheck":{"type":"HTTP","path":"x y"},"members":[{"address":"1.2.3","port":1},{"weight":101}]}}]}
            """);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/type")).isEqualTo("/problems/validation-failed");
    assertThat(refused.text("/requestId")).isNotEmpty();
    assertThat(
            refused
                .body()
                .at("/errors")
                .valueStream()
                .map(it -> it.at("/pointer").asString())
                .toList())
        .contains(
            "/name",
            "/subnetId",
            "/colour",
            "/listeners/0/protocol",
            "/listeners/0/port",
            "/listeners/1/port",
            "/listeners/1/idleTimeoutSeconds",
            "/listeners/2/port",
            "/listeners/2/responseTimeoutSeconds",
            "/listeners/3/port",
            "/listeners/3/defaultPool/healthCheck/path",
            "/listeners/3/defaultPool/members/0/address",
            "/listeners/3/defaultPool/members/1/address",
            "/listeners/3/defaultPool/members/1/weight");
  }

  @ParameterizedTest
  @ValueSource(ints = {323, 9102, 9103, 9104, 9105, 60909, 60910})
  void refusesReservedPorts(int port) {
    Answer refused =
        post(
            "/load-balancers/" + plain().text("/id") + "/listeners",
            "{\"protocol\":\"TCP\",\"port\":%d}".formatted(port));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/type")).isEqualTo("/problems/port-reserved");
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/port");
  }

  @Test
  void refusesAPortThatIsTaken() {
    String listeners = "/load-balancers/" + plain().text("/id") + "/listeners";
    String first = made(listeners, "{\"protocol\":\"TCP\",\"port\":80}").text("/id");
    Answer refused = post(listeners, "{\"protocol\":\"HTTP\",\"port\":80}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/port-in-use");
    assertThat(refused.text("/detail")).contains(first);
  }

  @Test
  void aListenerWithoutAPoolGetsItsOwnAndTakesItAlong() {
    String id = plain().text("/id");
    Answer listener =
        made("/load-balancers/" + id + "/listeners", "{\"protocol\":\"HTTP\",\"port\":8080}");
    String pool = listener.text("/defaultPoolId");
    assertThat(get("/pools/" + pool).text("/ownerListenerId")).isEqualTo(listener.text("/id"));
    assertThat(get("/pools/" + pool).text("/health")).isEqualTo("NO_MEMBERS");
    made("/pools/" + pool + "/members", "{\"address\":\"10.1.0.1\",\"port\":80}");
    Answer refused = delete("/listeners/" + listener.text("/id"));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/listener-has-members");
    assertThat(delete("/listeners/" + listener.text("/id") + "?removeMembers=true").status())
        .isEqualTo(204);
    assertThat(get("/pools/" + pool).status()).isEqualTo(404);
    assertThat(get("/listeners/" + listener.text("/id")).status()).isEqualTo(404);
  }

  @Test
  void aSharedPoolStaysWhenAListenerGoes() {
    Answer made = full();
    JsonNode tcp = made.body().at("/listeners").get(1);
    assertThat(delete("/listeners/" + tcp.at("/id").asString()).status()).isEqualTo(204);
    String pool = tcp.at("/defaultPoolId").asString();
    assertThat(get("/pools/" + pool).body().at("/listenerIds").size()).isEqualTo(1);
    Answer refused = delete("/pools/" + pool);
    assertThat(refused.text("/type")).isEqualTo("/problems/pool-in-use");
  }

  @Test
  void patchesOnlyWhatIsSaidAndPutsNullBackToTheDefault() {
    String id = full().body().at("/listeners/0/id").asString();
    Answer first =
        patch(
            "/listeners/" + id,
            "{\"idleTimeoutSeconds\":5,\"requestHeaders\":{\"xRealIp\":false}}");
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.body().at("/idleTimeoutSeconds").asInt()).isEqualTo(5);
    assertThat(first.body().at("/requestHeaders/xRealIp").asBoolean()).isFalse();
    assertThat(first.text("/requestHeaders/xForwardedFor")).isEqualTo("APPEND");
    assertThat(first.body().at("/connectionLimit").asInt()).isEqualTo(500);
    Answer second =
        patch("/listeners/" + id, "{\"idleTimeoutSeconds\":null,\"connectionLimit\":null}");
    assertThat(second.body().at("/idleTimeoutSeconds").asInt()).isEqualTo(60);
    assertThat(second.body().has("connectionLimit")).isFalse();
  }

  @Test
  void saysWhichFieldsNeverChange() {
    Answer made = full();
    Answer refused =
        patch(
            "/listeners/" + made.body().at("/listeners/0/id").asString(),
            "{\"port\":81,\"protocol\":\"TCP\"}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/type")).isEqualTo("/problems/immutable-field");
    assertThat(refused.body().at("/errors").size()).isEqualTo(2);
    Answer port =
        patch("/listeners/" + made.body().at("/listeners/0/id").asString(), "{\"port\":81}");
    assertThat(port.text("/type")).isEqualTo("/problems/immutable-field");
    assertThat(port.text("/errors/0/pointer")).isEqualTo("/port");
    Answer address = patch("/load-balancers/" + made.text("/id"), "{\"address\":\"10.0.0.77\"}");
    assertThat(address.text("/type")).isEqualTo("/problems/immutable-field");
    Answer nested = patch("/load-balancers/" + made.text("/id"), "{\"listeners\":[]}");
    assertThat(nested.text("/errors/0/pointer")).isEqualTo("/listeners");
  }

  @Test
  void anHttpCheckDoesNotFitATcpListener() {
    Answer made = full();
    String shared = made.body().at("/listeners/1/defaultPoolId").asString();
    Answer refused = patch("/pools/" + shared, "{\"healthCheck\":{\"type\":\"HTTP\"}}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/type")).isEqualTo("/problems/unsupported-for-protocol");
  }

  @Test
  void ifMatchGuardsAgainstLostUpdates() {
    Answer made = plain();
    String path = "/load-balancers/" + made.text("/id");
    Map<String, String> first = Map.of("If-Match", made.etag());
    Answer changed = call("PATCH", path, "{\"name\":\"b\"}", first);
    assertThat(changed.status()).isEqualTo(200);
    Answer stale = call("PATCH", path, "{\"name\":\"c\"}", first);
    assertThat(stale.status()).isEqualTo(412);
    assertThat(stale.text("/type")).isEqualTo("/problems/etag-mismatch");
    assertThat(stale.etag()).isEqualTo(changed.etag());
    assertThat(call("DELETE", path, null, first).status()).isEqualTo(412);
    assertThat(get(path).text("/name")).isEqualTo("b");
  }

  @Test
  void aNameChangesWithoutBotheringNodes() {
    Answer made = full();
    Answer renamed =
        patch("/load-balancers/" + made.text("/id"), "{\"name\":\"other\",\"remark\":null}");
    assertThat(renamed.body().at("/generation").asLong()).isEqualTo(1);
    assertThat(renamed.text("/remark")).isEmpty();
    assertThat(renamed.etag()).isNotEqualTo(made.etag());
    String member =
        get("/pools/" + made.body().at("/listeners/0/defaultPoolId").asString() + "/members")
            .text("/items/0/id");
    assertThat(patch("/members/" + member, "{\"weight\":7}").body().at("/generation").asLong())
        .isEqualTo(2);
    assertThat(patch("/members/" + member, "{\"weight\":7}").body().at("/generation").asLong())
        .isEqualTo(2);
  }

  @Test
  void aRepetitionWithTheSameKeyMakesNothingNew() {
    Map<String, String> key = Map.of("Idempotency-Key", "k-" + unique());
    String body = "{\"name\":\"once\",\"subnetId\":\"%s\"}".formatted(site.subnet());
    Answer first = call("POST", "/load-balancers", body, key);
    Answer again = call("POST", "/load-balancers", body, key);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.etag()).isEqualTo(first.etag());
    assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
    assertThat(again.headers().firstValue("Location"))
        .isEqualTo(first.headers().firstValue("Location"));
    Answer other = call("POST", "/load-balancers", body.replace("once", "twice"), key);
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.text("/type")).isEqualTo("/problems/idempotency-key-reused");
    Answer failed =
        call(
            "POST",
            "/load-balancers",
            "{\"name\":\"x\"}",
            Map.of("Idempotency-Key", "k-" + unique()));
    assertThat(failed.status()).isEqualTo(422);
  }

  @Test
  void aDryRunChangesNothing() {
    Answer would = post("/load-balancers?dryRun=true", FULL.formatted(site.subnet()));
    assertThat(would.status()).isEqualTo(200);
    assertThat(would.body().at("/listeners").size()).isEqualTo(3);
    assertThat(get("/load-balancers/" + would.text("/id")).status()).isEqualTo(404);
    Answer refused = post("/load-balancers?dryRun=true", "{}");
    assertThat(refused.status()).isEqualTo(422);
    Answer made = plain();
    assertThat(delete("/load-balancers/" + made.text("/id") + "?dryRun=true").status())
        .isEqualTo(200);
    assertThat(get("/load-balancers/" + made.text("/id")).text("/state")).isEqualTo("CREATING");
  }

  @Test
  void deletionProtectionProtects() {
    Answer made = plain();
    String path = "/load-balancers/" + made.text("/id");
    patch(path, "{\"deletionProtection\":true}");
    Answer refused = delete(path);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/deletion-protected");
    patch(path, "{\"deletionProtection\":false}");
    assertThat(delete(path).text("/state")).isEqualTo("DELETING");
    assertThat(patch(path, "{\"name\":\"late\"}").text("/type"))
        .isEqualTo("/problems/being-deleted");
  }

  @Test
  void replacingMembersKeepsThoseThatStay() {
    Answer made = full();
    String pool = made.body().at("/listeners/0/defaultPoolId").asString();
    Answer before = get("/pools/" + pool + "/members");
    Answer after =
        call(
            "PUT",
            "/pools/" + pool + "/members",
            "{\"members\":[{\"address\":\"10.1.0.1\",\"port\":8081,\"weight\":9},{\"address\":\"10.1.0.3\",\"port\":1}]}",
            Map.of());
    assertThat(after.status()).isEqualTo(200);
    assertThat(after.body().at("/items").valueStream().map(it -> it.at("/id").asString()).toList())
        .contains(before.text("/items/1/id"))
        .doesNotContain(before.text("/items/0/id"));
    Answer twice =
        call(
            "PUT",
            "/pools/" + pool + "/members",
            "{\"members\":[{\"address\":\"10.1.0.1\",\"port\":1},{\"address\":\"10.1.0.1\",\"port\":1}]}",
            Map.of());
    assertThat(twice.text("/type")).isEqualTo("/problems/member-exists");
  }

  @Test
  void listsPageByPageWithoutGapsAndFindsByText() {
    List<String> names =
        IntStream.range(0, 7).mapToObj(i -> "page-%d-%d".formatted(unique(), i)).toList();
    names.forEach(name ->
        made(
            "/load-balancers",
            "{\"name\":\"%s\",\"subnetId\":\"%s\"}".formatted(name, site.subnet())));
    for (String order : List.of("createTime", "name", "createTime%20desc", "name%20desc")) {
      List<String> seen = new java.util.ArrayList<>();
      String token = "";
      do {
        Answer page = get("/load-balancers?q=page-&pageSize=3&orderBy=" + order + token);
        assertThat(page.body().at("/totalSize").asLong()).isGreaterThanOrEqualTo(7);
        page.body().at("/items").forEach(item -> seen.add(item.at("/name").asString()));
        token = page.body().has("nextPageToken") ? "&pageToken=" + page.text("/nextPageToken") : "";
      } while (!token.isEmpty());
      assertThat(seen).as(order).doesNotHaveDuplicates().containsAll(names);
    }
    assertThat(get("/load-balancers?q=" + names.get(2)).body().at("/totalSize").asLong())
        .isEqualTo(1);
    assertThat(get("/load-balancers?q=%25").body().at("/totalSize").asLong()).isZero();
    assertThat(get("/load-balancers?pageSize=501").status()).isEqualTo(400);
    assertThat(get("/load-balancers?pageToken=abc").status()).isEqualTo(400);
    assertThat(get("/load-balancers?orderBy=price").status()).isEqualTo(422);
  }

  @Test
  void membersCannotBeTheNodeItself() {
    String listeners = "/load-balancers/" + plain().text("/id") + "/listeners";
    String pool = made(listeners, "{\"protocol\":\"TCP\",\"port\":80}").text("/defaultPoolId");
    for (String address :
        List.of("127.0.0.1", "0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255")) {
      Answer refused =
          post(
              "/pools/" + pool + "/members", "{\"address\":\"%s\",\"port\":80}".formatted(address));
      assertThat(refused.status()).as(address).isEqualTo(422);
      assertThat(refused.text("/errors/0/pointer")).isEqualTo("/address");
    }
  }

  @Test
  void modesChangeByVerbAndTwiceIsOnce() {
    String pool = full().body().at("/listeners/0/defaultPoolId").asString();
    String member = "/members/" + get("/pools/" + pool + "/members").text("/items/0/id");
    assertThat(post(member + ":disable", "").text("/mode")).isEqualTo("DISABLED");
    Answer twice = post(member + ":disable", "");
    assertThat(twice.status()).isEqualTo(200);
    assertThat(twice.body().at("/generation").asLong()).isEqualTo(2);
    assertThat(post(member + ":drain", "").text("/mode")).isEqualTo("DISABLED");
    assertThat(post(member + ":enable", "").text("/mode")).isEqualTo("ENABLED");
    assertThat(post(member + ":drain", "").text("/mode")).isEqualTo("DRAINING");
  }
}
