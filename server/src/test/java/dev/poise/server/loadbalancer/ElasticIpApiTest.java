package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestNode;
import dev.poise.server.TestPeople;
import dev.poise.server.TestPeople.Person;
import dev.poise.server.platform.Caller.Role;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class ElasticIpApiTest extends ApiTest {
  @Autowired private JdbcClient db;

  private Site site = new Site("", "", "", "", "", "");
  private TestNode node = new TestNode(this::agent, site);

  @BeforeEach
  void place() {
    site = site();
    node = new TestNode(this::agent, site);
  }

  private Answer pool(String ranges, boolean defaultRoute) {
    return made(
        "/elastic-ip-pools",
        "{\"name\":\"pool-%d\",\"dataCenterId\":\"%s\",\"ranges\":[%s],\"defaultRoute\":%s}"
            .formatted(unique(), site.dataCenter(), ranges, defaultRoute));
  }

  private Answer elasticIp() {
    return made("/elastic-ips", "{\"dataCenterId\":\"%s\"}".formatted(site.dataCenter()));
  }

  private Answer internet(String elasticIp) {
    return made("/load-balancers", internetBody(elasticIp));
  }

  private String internetBody(String elasticIp) {
    return """
    {"name":"shop","networkType":"INTERNET","subnetId":"%s"%s,
     "listeners":[{"protocol":"TCP","port":80,"defaultPool":{"members":[{"address":"10.1.0.1","port":80}]}}]}
    """
        .formatted(site.subnet(), elasticIp.isEmpty() ? "" : ",\"elasticIp\":" + elasticIp);
  }

  private Answer verb(Answer loadBalancer, String verb, String body) {
    return post("/load-balancers/" + loadBalancer.text("/id") + ":" + verb, body);
  }

  private static String named(Answer elasticIp) {
    return "{\"elasticIpId\":\"" + elasticIp.text("/id") + "\"}";
  }

  // --- Pools and allocation
  // -------------------------------------------------------------------------

  @Test
  void aPoolSaysWhatItHasAndWhatIsFree() {
    Answer pool = pool("\"203.0.113.0/29\",\"203.0.113.20-203.0.113.21\"", true);
    assertThat(pool.body().at("/addressCount").asLong()).isEqualTo(8);
    List<String> given = IntStream.range(0, 8).mapToObj(_ -> elasticIp().text("/address")).toList();
    assertThat(given)
        .containsExactly(
            "203.0.113.1",
            "203.0.113.2",
            "203.0.113.3",
            "203.0.113.4",
            "203.0.113.5",
            "203.0.113.6",
            "203.0.113.20",
            "203.0.113.21");
    Answer full = post("/elastic-ips", "{\"dataCenterId\":\"%s\"}".formatted(site.dataCenter()));
    assertThat(full.status()).isEqualTo(409);
    assertThat(full.text("/type")).isEqualTo("/problems/address-exhausted");
    Answer now = get("/elastic-ip-pools/" + pool.text("/id"));
    assertThat(now.body().at("/freeAddressCount").asLong()).isZero();
    Answer used = delete("/elastic-ip-pools/" + pool.text("/id"));
    assertThat(used.status()).isEqualTo(409);
    assertThat(used.text("/detail")).contains("8 elastic IPs");
  }

  @Test
  void poolsOfADataCentreDoNotOverlap() {
    pool("\"203.0.113.0/28\"", true);
    Answer refused =
        post(
            "/elastic-ip-pools",
            "{\"name\":\"p-%d\",\"dataCenterId\":\"%s\",\"ranges\":[\"198.51.100.1\",\"203.0.113.14\",\"198.51.100.0/30\"]}"
                .formatted(unique(), site.dataCenter()));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/range-overlaps");
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/ranges/1");
    assertThat(refused.text("/errors/1/pointer")).isEqualTo("/ranges/2");
  }

  @Test
  void onlyThePlatformMakesPoolsAndOnlyTheTenantSeesItsElasticIps() {
    Answer pool = pool("\"203.0.113.0/28\"", true);
    Answer mine = elasticIp();
    TestPeople people = new TestPeople(db);
    Person stranger = people.userIn(people.tenant(), Role.TENANT_ADMIN);
    String key = stranger.key();
    assertThat(
            send(
                    "POST",
                    "/api/v1/elastic-ip-pools",
                    "{\"name\":\"x\",\"dataCenterId\":\"%s\",\"ranges\":[\"9.9.9.9\"]}"
                        .formatted(site.dataCenter()),
                    Map.of(),
                    key)
                .status())
        .isEqualTo(403);
    String poolPath = "/api/v1/elastic-ip-pools/" + pool.text("/id");
    assertThat(send("GET", poolPath, null, Map.of(), key).status()).isEqualTo(200);
    assertThat(send("DELETE", poolPath, null, Map.of(), key).status()).isEqualTo(403);
    String path = "/api/v1/elastic-ips/" + mine.text("/id");
    assertThat(send("GET", path, null, Map.of(), key).status()).isEqualTo(404);
    assertThat(send("PATCH", path, "{\"name\":\"x\"}", Map.of(), key).status()).isEqualTo(404);
    assertThat(send("DELETE", path, null, Map.of(), key).status()).isEqualTo(404);
    assertThat(
            send("GET", "/api/v1/elastic-ips", null, Map.of(), key).body().at("/totalSize").asInt())
        .isZero();
  }

  @Test
  void aChosenAddressIsGivenOnceAndOnlyIfItIsThePools() {
    pool("\"203.0.113.0/28\"", true);
    String body = "{\"dataCenterId\":\"" + site.dataCenter() + "\",\"address\":\"%s\"}";
    assertThat(made("/elastic-ips", body.formatted("203.0.113.9")).text("/address"))
        .isEqualTo("203.0.113.9");
    assertThat(post("/elastic-ips", body.formatted("203.0.113.9")).text("/type"))
        .isEqualTo("/problems/address-in-use");
    Answer outside = post("/elastic-ips", body.formatted("203.0.113.99"));
    assertThat(outside.status()).isEqualTo(422);
    assertThat(outside.text("/errors/0/pointer")).isEqualTo("/address");
  }

  @Test
  void fiftyAtOnceNeverGetTheSameAddress() throws Exception {
    pool("\"203.0.113.1-203.0.113.45\"", true);
    String body = "{\"dataCenterId\":\"%s\"}".formatted(site.dataCenter());
    List<Callable<Answer>> wishes =
        IntStream.range(0, 50)
            .<Callable<Answer>>mapToObj(_ -> () -> post("/elastic-ips", body))
            .toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Answer> answers = threads.invokeAll(wishes).stream().map(Future::resultNow).toList();
      assertThat(
              answers.stream()
                  .filter(it -> it.status() == 201)
                  .map(it -> it.text("/address"))
                  .toList())
          .hasSize(45)
          .doesNotHaveDuplicates();
      assertThat(
              answers.stream()
                  .filter(it -> it.status() != 201)
                  .map(it -> it.text("/type"))
                  .distinct()
                  .toList())
          .as("the five that got none are told why")
          .containsExactly("/problems/address-exhausted");
    }
  }

  // --- Entrances
  // ------------------------------------------------------------------------------------

  @Test
  void anInternetLoadBalancerIsReachedAtBothAddresses() {
    pool("\"203.0.113.0/28\"", true);
    Answer made = internet("{\"auto\":true}");
    assertThat(made.text("/address")).isEqualTo("10.0.0.1");
    assertThat(made.text("/elasticIp/address")).isEqualTo("203.0.113.1");
    assertThat(node.spec(made).at("/vips").toString()).isEqualTo("[\"10.0.0.1\",\"203.0.113.1\"]");
    Answer elasticIp = get("/elastic-ips/" + made.text("/elasticIp/id"));
    assertThat(elasticIp.text("/loadBalancerId")).isEqualTo(made.text("/id"));
    assertThat(get("/load-balancers?q=203.0.113.1&pageSize=500").body().at("/items").toString())
        .contains(made.text("/id"));
  }

  @Test
  void bindingUnbindingAndSwappingMakeAGenerationEach() {
    pool("\"203.0.113.0/28\"", true);
    Answer one = elasticIp();
    Answer two = elasticIp();
    Answer made = internet("");
    assertThat(made.body().has("elasticIp")).isFalse();
    assertThat(node.spec(made).at("/vips").toString()).isEqualTo("[\"10.0.0.1\"]");

    Answer bound = verb(made, "bindEip", named(one));
    assertThat(bound.status()).isEqualTo(200);
    assertThat(bound.body().at("/generation").asLong()).isEqualTo(2);
    assertThat(bound.etag()).isEqualTo("\"2\"");
    Answer again = verb(made, "bindEip", named(two));
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text("/type")).isEqualTo("/problems/elastic-ip-already-bound");
    Answer twice = verb(internet(""), "bindEip", named(one));
    assertThat(twice.text("/type")).isEqualTo("/problems/elastic-ip-already-bound");
    assertThat(twice.text("/detail")).contains(made.text("/id"));

    Answer swapped = verb(made, "swapEip", named(two));
    assertThat(swapped.text("/elasticIp/address")).isEqualTo("203.0.113.2");
    assertThat(node.spec(made).at("/vips").toString()).isEqualTo("[\"10.0.0.1\",\"203.0.113.2\"]");
    assertThat(get("/elastic-ips/" + one.text("/id")).body().has("loadBalancerId")).isFalse();
    assertThat(verb(made, "swapEip", named(two)).body().at("/generation").asLong()).isEqualTo(3);

    Answer release = delete("/elastic-ips/" + two.text("/id"));
    assertThat(release.status()).isEqualTo(409);
    Answer unbound = verb(made, "unbindEip", "{}");
    assertThat(unbound.body().has("elasticIp")).isFalse();
    assertThat(unbound.body().at("/generation").asLong()).isEqualTo(4);
    assertThat(verb(made, "unbindEip", "{}").body().at("/generation").asLong()).isEqualTo(4);
    assertThat(delete("/elastic-ips/" + two.text("/id")).status()).isEqualTo(204);
  }

  @Test
  void refusesWhatCannotBeAnEntrance() {
    pool("\"198.51.100.0/28\"", false);
    Answer inside = elasticIp();
    Answer made = internet("");
    Answer noRoute = verb(made, "bindEip", named(inside));
    assertThat(noRoute.status()).isEqualTo(422);
    assertThat(noRoute.text("/errors/0/pointer")).isEqualTo("/elasticIpId");
    assertThat(noRoute.text("/detail")).contains("default route");
    Answer none = verb(made, "bindEip", "{\"auto\":true}");
    assertThat(none.status()).as("auto takes none without a default route").isEqualTo(409);

    pool("\"203.0.113.0/28\"", true);
    Answer internal =
        made("/load-balancers", "{\"name\":\"in\",\"subnetId\":\"%s\"}".formatted(site.subnet()));
    Answer refused = verb(internal, "bindEip", "{\"auto\":true}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/detail")).contains("INTERNET");
    Answer created =
        post("/load-balancers", internetBody("{\"auto\":true}").replace("INTERNET", "INTERNAL"));
    assertThat(created.status()).isEqualTo(422);
    assertThat(created.text("/errors/0/pointer")).isEqualTo("/elasticIp");
    for (String body :
        List.of("{}", "{\"auto\":true,\"elasticIpId\":\"" + inside.text("/id") + "\"}")) {
      assertThat(verb(made, "bindEip", body).text("/errors/0/pointer")).isEqualTo("/elasticIpId");
    }
    Answer patched =
        patch("/load-balancers/" + made.text("/id"), "{\"elasticIp\":{\"auto\":true}}");
    assertThat(patched.status()).isEqualTo(422);
    assertThat(patched.text("/detail")).contains(":bindEip");
  }

  @Test
  void refusesAnElasticIpOfAnotherDataCentre() {
    Site elsewhere = site;
    pool("\"203.0.113.0/28\"", true);
    Answer far = elasticIp();
    site = site();
    Answer refused = verb(internet(""), "bindEip", named(far));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/detail")).contains(elsewhere.dataCenter());
  }

  @Test
  void aDryRunBindsNothing() {
    pool("\"203.0.113.0/28\"", true);
    Answer made = internet("");
    Answer dry =
        post("/load-balancers/" + made.text("/id") + ":bindEip?dryRun=true", "{\"auto\":true}");
    assertThat(dry.text("/elasticIp/address")).isEqualTo("203.0.113.1");
    assertThat(get("/load-balancers/" + made.text("/id")).body().has("elasticIp")).isFalse();
    assertThat(elasticIp().text("/address")).isEqualTo("203.0.113.1");
  }

  // --- Letting go
  // -----------------------------------------------------------------------------------

  @Test
  void nobodyGetsAnAddressBeforeEveryNodeLetGoOfIt() {
    pool("\"203.0.113.1-203.0.113.2\"", true);
    Answer elasticIp = elasticIp();
    Answer made = internet("{\"id\":\"" + elasticIp.text("/id") + "\"}");
    node.serves(made, 1);
    verb(made, "unbindEip", "{}");
    Answer other = internet("");
    Answer tooEarly = verb(other, "bindEip", named(elasticIp));
    assertThat(tooEarly.status()).isEqualTo(409);
    assertThat(tooEarly.text("/detail")).contains("not let go");
    assertThat(delete("/elastic-ips/" + elasticIp.text("/id")).status()).isEqualTo(204);
    assertThat(elasticIp().text("/address")).as("the other one").isEqualTo("203.0.113.2");
    assertThat(
            post("/elastic-ips", "{\"dataCenterId\":\"%s\"}".formatted(site.dataCenter()))
                .text("/type"))
        .isEqualTo("/problems/address-exhausted");

    node.serves(made, 1);
    assertThat(
            post("/elastic-ips", "{\"dataCenterId\":\"%s\"}".formatted(site.dataCenter())).status())
        .as("a node that knows of it but serves the old form still has the address")
        .isEqualTo(409);
    node.serves(made, 2);
    assertThat(elasticIp().text("/address")).isEqualTo("203.0.113.1");
  }

  @Test
  void theSameLoadBalancerMayHaveItBackAtOnce() {
    pool("\"203.0.113.1\"", true);
    Answer made = internet("{\"auto\":true}");
    node.serves(made, 1);
    Answer unbound = verb(made, "unbindEip", "{}");
    assertThat(unbound.status()).isEqualTo(200);
    Answer back = verb(made, "bindEip", "{\"elasticIpId\":\"" + made.text("/elasticIp/id") + "\"}");
    assertThat(back.text("/elasticIp/address")).isEqualTo("203.0.113.1");
    node.serves(made, 3);
    Answer other = verb(internet(""), "bindEip", "{\"auto\":true}");
    assertThat(other.status()).as("it is not free").isEqualTo(409);
  }

  @Test
  void deletingALoadBalancerUnbindsItsElasticIp() {
    pool("\"203.0.113.1\"", true);
    Answer made = internet("{\"auto\":true}");
    node.serves(made, 1);
    assertThat(delete("/load-balancers/" + made.text("/id")).status()).isEqualTo(202);
    Answer elasticIp = get("/elastic-ips/" + made.text("/elasticIp/id"));
    assertThat(elasticIp.body().has("loadBalancerId")).isFalse();
    Answer other = internet("");
    assertThat(verb(other, "bindEip", named(elasticIp)).status()).isEqualTo(409);
    node.gone(made);
    assertThat(get("/load-balancers/" + made.text("/id")).status()).isEqualTo(404);
    assertThat(verb(other, "bindEip", named(elasticIp)).status()).isEqualTo(200);
  }

  @Test
  void aColleagueDoesNotTakeWhatAnotherUserMade() {
    pool("\"203.0.113.0/28\"", true);
    TestPeople people = new TestPeople(db);
    String tenant = people.tenant();
    Person maker = people.userIn(tenant, Role.TENANT_USER);
    Person colleague = people.userIn(tenant, Role.TENANT_USER);
    String body = "{\"dataCenterId\":\"%s\"}".formatted(site.dataCenter());
    String id = send("POST", "/api/v1/elastic-ips", body, Map.of(), maker.key()).text("/id");
    String path = "/api/v1/elastic-ips/" + id;
    assertThat(send("GET", path, null, Map.of(), colleague.key()).status()).isEqualTo(200);
    assertThat(send("DELETE", path, null, Map.of(), colleague.key()).status()).isEqualTo(403);
    assertThat(send("PATCH", path, "{\"name\":\"n\"}", Map.of(), colleague.key()).status())
        .isEqualTo(403);
    assertThat(send("DELETE", path, null, Map.of(), maker.key()).status()).isEqualTo(204);
  }
}
