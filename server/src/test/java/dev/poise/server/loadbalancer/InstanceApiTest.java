package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestNode;
import dev.poise.server.TestPeople;
import dev.poise.server.TestPeople.Person;
import dev.poise.server.platform.Caller.Role;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class InstanceApiTest extends ApiTest {
  @Autowired private JdbcClient db;

  private Site site = new Site("", "", "", "", "", "");

  @BeforeEach
  void place() {
    site = site();
  }

  private Answer instance(String name, String... addresses) {
    return made("/instances", body(name, addresses));
  }

  private String body(String name, String... addresses) {
    return "{\"name\":\"%s\",\"vpcId\":\"%s\",\"addresses\":[%s]}"
        .formatted(name, site.vpc(), quoted(addresses));
  }

  private static String quoted(String... addresses) {
    return addresses.length == 0 ? "" : "\"" + String.join("\",\"", addresses) + "\"";
  }

  private Answer loadBalancer(String... members) {
    return made("/load-balancers", loadBalancerBody(members));
  }

  private String loadBalancerBody(String... members) {
    return """
    {"name":"web","subnetId":"%s","listeners":[{"protocol":"TCP","port":80,"defaultPool":{"members":[%s]}}]}
    """
        .formatted(site.subnet(), String.join(",", members));
  }

  private static String is(Answer instance, int port) {
    return "{\"instanceId\":\"%s\",\"port\":%d}".formatted(instance.text("/id"), port);
  }

  private String pool(Answer loadBalancer) {
    return "/pools/" + loadBalancer.text("/listeners/0/defaultPoolId");
  }

  private List<JsonNode> members(Answer loadBalancer) {
    return get(pool(loadBalancer) + "/members").body().at("/items").valueStream().toList();
  }

  private List<String> addresses(Answer loadBalancer) {
    return members(loadBalancer).stream().map(it -> it.at("/address").asString()).toList();
  }

  private long generation(Answer loadBalancer) {
    return get("/load-balancers/" + loadBalancer.text("/id")).body().at("/generation").asLong();
  }

  private Answer table(String csv, String query) {
    return call(
        "POST",
        "/instances:import?vpcId=" + site.vpc() + query,
        csv,
        Map.of("Content-Type", "text/csv"));
  }

  @Test
  void anInstanceHasItsAddressesForItself() {
    Answer made = instance("web-1", "10.0.0.1", "10.0.0.9");
    assertThat(made.text("/dataCenterId")).isEqualTo(site.dataCenter());
    assertThat(loadBalancer().text("/address")).isEqualTo("10.0.0.2");
    Answer taken = post("/instances", body("web-2", "10.0.0.9"));
    assertThat(taken.status()).isEqualTo(409);
    assertThat(taken.text("/type")).isEqualTo("/problems/address-in-use");
    assertThat(taken.text("/detail")).contains(made.text("/id"));
    assertThat(post("/instances", body("web-1", "10.0.0.10")).text("/type"))
        .isEqualTo("/problems/name-in-use");
    Answer outside = post("/instances", body("web-3", "10.0.0.11", "172.16.0.1", "10.0.0.11"));
    assertThat(outside.status()).isEqualTo(422);
    assertThat(outside.body().at("/errors").valueStream().map(it -> it.at("/pointer").asString()))
        .containsExactly("/addresses/1", "/addresses/2");
    assertThat(get("/subnets/" + site.subnet()).body().at("/freeAddressCount").asLong())
        .isEqualTo(251);
    assertThat(delete("/instances/" + made.text("/id")).status()).isEqualTo(204);
    assertThat(instance("web-4", "10.0.0.9").status()).isEqualTo(201);
    assertThat(delete("/vpcs/" + site.vpc()).text("/detail")).contains("instance 'web-4'");
  }

  @Test
  void membersFollowTheirInstance() {
    Answer vm = instance("web-1", "10.0.0.101", "10.0.0.102");
    Answer balancer =
        loadBalancer(
            is(vm, 8080),
            is(vm, 8081),
            "{\"instanceId\":\"%s\",\"address\":\"10.0.0.102\",\"port\":8080}"
                .formatted(vm.text("/id")));
    Answer other = loadBalancer("{\"address\":\"10.0.0.101\",\"port\":8080}");
    assertThat(addresses(balancer)).containsExactly("10.0.0.101", "10.0.0.101", "10.0.0.102");
    assertThat(members(balancer).getFirst().at("/instanceId").asString()).isEqualTo(vm.text("/id"));

    Answer moved =
        patch("/instances/" + vm.text("/id"), "{\"addresses\":[\"10.0.0.103\",\"10.0.0.102\"]}");
    assertThat(moved.status()).isEqualTo(200);
    assertThat(addresses(balancer)).containsExactly("10.0.0.103", "10.0.0.103", "10.0.0.102");
    assertThat(generation(balancer)).isEqualTo(2);
    JsonNode spec = new TestNode(this::agent, site).spec(balancer);
    assertThat(spec.at("/pools/0/members/0/address").asString()).isEqualTo("10.0.0.103");
    assertThat(spec.at("/pools/0/members/0/number").asInt()).isEqualTo(1);
    assertThat(addresses(other)).as("an address is no instance").containsExactly("10.0.0.101");
    assertThat(generation(other)).isEqualTo(1);

    Answer renamed = patch("/instances/" + vm.text("/id"), "{\"name\":\"web-one\"}");
    assertThat(renamed.text("/name")).isEqualTo("web-one");
    assertThat(generation(balancer)).as("nodes need not know").isEqualTo(2);
  }

  @Test
  void anInstanceKeepsTheAddressThatAMemberHasForGood() {
    Answer vm = instance("web-1", "10.0.0.101", "10.0.0.102");
    Answer balancer =
        loadBalancer(
            "{\"instanceId\":\"%s\",\"address\":\"10.0.0.102\",\"port\":8080}"
                .formatted(vm.text("/id")));
    Answer refused = patch("/instances/" + vm.text("/id"), "{\"addresses\":[\"10.0.0.101\"]}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/instance-in-use");
    assertThat(get("/instances/" + vm.text("/id")).body().at("/addresses").size()).isEqualTo(2);
    assertThat(addresses(balancer)).containsExactly("10.0.0.102");
  }

  @Test
  void anInstanceInUseIsNotDeletedAndItsMembersGoWithoutIt() {
    Answer vm = instance("web-1", "10.0.0.101");
    Answer balancer = loadBalancer(is(vm, 8080));
    Answer refused = delete("/instances/" + vm.text("/id"));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/detail")).contains("'web'", balancer.text("/id"), "pool 'tcp-80'");
    String member = members(balancer).getFirst().at("/id").asString();
    assertThat(delete("/members/" + member).status()).isEqualTo(204);
    assertThat(get("/instances/" + vm.text("/id")).status()).isEqualTo(200);
    assertThat(delete("/instances/" + vm.text("/id")).status()).isEqualTo(204);
  }

  @Test
  void aMemberBecomesAnInstanceAndAnAddressAgain() {
    Answer vm = instance("web-1", "10.0.0.101");
    Answer balancer = loadBalancer("{\"address\":\"10.0.0.50\",\"port\":8080}");
    String member = "/members/" + members(balancer).getFirst().at("/id").asString();
    Answer instance = patch(member, "{\"instanceId\":\"%s\"}".formatted(vm.text("/id")));
    assertThat(instance.text("/address")).isEqualTo("10.0.0.101");
    Answer weighed = patch(member, "{\"weight\":7}");
    assertThat(weighed.text("/instanceId")).isEqualTo(vm.text("/id"));
    patch("/instances/" + vm.text("/id"), "{\"addresses\":[\"10.0.0.102\"]}");
    assertThat(get(member).text("/address")).as("it follows still").isEqualTo("10.0.0.102");
    Answer foreign = patch(member, "{\"address\":\"10.0.0.60\"}");
    assertThat(foreign.status()).isEqualTo(422);
    assertThat(foreign.text("/errors/0/pointer")).isEqualTo("/address");
    Answer nothing = patch(member, "{\"instanceId\":null}");
    assertThat(nothing.text("/errors/0/pointer")).isEqualTo("/address");
    Answer address = patch(member, "{\"instanceId\":null,\"address\":\"10.0.0.60\"}");
    assertThat(address.body().has("instanceId")).isFalse();
    assertThat(address.text("/address")).isEqualTo("10.0.0.60");
    assertThat(delete("/instances/" + vm.text("/id")).status()).isEqualTo(204);
  }

  @Test
  void replacingASetKeepsTheMemberAtTheSamePlace() {
    Answer vm = instance("web-1", "10.0.0.101");
    Answer balancer = loadBalancer("{\"address\":\"10.0.0.101\",\"port\":8080}");
    String before = members(balancer).getFirst().at("/id").asString();
    Answer replaced =
        call(
            "PUT",
            pool(balancer) + "/members",
            "{\"members\":[%s,%s]}".formatted(is(vm, 8080), is(vm, 8081)),
            Map.of());
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(members(balancer).stream().map(it -> it.at("/id").asString()).toList())
        .hasSize(2)
        .contains(before);
    Answer twice =
        call(
            "PUT",
            pool(balancer) + "/members",
            "{\"members\":[%s,{\"address\":\"10.0.0.101\",\"port\":8080}]}".formatted(is(vm, 8080)),
            Map.of());
    assertThat(twice.text("/type")).isEqualTo("/problems/member-exists");
  }

  @Test
  void refusesInstancesOfOtherVpcsDataCentresAndTenants() {
    String vpc =
        made("/vpcs", "{\"name\":\"v2\",\"dataCenterId\":\"%s\"}".formatted(site.dataCenter()))
            .text("/id");
    made("/subnets", "{\"name\":\"n\",\"vpcId\":\"%s\",\"cidr\":\"10.0.0.0/24\"}".formatted(vpc));
    Answer near =
        made(
            "/instances",
            "{\"name\":\"a\",\"vpcId\":\"%s\",\"addresses\":[\"10.0.0.101\"]}".formatted(vpc));
    Answer refused = post("/load-balancers", loadBalancerBody(is(near, 80)));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/pointer"))
        .isEqualTo("/listeners/0/defaultPool/members/0/instanceId");
    assertThat(refused.text("/detail")).contains("another VPC", vpc);

    Site here = site;
    site = site();
    Answer far = instance("b", "10.0.0.101");
    String farSite = site.dataCenter();
    site = here;
    Answer balancer = loadBalancer();
    Answer elsewhere = post(pool(balancer) + "/members", is(far, 80));
    assertThat(elsewhere.status()).isEqualTo(422);
    assertThat(elsewhere.text("/errors/0/pointer")).isEqualTo("/instanceId");
    assertThat(elsewhere.text("/detail")).contains("another data centre", farSite);

    TestPeople people = new TestPeople(db);
    Person stranger = people.userIn(people.tenant(), Role.TENANT_ADMIN);
    String path = "/api/v1/instances/" + near.text("/id");
    for (String method : List.of("GET", "PATCH", "DELETE")) {
      String body = method.equals("PATCH") ? "{\"name\":\"mine\"}" : null;
      assertThat(send(method, path, body, Map.of(), stranger.key()).status()).isEqualTo(404);
    }
    Answer foreignVpc =
        send("POST", "/api/v1/instances", body("x", "10.0.0.77"), Map.of(), stranger.key());
    assertThat(foreignVpc.status()).isEqualTo(404);
  }

  @Test
  void aMemberNeedsAnAddressOrAnInstance() {
    Answer refused = post("/load-balancers", loadBalancerBody("{\"port\":80}"));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/pointer"))
        .isEqualTo("/listeners/0/defaultPool/members/0/address");
    assertThat(refused.text("/errors/0/code")).isEqualTo("required");
  }

  @Test
  void aTableMakesChangesAndLeavesInstances() {
    Answer kept = instance("kept", "10.0.0.100");
    Answer moves = instance("moves", "10.0.0.101");
    Answer balancer = loadBalancer(is(moves, 8080));
    String csv =
        """
        \uFEFFname,addresses,remark
        moves,10.0.0.102; 10.0.0.103,
        kept,10.0.0.100,
        "new, with ""quotes\"\"",10.0.0.101,"rack 7"
        """;
    Answer dry = table(csv, "&dryRun=true");
    assertThat(dry.body().at("/created").asInt()).isEqualTo(1);
    assertThat(addresses(balancer)).containsExactly("10.0.0.101");

    Answer done = table(csv, "");
    assertThat(done.status()).isEqualTo(200);
    assertThat(done.body().at("/created").asInt()).isEqualTo(1);
    assertThat(done.body().at("/updated").asInt()).isEqualTo(1);
    assertThat(done.body().at("/unchanged").asInt()).isEqualTo(1);
    assertThat(done.text("/rows/2/name")).isEqualTo("new, with \"quotes\"");
    assertThat(done.body().at("/rows/2/row").asInt()).isEqualTo(4);
    assertThat(addresses(balancer)).as("members follow").containsExactly("10.0.0.102");
    assertThat(get("/instances/" + kept.text("/id")).etag()).isEqualTo("\"1\"");
    Answer made = get("/instances/" + done.text("/rows/2/id"));
    assertThat(made.text("/remark")).isEqualTo("rack 7");
    assertThat(made.text("/addresses/0"))
        .as("what one row gives up another one may have")
        .isEqualTo("10.0.0.101");
    assertThat(table(csv, "").body().at("/unchanged").asInt()).isEqualTo(3);
  }

  @Test
  void aTableWithFaultsChangesNothingAndNamesThemAll() {
    instance("there", "10.0.0.100");
    Answer refused =
        table(
            """
            name,addresses
            good,10.0.0.101
            bad,10.0.0.1x
            ,10.0.0.102
            good,10.0.0.103
            short
            none,
            """,
            "");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(
            refused
                .body()
                .at("/errors")
                .valueStream()
                .map(it -> it.at("/pointer").asString())
                .toList())
        .containsExactly(
            "/rows/3/addresses", "/rows/4/name", "/rows/5/name", "/rows/6", "/rows/7/addresses");
    assertThat(refused.text("/errors/0/detail"))
        .isEqualTo("Row 3, addresses: '10.0.0.1x' is not an IPv4 address.");
    Answer taken = table("name,addresses\nx,10.0.0.100\ny,172.16.0.1\nz,10.0.0.5\n", "");
    assertThat(
            taken
                .body()
                .at("/errors")
                .valueStream()
                .map(it -> it.at("/pointer").asString())
                .toList())
        .containsExactly("/rows/2/addresses/0", "/rows/3/addresses/0");
    assertThat(get("/instances").body().toString()).doesNotContain("10.0.0.5\"");
    assertThat(table("name;addresses\nx;10.0.0.1\n", "").text("/errors/0/pointer"))
        .isEqualTo("/header");
    assertThat(table("name,addresses\n\"x,10.0.0.1\n", "").status()).isEqualTo(400);
  }
}
